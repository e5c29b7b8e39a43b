"""Provisioned concurrency with real environments: there before anybody invokes, kept, and spilling over."""

import asyncio
from pathlib import Path

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import InitializationType, Phase, ProvisionedStatus
from lambdatui.model.records import (
    EnvironmentPhase,
    FunctionLog,
    InitStart,
    InvokeStart,
    ProvisionedConcurrency,
    Report,
)
from lambdatui.telemetry.cloudwatch_text import text_lines
from tests.support.running import Running, running, write_project

SOURCE = """
import os, time
print("made ahead:", os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"])
def handler(event, context):
    time.sleep(event.get("sleep_s", 0))
    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
"""
TWO = "provisioned_concurrency = 2"
ONE = "provisioned_concurrency = 1"


async def is_ready(run: Running, times: int = 1) -> int:
    """Waits until all of it was there for this many times; the number of the event that said so last."""
    seen = 0

    def matches(record: ProvisionedConcurrency) -> bool:
        nonlocal seen
        seen += record.status is ProvisionedStatus.READY
        return seen == times

    found = await run.until(ProvisionedConcurrency, matches)
    return next(event.seq for event in run.events() if event.record is found)


async def test_environments_are_initialised_before_anybody_invokes(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": SOURCE}, {"ahead": TWO})
    async with running(root) as run:
        await is_ready(run)
        assert [start.initialization_type for start in run.records(InitStart)] == [
            InitializationType.PROVISIONED_CONCURRENCY,
            InitializationType.PROVISIONED_CONCURRENCY,
        ]
        assert not run.records(InvokeStart)
        lines = [line for event in run.events() for line in text_lines(event.record)]
        assert sum(line.startswith("INIT_REPORT Init Duration: ") for line in lines) == 2
        assert run.records(FunctionLog)[0].lines == ("made ahead: provisioned-concurrency",)


async def test_invoke_into_a_provisioned_environment_is_no_cold_start(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": SOURCE}, {"ahead": ONE})
    async with running(root) as run:
        await is_ready(run)
        assert await run.result("ahead") == "provisioned-concurrency"
        report = await run.until(Report)
        assert report.metrics.init_duration_ms is None
        assert len(run.records(InitStart)) == 1


async def test_demand_above_it_spills_over_to_environments_made_on_demand(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": SOURCE}, {"ahead": ONE})
    async with running(root) as run:
        await is_ready(run)
        answers = await asyncio.gather(*(run.result("ahead", {"sleep_s": 0.3}) for _ in range(2)))
    assert sorted(map(str, answers)) == ["on-demand", "provisioned-concurrency"]


async def test_provisioned_environment_that_is_killed_is_replaced(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": SOURCE}, {"ahead": ONE})
    async with running(root) as run:
        await is_ready(run)
        run.engine.kill_environment(EnvironmentId("e1"))
        await is_ready(run, times=2)
        assert await run.result("ahead") == "provisioned-concurrency"


async def test_reload_provisions_the_new_code(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": SOURCE}, {"ahead": ONE})
    async with running(root, reload=True) as run:
        await is_ready(run)
        run.save("ahead", "def handler(event, context):\n    return 'new'\n")
        await is_ready(run, times=2)
        assert await run.result("ahead") == "new"
        assert len(run.records(InitStart)) == 2


async def test_code_whose_init_fails_is_not_provisioned_and_runs_on_demand(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"ahead": "import nothing_like_this\n"}, {"ahead": ONE})
    async with running(root) as run:
        failed = await run.until(ProvisionedConcurrency, lambda record: record.status is ProvisionedStatus.FAILED)
        assert (failed.available, failed.status_reason) == (0, "FUNCTION_ERROR_INIT_FAILURE")
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        answer = await run.result("ahead")
        assert isinstance(answer, dict)
        assert answer["errorType"] == "Runtime.ImportModuleError"
        kinds = [start.initialization_type for start in run.records(InitStart)]
    assert kinds == [InitializationType.PROVISIONED_CONCURRENCY, *[InitializationType.ON_DEMAND] * 2]
