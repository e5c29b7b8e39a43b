"""What the project and this machine are, as records of the stream: a viewer needs nothing but the stream."""

from lambdatui.model.capability import CapabilityReport
from lambdatui.model.function import Function, Problem, Project, Source
from lambdatui.model.records import EngineStarted, FunctionSummary, ProjectLoaded


def engine_started(
    project: Project,
    *,
    backend: str,
    url: str,
    speed: float,
    reloading: bool,
    capabilities: tuple[CapabilityReport, ...],
) -> EngineStarted:
    return EngineStarted(
        project=project.name,
        root=str(project.root),
        backend=backend,
        url=url,
        speed=speed,
        reloading=reloading,
        capabilities=capabilities,
    )


def project_loaded(project: Project) -> ProjectLoaded:
    """No value of an environment variable is ever in it."""
    return ProjectLoaded(
        functions=tuple(function.name for function in project.functions),
        problems=tuple(str(problem) for problem in project.problems if not _belongs_to_a_function(problem, project)),
        summaries=tuple(_summary(function, project) for function in project.functions),
    )


def _belongs_to_a_function(problem: Problem, project: Project) -> bool:
    """A problem of a function that is not listed, because it is broken, is one of the project."""
    return any(problem.function == function.name for function in project.functions)


def _summary(function: Function, project: Project) -> FunctionSummary:
    return FunctionSummary(
        name=function.name,
        runtime=function.runtime,
        handler=function.handler,
        memory_mb=function.memory_mb,
        timeout_s=function.timeout_s,
        ephemeral_storage_mb=function.ephemeral_storage_mb,
        architecture=next(iter(function.architectures), "x86_64"),
        events=function.events,
        problems=tuple(str(problem) for problem in project.problems if problem.function == function.name),
        logging=function.logging,
        session=tuple(key for key, origin in function.origins.items() if origin.source is Source.SESSION),
    )
