"""The options of the terminal UI, here or in a browser, that are for the engine it starts; and how it hands them on."""

import functools
from collections.abc import Callable
from pathlib import Path

from lambdatui.cli import options
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES
from lambdatui.cli.parameter_overrides import arguments as to_arguments

_IN_ORDER = (
    options.SPEED,
    options.NO_RELOAD,
    options.ENV_VARS,
    PARAMETER_OVERRIDES,
    options.ISOLATION,
    options.CPU_SHARE,
    options.IDLE_TIMEOUT,
    options.MAX_LIFETIME,
)

Command = Callable[..., int | None]


def ENGINE_OPTIONS(command: Command) -> Command:
    """``command`` takes ``engine``: what was given, as arguments of ``serve``. It has to be a ProjectCommand."""

    @functools.wraps(command)
    def with_engine(
        *,
        speed: float,
        no_reload: bool,
        env_vars: Path | None,
        parameter_overrides: dict[str, str],
        isolation: str,
        cpu_share: bool,
        idle_timeout: float | None,
        max_lifetime: float | None,
        **others: object,
    ) -> int | None:
        arguments = ["--speed", str(speed), "--isolation", isolation]
        arguments += ["--idle-timeout", _span(idle_timeout), "--max-lifetime", _span(max_lifetime)]
        arguments += ["--cpu-share"] if cpu_share else []
        arguments += ["--no-reload"] if no_reload else []
        arguments += ["--env-vars", str(env_vars.absolute())] if env_vars else []
        return command(engine=(*arguments, *to_arguments(parameter_overrides)), **others)

    wrapped: Command = with_engine
    for option in reversed(_IN_ORDER):
        wrapped = option(wrapped)
    return wrapped


def _span(span_s: float | None) -> str:
    return "never" if span_s is None else f"{span_s}s"
