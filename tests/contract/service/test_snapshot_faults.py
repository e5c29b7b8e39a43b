"""Whoever of a snapshot and of what was restored from it is killed, at whatever moment: callers are answered, the next
invoke succeeds, and nothing is left.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.records import EnvironmentPhase, InvokeStart, PlatformFault, Report, RestoreStart
from lambdatui.project.load import load_project
from lambdatui.service.driver import Driver
from lambdatui.service.invoking import ServiceError
from tests.support.running import DEADLINE_S, Running, running, write_project

pytestmark = pytest.mark.namespaces

HANDLER = """
import time
from snapshot_restore_py import register_after_restore
register_after_restore(lambda: time.sleep(%s))

def handler(event, context):
    time.sleep(event.get("held_s", 0))
    return 1
"""
FOR_OTHERS = "snapshot for all: others are restored from it"


def holder(run: Running) -> Driver:
    return next(driver for driver in drivers(run) if driver.plan.takes_snapshot)


def restored(run: Running) -> Driver:
    return next(driver for driver in drivers(run) if driver.plan.restores is not None)


def drivers(run: Running) -> Iterator[Driver]:
    for pool in run.engine.pools.values():
        yield from pool.drivers.values()


def runtime_of(driver: Driver) -> int:
    assert driver.place.sandbox is not None
    assert driver.place.sandbox.pid is not None
    return driver.place.sandbox.pid


def init_of(driver: Driver) -> int:
    assert driver.place.sandbox is not None
    assert driver.place.sandbox.first_pid is not None
    return driver.place.sandbox.first_pid


VICTIMS: dict[str, Callable[[Running], int]] = {
    "runtime of the snapshot": lambda run: runtime_of(holder(run)),
    "init process of the snapshot": lambda run: init_of(holder(run)),
    "zygote of the snapshot": lambda run: psutil.Process(init_of(holder(run))).ppid(),
    "restored runtime": lambda run: runtime_of(restored(run)),
    "init process of the restored": lambda run: init_of(restored(run)),
}


async def succeeds_soon(run: Running) -> None:
    """What was lost is made anew: an invoke that meets the loss itself may fail of it, no later one."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                if await run.result("snapped") == 1:
                    return
            except ServiceError:
                continue


async def finished(run: Running, **event: object) -> object:
    try:
        return await run.result("snapped", event)
    except ServiceError as refusal:
        return refusal.name


@pytest.mark.parametrize("use_cgroups", [True, False])
@pytest.mark.parametrize("when", ["idle", "invoked", "being restored"])
@pytest.mark.parametrize("victim", VICTIMS)
async def test_killed_process_costs_at_most_the_invoke_that_it_serves(
    tmp_path: Path, victim: str, when: str, use_cgroups: bool
) -> None:
    hook_s = 0.3 if when == "being restored" else 0
    root = write_project(tmp_path, {"snapped": HANDLER % hook_s}, {"snapped": "timeout = 5"})
    project = load_project(root)
    project = replace(project, functions=tuple(replace(each, snap_start=True) for each in project.functions))
    before = len(os.listdir("/proc/self/fd"))
    async with running(root, project=project, use_cgroups=use_cgroups) as run:
        await run.until(EnvironmentPhase, lambda record: record.reason == FOR_OTHERS)
        if when == "idle":
            await run.result("snapped")
        invoked = asyncio.ensure_future(finished(run, held_s=0.3)) if when != "idle" else None  # noqa: TID251
        if when != "idle":
            await run.until(InvokeStart if when == "invoked" else RestoreStart)
        async with asyncio.timeout(DEADLINE_S):
            while restored(run).place.sandbox is None or restored(run).place.sandbox.pid is None:  # type: ignore[union-attr]
                await run.pass_time(0.001)
        os.kill(VICTIMS[victim](run), signal.SIGKILL)
        if invoked is not None:
            async with asyncio.timeout(DEADLINE_S):
                await invoked
        await succeeds_soon(run)
        await run.until(Report, lambda _: len(run.records(Report)) == len(run.records(InvokeStart)))
        assert not [record.message for record in run.records(PlatformFault) if "lambdatui failed" in record.message]
        assert EnvironmentId("e1") in {event.environment for event in run.events()}
    children = psutil.Process().children(recursive=True)
    psutil.wait_procs(children, timeout=2)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert len(os.listdir("/proc/self/fd")) <= before
