"""Arguments that several commands share, spelled and explained the same everywhere."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])
_PROJECT = "lambdatui.project"
"""Where ``-p`` waits for the argument of the same meaning."""


def _keep(context: click.Context, _parameter: click.Parameter, given: Path | None) -> None:
    context.meta[_PROJECT] = given


def _either(context: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    named: Path | None = context.meta.get(_PROJECT)
    if given is not None and named is not None:
        raise click.UsageError(f"two projects are named: {given} and -p {named}", context)
    return given or named or Path()


def PATH(command: Command) -> Command:
    """A directory, a template, a lambdatui.toml or a Python file; as an argument or, as elsewhere, after ``-p``."""
    kind = click.Path(path_type=Path)
    option = click.option(
        "-p",
        "--project",
        type=kind,
        metavar="PATH",
        is_eager=True,
        expose_value=False,
        callback=_keep,
        help="The same.",
    )
    argument = click.argument("path", required=False, type=kind, callback=_either)
    return argument(option(command))


PROJECT = click.option(
    "-p",
    "--project",
    "path",
    default=".",
    show_default=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The project: a directory, a template, a lambdatui.toml or a Python file.",
)

ENV_VARS = click.option(
    "--env-vars",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JSON with environment variables, as `sam local` takes it; stronger than .env and the template.",
)


def _speed(_context: click.Context, _parameter: click.Parameter, given: float) -> float:
    if not (math.isfinite(given) and given > 0):
        raise click.BadParameter(f"{given} is no speed; take a number above 0, such as 60")
    return given


SPEED = click.option(
    "--speed",
    default=1.0,
    show_default=True,
    metavar="N",
    type=float,
    callback=_speed,
    help="How fast retries' time goes: at 60 a retry after a minute comes after a second. Timeouts stay real.",
)

NO_RELOAD = click.option("--no-reload", is_flag=True, help="Do not follow the project's files.")

ISOLATION = click.option(
    "--isolation",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "plain"]),
    help="auto: namespaces where the kernel allows them. plain: ordinary processes.",
)


def _span(_context: click.Context, parameter: click.Parameter, given: str) -> float | None:
    """Seconds; None for ``never``."""
    if given == "never":
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", given)
    if match is None or float(match[1]) == 0:
        raise click.BadParameter(f"takes a time such as 30s, 10m or 2h, or never; not {given!r}", param=parameter)
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2] or "s"]


CPU_SHARE = click.option(
    "--cpu-share",
    is_flag=True,
    help="Give functions no more processor time than Lambda does for their memory: one at 1769 MB.",
)

IDLE_TIMEOUT = click.option(
    "--idle-timeout",
    default="10m",
    show_default=True,
    metavar="TIME",
    callback=_span,
    help="End an environment that nobody invoked for so long: 30s, 10m, 2h or never. In the time of --speed.",
)
MAX_LIFETIME = click.option(
    "--max-lifetime",
    default="2h",
    show_default=True,
    metavar="TIME",
    callback=_span,
    help="End an environment that is older, however often it is invoked; as Lambda does every few hours.",
)

CONTEXT = {"help_option_names": ["-h", "--help"]}

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")

EVENT = click.option(
    "-e",
    "--event",
    metavar="FILE|-|SAMPLE",
    help="A JSON file, - for stdin, or a sample event (`lambdatui events ls`).  [default: {}]",
)
