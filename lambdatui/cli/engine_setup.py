"""Builds an engine from what was typed: the one place that chooses backend, clock and options."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lambdatui.cli import diagnostics, projects
from lambdatui.cli.parameter_overrides import OPTION
from lambdatui.lifecycle.life_span import DEFAULT_IDLE_TIMEOUT_S, DEFAULT_MAX_LIFETIME_S
from lambdatui.model.function import Project

if TYPE_CHECKING:
    from lambdatui.sandbox.process import ProcessBackend
    from lambdatui.service.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """``path`` is what the user named; ``isolation`` is a value of sandbox.process.Isolation. The two spans are seconds
    of the service's clock, None for never.
    """

    path: Path
    env_vars: Path | None = None
    parameter_overrides: Mapping[str, str] = field(default_factory=dict)
    speed: float = 1.0
    isolation: str = "auto"
    reload: bool = False
    take_up: bool = False
    history: bool = True
    idle_timeout_s: float | None = DEFAULT_IDLE_TIMEOUT_S
    max_lifetime_s: float | None = DEFAULT_MAX_LIFETIME_S
    cpu_share: bool = False
    provision: bool = False


def tell_in_vain(settings: EngineSettings) -> None:
    """Warn of what was given for an engine of this call's own, where the project's runs already."""
    for option, given in (("--env-vars", settings.env_vars), (OPTION, settings.parameter_overrides)):
        if given:
            diagnostics.warning(f"{option} has no effect: the project's engine runs already, with its own")


def read(settings: EngineSettings) -> Project:
    """The project, for an engine that is about to be made. Raises CommandFailed."""
    project = projects.read_project(settings.path, settings.env_vars, settings.parameter_overrides)
    if settings.env_vars is not None:
        projects.refuse_unreadable(project, settings.env_vars)
    projects.tell_new_place(project.root)
    return project


def build_backend(settings: EngineSettings) -> "ProcessBackend":
    """For the running event loop. From now on this process may have more files open."""
    from lambdatui.sandbox.process import Isolation, ProcessBackend, open_files

    open_files.raise_limit()
    return ProcessBackend(isolation=Isolation(settings.isolation))


async def start_interpreter(backend: "ProcessBackend", executable: str) -> None:
    """Begin to warm a function's interpreter, so that it starts while this process is still importing the engine.

    Returns at once. What goes wrong here goes wrong again, with all its words, when the environment is made.
    """
    from lambdatui.sandbox.protocol import SandboxError
    from lambdatui.service.tasks import Tasks

    async def warm() -> None:
        with contextlib.suppress(SandboxError):
            await backend.prewarm(executable)

    Tasks().spawn("warm the interpreter", warm())
    await asyncio.sleep(0)  # the task's first step starts the process


def build_engine(project: Project, settings: EngineSettings, backend: "ProcessBackend | None" = None) -> "Engine":
    """Not entered yet: nothing runs."""
    from lambdatui.service.clock import RealClock
    from lambdatui.service.engine import Engine
    from lambdatui.service.engine_options import EngineOptions

    return Engine(
        project,
        backend=backend or build_backend(settings),
        clock=RealClock(settings.speed),
        options=EngineOptions(
            reload=settings.reload,
            history=settings.history,
            take_up=settings.take_up,
            idle_timeout_s=settings.idle_timeout_s,
            max_lifetime_s=settings.max_lifetime_s,
            cpu_share=settings.cpu_share,
            provision=settings.provision,
        ),
        load=_reader(project, settings),
    )


def tell_notices(engine: "Engine") -> None:
    """What happened to the project's history: on stderr, and to whoever looks at the project."""
    from lambdatui.model.function import Problem, Severity

    notices = engine.store.notices
    for notice in notices:
        diagnostics.warning(notice)
    if notices:
        hint = "nothing has to be done; what is no longer wanted may be deleted"
        found = tuple(Problem(message=notice, hint=hint, severity=Severity.WARNING) for notice in notices)
        engine.adopt(replace(engine.as_read, problems=(*engine.as_read.problems, *found)))


def _reader(first: Project, settings: EngineSettings) -> Callable[[], Project]:
    """Reading again while the engine runs: a path that is gone for the moment leaves the last project in place."""
    last = first

    def load() -> Project:
        nonlocal last
        from lambdatui.project.load import load_project
        from lambdatui.project.places import ProjectNotFound

        with contextlib.suppress(ProjectNotFound):
            last = load_project(
                settings.path, env_vars_file=settings.env_vars, parameter_overrides=settings.parameter_overrides
            )
        return last

    return load
