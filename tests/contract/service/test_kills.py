"""Whatever process of an environment is killed, at whatever moment: the caller is answered, every START has its REPORT,
the next invoke succeeds, and nothing is left.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lambdatui.model.records import EnvironmentPhase, InitStart, InvokeStart, PlatformFault, Report
from lambdatui.sandbox.process import Isolation
from lambdatui.sandbox.protocol import Sandbox
from tests.support.running import DEADLINE_S, Running, running, write_project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names processes as Linux does")

HANDLER = """
import os, time
if not os.path.exists("{mark}"):
    time.sleep({init_s})

def handler(event, context):
    time.sleep(event.get("held_s", 0))
    return 1
"""


def sandbox_of(run: Running) -> Sandbox | None:
    for pool in run.engine.pools.values():
        for driver in pool.drivers.values():
            return driver.place.sandbox
    return None


def runtime_of(sandbox: Sandbox) -> int:
    assert sandbox.pid is not None
    return sandbox.pid


def init_of(sandbox: Sandbox) -> int:
    assert sandbox.first_pid is not None
    return sandbox.first_pid


VICTIMS: dict[str, Callable[[Sandbox], int]] = {
    "runtime": runtime_of,
    "init process": init_of,
    "zygote": lambda sandbox: psutil.Process(init_of(sandbox)).ppid(),
    "whoever waits for the zygote": lambda sandbox: psutil.Process().children()[0].pid,
}


async def running_sandbox(run: Running) -> Sandbox:
    async with asyncio.timeout(DEADLINE_S):
        while (sandbox := sandbox_of(run)) is None or sandbox.pid is None:
            await run.pass_time(0.001)
    return sandbox


@pytest.mark.parametrize("use_cgroups", [True, False])
@pytest.mark.parametrize(
    "isolation", [pytest.param(Isolation.NAMESPACES, marks=pytest.mark.namespaces), Isolation.PLAIN]
)
@pytest.mark.parametrize("when", ["init", "invoke", "idle"])
@pytest.mark.parametrize("victim", VICTIMS)
async def test_killed_process_costs_at_most_the_invoke_that_it_serves(
    tmp_path: Path, victim: str, when: str, isolation: Isolation, use_cgroups: bool
) -> None:
    mark = tmp_path / "killed"
    source = HANDLER.format(mark=mark, init_s=0.3 if when == "init" else 0)
    root = write_project(tmp_path, {"victim": source}, {"victim": "timeout = 5"})
    before = len(os.listdir("/proc/self/fd"))
    async with running(root, isolation=isolation, use_cgroups=use_cgroups) as run:
        invoked = asyncio.ensure_future(run.result("victim", {"held_s": 0.3}))  # noqa: TID251 - awaited below
        await run.until(InvokeStart if when == "invoke" else InitStart)
        sandbox = await running_sandbox(run)
        if when == "idle":
            assert await invoked == 1
            await run.until(EnvironmentPhase, lambda record: record.phase == "ready")
        os.kill(VICTIMS[victim](sandbox), signal.SIGKILL)
        mark.touch()
        async with asyncio.timeout(DEADLINE_S):
            await invoked
            answers = [await run.result("victim") for _ in range(10)]
        # One may meet the loss itself: before its end, a killed process can come to some answers.
        assert answers.count(1) >= 9
        await run.until(Report, lambda _: len(run.records(Report)) == len(run.records(InvokeStart)))
        assert not [record.message for record in run.records(PlatformFault) if "lambdatui failed" in record.message]
        started = Counter(record.request_id for record in run.records(InvokeStart))
        assert started == Counter(record.request_id for record in run.records(Report))
    psutil.wait_procs(psutil.Process().children(recursive=True), timeout=2)
    assert psutil.Process().children(recursive=True) == []
    assert len(os.listdir("/proc/self/fd")) <= before
