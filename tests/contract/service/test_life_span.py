"""Environments that nobody uses, and functions that nobody uses, by a service clock that runs fast."""

from pathlib import Path

from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import FunctionState, Phase
from lambdatui.model.records import EnvironmentFrozen, EnvironmentPhase, InitStart
from tests.support.running import running, write_project

SOURCE = "def handler(event, context):\n    return 1\n"
HOUR_IN_A_SECOND = 3600.0


async def test_idle_environment_ends_after_ten_minutes_of_the_service(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"quiet": SOURCE}), speed=HOUR_IN_A_SECOND) as run:
        await run.result("quiet")
        ended = await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        assert ended.reason == "idle for 600 s"
        await run.result("quiet")
        assert len(run.records(InitStart)) == 2


async def test_function_without_environments_is_inactive_after_weeks_until_it_is_used(tmp_path: Path) -> None:
    week_in_a_second = 7 * 24 * HOUR_IN_A_SECOND
    async with running(write_project(tmp_path, {"quiet": SOURCE}), speed=week_in_a_second) as run:
        await run.result("quiet")
        assert run.engine.function_state("quiet") is FunctionState.ACTIVE
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        await run.pass_time(2.1)
        assert run.engine.function_state("quiet") is FunctionState.INACTIVE
        await run.result("quiet")
        await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) > 2)
        assert run.engine.pools[FunctionName("quiet")].state is FunctionState.ACTIVE
