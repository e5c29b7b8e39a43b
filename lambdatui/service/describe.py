"""The static half of the picture: what the project and this machine say of functions and engine."""

from dataclasses import replace
from typing import Protocol

from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.views import EngineView, FunctionView, Views
from lambdatui.sandbox.protocol import Backend
from lambdatui.service.clock import Clock


class Described(Protocol):
    """The part of an engine that is looked at."""

    project: Project
    backend: Backend
    clock: Clock
    url: str
    started_s: float

    @property
    def reloading(self) -> bool: ...


def describe(engine: Described, live: Views) -> Views:
    """``live`` as folded from the stream, completed by what no event carries."""
    project = engine.project
    about = EngineView(
        project=project.name,
        root=str(project.root),
        url=engine.url,
        backend=engine.backend.name,
        started_s=engine.started_s,
        speed=engine.clock.speed,
        reloading=engine.reloading,
        capabilities=engine.backend.capabilities(),
        problems=tuple(str(problem) for problem in project.problems if problem.function is None),
    )
    functions = {function.name: _function(function, project, live) for function in project.functions}
    return replace(live, engine=about, functions=functions)


def _function(function: Function, project: Project, live: Views) -> FunctionView:
    seen = live.functions.get(FunctionName(function.name)) or FunctionView(name=function.name)
    return replace(
        seen,
        runtime=function.runtime,
        handler=function.handler,
        memory_mb=function.memory_mb,
        timeout_s=function.timeout_s,
        events=function.events,
        problems=tuple(str(problem) for problem in project.problems if problem.function == function.name),
    )
