"""A series of trials, one after the other: by the project's running engine, or by one of our own for these calls."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lambdatui.cli import diagnostics, projects
from lambdatui.cli.client_errors import failed
from lambdatui.cli.engine_setup import EngineSettings, tell_in_vain
from lambdatui.cli.event_source import EMPTY_EVENT, ChosenEvent
from lambdatui.client import ClientError, EngineClient
from lambdatui.events.matching import best_sample_name
from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.experiments import Trial, TrialOrder
from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import Rendezvous


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A function that is ready to be tried, and what this machine can do for it. ``run`` raises CommandFailed."""

    function: Function
    cpu_limited: bool
    run: Callable[[TrialOrder], Awaitable[Trial]]


@asynccontextmanager
async def bench(settings: EngineSettings, wanted: str | None) -> AsyncIterator[Bench]:
    """For the whole block. Leaving it early ends the environment of the trial that runs."""
    running = rendezvous.find(projects.project_root(settings.path))
    if running is not None:
        tell_in_vain(settings)
    async with _of_running(running, wanted) if running is not None else _of_own(settings, wanted) as found:
        yield found


async def series(bench: Bench, orders: Sequence[TrialOrder]) -> list[Trial]:
    """All of them, in order; tells on a terminal how far it is."""
    done: list[Trial] = []
    try:
        for number, order in enumerate(orders, 1):
            diagnostics.progress(f"{bench.function.name}: environment {number} of {len(orders)}")
            done.append(await bench.run(order))
    finally:
        diagnostics.progress("")
    return done


@asynccontextmanager
async def _of_running(running: Rendezvous, wanted: str | None) -> AsyncIterator[Bench]:
    from lambdatui.cli.invoke_running import choose

    function = await choose(running, wanted)
    async with EngineClient.at(running) as client:

        async def run(order: TrialOrder) -> Trial:
            try:
                return await client.trial(function.name, order)
            except ClientError as error:
                raise failed(error) from error

        try:
            capabilities = (await client.snapshot()).engine.capabilities
        except ClientError as error:
            raise failed(error) from error
        yield Bench(function=function, cpu_limited=limits_cpu(capabilities), run=run)


@asynccontextmanager
async def _of_own(settings: EngineSettings, wanted: str | None) -> AsyncIterator[Bench]:
    from lambdatui.cli import engine_setup
    from lambdatui.cli.calls import refused
    from lambdatui.service.experiments import run_trial
    from lambdatui.service.invoking import ServiceError

    project = engine_setup.read(settings)
    name = projects.choose_function(wanted, [each.name for each in project.functions], project.problems)
    projects.tell_problems_of_invoke(project, name)
    diagnostics.configure_logging()
    backend = engine_setup.build_backend(settings)
    async with engine_setup.build_engine(project, settings, backend) as engine:

        async def run(order: TrialOrder) -> Trial:
            try:
                return await run_trial(engine, name, order)
            except ServiceError as error:
                raise refused(error.status_code, error.name, error.message) from error

        function = engine.function(FunctionName(name))
        yield Bench(function=function, cpu_limited=limits_cpu(backend.capabilities()), run=run)


def tell_of_event(function: Function, chosen: ChosenEvent) -> None:
    """After invokes that failed: where the event was ``{}``, how to send what the function expects."""
    if chosen == ChosenEvent(payload=EMPTY_EVENT):
        sample = best_sample_name(function.events)
        diagnostics.note(f"every event was {{}}; -e takes a file, - for stdin, or a sample event, such as -e {sample}")


def limits_cpu(capabilities: Sequence[CapabilityReport]) -> bool:
    """Whether a trial that asks for it gets no more processor time than Lambda would give."""
    return any(
        report.capability is Capability.CPU_SHARE and report.enforcement is not Enforcement.MISSING
        for report in capabilities
    )
