"""``lambdatui invoke --repeat``: a series by the project's running engine, or by one of our own for these calls."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from lambdatui.cli import diagnostics, output, projects, trial_output
from lambdatui.cli.calls import Order, refused
from lambdatui.cli.client_errors import failed
from lambdatui.cli.engine_setup import EngineSettings, tell_in_vain
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.client import ClientError, EngineClient, EngineRefused
from lambdatui.client.series import Series, refused_shot, shot
from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import FunctionName
from lambdatui.model.series import SeriesPlan, Shot
from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import Rendezvous
from lambdatui.service.tasks import Tasks
from lambdatui.telemetry.series_figures import SeriesFigures
from lambdatui.tui import series_text

if TYPE_CHECKING:
    from lambdatui.service.invoking import ServiceError

TELL_S = 0.2

Invoke = Callable[[], Awaitable[Shot]]


async def run_series(settings: EngineSettings, order: Order, plan: SeriesPlan) -> tuple[str, SeriesFigures]:
    """The function's name, and what came of it. An empty name in ``order`` is the project's only function.

    The first Ctrl-C begins no more and waits for those that run. Raises CommandFailed.
    """
    running = rendezvous.find(projects.project_root(settings.path))
    if running is not None:
        tell_in_vain(settings)
    async with _of_running(running, order) if running is not None else _of_own(settings, order) as (name, invoke):
        series = Series(plan, invoke)
        with _stopped_by_ctrl_c(series):
            return name, await _told(name, series)


def tell(name: str, found: SeriesFigures, *, as_json: bool) -> ExitCode:
    """The summary on standard output."""
    if as_json:
        output.document(_document(name, found))
    else:
        output.line(series_text.title(name, found))
        trial_output.show((series_text.head(found, running=False), *series_text.rows(found, trial_output.COLUMNS)))
    if found.done < found.plan.times:
        return ExitCode.INTERRUPTED
    return ExitCode.FUNCTION_ERROR if found.failed else ExitCode.OK


def _document(name: str, found: SeriesFigures) -> dict[str, object]:
    plan, waited = found.plan, found.waited
    return {
        "function": name,
        "plan": {"times": plan.times, "parallel": plan.parallel, "ratePerS": plan.rate_per_s},
        "done": found.done,
        "failed": found.failed,
        "neverRan": found.refused,
        "late": found.late,
        "elapsedS": round(found.elapsed_s, 3),
        "outcomes": dict(found.outcomes),
        "waitedMs": {"p50": waited.p50, "p95": waited.p95, "max": waited.most},
    }


async def _told(name: str, series: Series) -> SeriesFigures:
    """Runs it, and tells on a terminal how far it is."""
    tasks = Tasks()
    tasks.spawn("progress", _tell(name, series), background=True)
    try:
        return await series.run()
    except ClientError as error:
        raise failed(error) from error
    finally:
        await tasks.cancel_background()
        diagnostics.progress("")


async def _tell(name: str, series: Series) -> None:
    while True:
        found = series.figures
        failed_ones = f", {found.failed} failed" if found.failed else ""
        diagnostics.progress(f"{name}: {found.done} of {found.plan.times}{failed_ones}, {found.running} running")
        await asyncio.sleep(TELL_S)


@asynccontextmanager
async def _of_running(running: Rendezvous, order: Order) -> AsyncIterator[tuple[str, Invoke]]:
    from lambdatui.cli.invoke_running import choose

    name = (await choose(running, order.function or None)).name
    loop = asyncio.get_running_loop()
    async with EngineClient.at(running) as client:

        async def invoke() -> Shot:
            began_s = loop.time()
            try:
                answer = await client.invoke(
                    name,
                    order.event.payload,
                    invocation_type=order.invocation_type,
                    qualifier=order.qualifier,
                    sample=order.event.sample,
                    experiment=Experiment.SERIES,
                )
            except EngineRefused as error:
                return refused_shot(error)
            return shot(answer.status_code, answer.payload, answer.function_error, (loop.time() - began_s) * 1000)

        yield name, invoke


@asynccontextmanager
async def _of_own(settings: EngineSettings, order: Order) -> AsyncIterator[tuple[str, Invoke]]:
    from lambdatui.cli import engine_setup
    from lambdatui.service.invoking import InvokeRequest, ServiceError

    project = engine_setup.read(settings)
    names = [each.name for each in project.functions]
    name = projects.choose_function(order.function or None, names, project.problems)
    projects.tell_problems_of_invoke(project, name)
    diagnostics.configure_logging()
    loop = asyncio.get_running_loop()
    async with engine_setup.build_engine(project, settings) as engine:

        async def invoke() -> Shot:
            began_s = loop.time()
            asked = InvokeRequest(
                function=FunctionName(name),
                payload=order.event.payload,
                invocation_type=order.invocation_type,
                qualifier=order.qualifier,
                sample=order.event.sample,
                experiment=Experiment.SERIES,
            )
            try:
                answer = await engine.invoke(asked)
            except ServiceError as error:
                return _refused(error)
            result, waited_ms = answer.result, (loop.time() - began_s) * 1000
            if result is None:
                return shot(answer.status_code, b"", None, waited_ms)
            return shot(answer.status_code, result.payload, result.function_error, waited_ms)

        yield name, invoke


def _refused(error: "ServiceError") -> Shot:
    try:
        return refused_shot(EngineRefused(error.status_code, error.name, error.message))
    except EngineRefused:
        raise refused(error.status_code, error.name, error.message) from error


@contextmanager
def _stopped_by_ctrl_c(series: Series) -> Iterator[None]:
    """The first one ends the series in good order; the next one ends this program as always."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        series.stop()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, stop)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
