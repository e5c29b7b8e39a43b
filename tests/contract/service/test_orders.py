"""Orders to an environment with real processes: what people see of them, and what callers get."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentOrdered, EnvironmentPhase, EnvironmentThawed
from lambdatui.sandbox.process import Isolation
from tests.support.running import Running, running, write_project

COUNTER = """
import os, time
COUNT = 0
TMP = os.environ.get("TMPDIR", "/tmp")

def handler(event, context):
    global COUNT
    COUNT += 1
    if event.get("write"):
        open(TMP + "/kept", "w").close()
    for _ in range(event.get("ticks", 0)):
        with open(TMP + "/ticks", "a") as file:
            file.write("x")
        time.sleep(0.01)
    return {"count": COUNT, "kept": os.path.exists(TMP + "/kept")}
"""
ISOLATIONS = pytest.mark.parametrize("isolation", [Isolation.AUTO, Isolation.PLAIN])


def project(root: Path, timeout_s: int = 10) -> Path:
    return write_project(root, {"counter": COUNTER}, {"counter": f"timeout = {timeout_s}"})


def give(run: Running, order: Order, environment: str = "e1") -> str | None:
    return run.engine.driver(environment).order(order)


async def ticks(run: Running) -> int:
    try:
        return len(await run.engine.read_scratch("e1", "ticks"))
    except (KeyError, FileNotFoundError):
        return 0


async def until_ticking(run: Running) -> None:
    async with asyncio.timeout(10):
        while not await ticks(run):
            await run.pass_time(0.01)


def in_phase(phase: Phase) -> Callable[[EnvironmentPhase], bool]:
    return lambda record: record.phase is phase


@ISOLATIONS
async def test_frozen_invoke_stands_still_and_goes_on_when_thawed(tmp_path: Path, isolation: Isolation) -> None:
    async with running(project(tmp_path), isolation=isolation) as run:
        invoke = asyncio.ensure_future(run.result("counter", {"ticks": 20}))  # noqa: TID251  the test's own task
        await until_ticking(run)
        assert give(run, Order.FREEZE) is None
        await run.pass_time(0.05)
        before = await ticks(run)
        await run.pass_time(0.3)
        assert await ticks(run) == before < 20
        assert give(run, Order.FREEZE) == "it is frozen already"
        assert give(run, Order.THAW) is None
        assert await invoke == {"count": 1, "kept": False}
        assert await ticks(run) == 20


@ISOLATIONS
async def test_frozen_invoke_times_out_and_the_next_one_runs(tmp_path: Path, isolation: Isolation) -> None:
    async with running(project(tmp_path, timeout_s=1), isolation=isolation) as run:
        invoke = asyncio.ensure_future(run.result("counter", {"ticks": 5000}))  # noqa: TID251  the test's own task
        await until_ticking(run)
        give(run, Order.FREEZE)
        answer = await invoke
        assert isinstance(answer, dict)
        assert answer["errorType"] == "Sandbox.Timedout"
        assert await run.result("counter") == {"count": 1, "kept": False}


@ISOLATIONS
async def test_killed_runtime_fails_its_invoke_and_tmp_stays(tmp_path: Path, isolation: Isolation) -> None:
    async with running(project(tmp_path), isolation=isolation) as run:
        invoke = asyncio.ensure_future(run.result("counter", {"ticks": 5000, "write": True}))  # noqa: TID251  the test's own task
        await until_ticking(run)
        assert give(run, Order.KILL) is None
        answer = await invoke
        assert isinstance(answer, dict)
        assert answer["errorType"] == "Runtime.ExitError"
        assert "signal: killed" in answer["errorMessage"]
        assert await run.result("counter") == {"count": 1, "kept": True}
        assert run.environments_alive() == 1


@ISOLATIONS
async def test_idle_runtime_that_is_killed_is_replaced_by_the_next_invoke(tmp_path: Path, isolation: Isolation) -> None:
    async with running(project(tmp_path), isolation=isolation) as run:
        await run.tail("counter", {"write": True})
        give(run, Order.KILL)
        await run.until(EnvironmentPhase, in_phase(Phase.RESET))
        assert await run.result("counter") == {"count": 1, "kept": True}


async def test_reset_keeps_tmp_and_loses_globals(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        await run.tail("counter", {"write": True})
        assert give(run, Order.RESET) is None
        await run.until(EnvironmentPhase, in_phase(Phase.RESET))
        assert give(run, Order.RESET) == "it is reset already"
        assert await run.result("counter") == {"count": 1, "kept": True}


async def test_retired_environment_ends_and_the_next_invoke_is_a_cold_start(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        await run.tail("counter", {"write": True})
        assert give(run, Order.RETIRE) is None
        await run.until(EnvironmentPhase, in_phase(Phase.DEAD))
        assert await run.result("counter") == {"count": 1, "kept": False}


async def test_thawed_environment_is_frozen_by_the_end_of_its_next_invoke(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        await run.tail("counter")
        give(run, Order.THAW)
        assert await run.result("counter") == {"count": 2, "kept": False}
        assert len(run.records(EnvironmentThawed)) == 2, "once for each invoke or by hand before it"


async def test_orders_are_told_in_the_stream(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        await run.tail("counter")
        for order in (Order.THAW, Order.FREEZE, Order.DESTROY):
            give(run, order)
        told = [record.order for record in run.records(EnvironmentOrdered)]
    assert told == [Order.THAW, Order.FREEZE, Order.DESTROY]
