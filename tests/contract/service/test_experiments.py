"""Trials in a real engine: a fresh environment each, measured, and nothing left behind."""

import asyncio
from pathlib import Path

import pytest

from lambdatui.model.experiments import TrialOrder
from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, InvokeStart
from lambdatui.service.experiments import run_trial
from lambdatui.service.invoking import ServiceError
from tests.support.running import Running, running, write_project

SOURCE = (
    "import os, wave, colorsys\n"
    "def handler(event, context):\n"
    "    return [context.memory_limit_in_mb, os.environ.get('LAMBDATUI_IMPORT_TIMES')]\n"
)
STUCK = "import threading\ndef handler(event, context):\n    threading.Event().wait()\n"


def ended(run: Running) -> list[Phase]:
    """The last phase of every environment there was."""
    last = {
        event.environment: event.record.phase for event in run.events() if isinstance(event.record, EnvironmentPhase)
    }
    return list(last.values())


async def test_trial_is_one_cold_start_and_warm_ones_behind_it_and_leaves_no_environment(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        await run.result("shop")
        trial = await run_trial(run.engine, "shop", TrialOrder(warm_invokes=2))
        assert trial.cold.init_ms is not None
        assert [invoke.init_ms for invoke in trial.warm] == [None, None]
        assert {invoke.environment for invoke in trial.warm} == {trial.cold.environment} != {None}
        assert (ended(run).count(Phase.DEAD), run.engine.variants, run.environments_alive()) == (1, [], 1)


async def test_memory_of_a_trial_is_the_trials_alone(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        trial = await run_trial(run.engine, "shop", TrialOrder(memory_mb=1024, cpu_share=True))
        assert trial.memory_mb == 1024
        assert await run.result("shop") == ["128", None]


async def test_import_times_are_told_module_by_module_and_the_handler_does_not_see_the_question(
    tmp_path: Path,
) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        trial = await run_trial(run.engine, "shop", TrialOrder(import_times=True, warm_invokes=0))
        costs = {cost.module: cost for cost in trial.imports}
        assert {"app", "wave"} <= set(costs)
        assert costs["app"].depth == 0
        assert costs["wave"].depth == 1
        assert costs["app"].cumulative_ms >= costs["wave"].cumulative_ms >= costs["wave"].self_ms > 0
        assert trial.cold.error is None


async def test_error_of_the_function_is_a_figure_of_its_trial(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"broken": "import no_such_module\n"})) as run:
        trial = await run_trial(run.engine, "broken", TrialOrder(warm_invokes=0))
        assert trial.cold.error == "Runtime.ImportModuleError"


async def test_cancelled_trial_ends_its_environment_at_once(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"stuck": STUCK}, {"stuck": "timeout = 600"})) as run:

        async def trial() -> None:
            await run_trial(run.engine, "stuck", TrialOrder())

        work = run.engine.spawn("trial", trial())
        await run.until(InvokeStart)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert (ended(run), run.engine.variants) == ([Phase.DEAD], [])


async def test_trial_of_an_unknown_function_is_refused(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        with pytest.raises(ServiceError, match="Function not found"):
            await run_trial(run.engine, "shopp", TrialOrder())


async def test_trial_leaves_the_percentiles_of_its_function_as_they_are(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        await run.result("shop")
        before = run.engine.views.functions[FunctionName("shop")].metrics
        await run_trial(run.engine, "shop", TrialOrder(warm_invokes=2))
        after = run.engine.views.functions[FunctionName("shop")].metrics
        assert (after.durations_ms, after.p95_ms) == (before.durations_ms, before.p95_ms)
        assert (after.invocations, after.experiments) == (4, 3)
