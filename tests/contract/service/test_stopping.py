"""An engine that is told to stop has three seconds, whatever was done to the processes that it has to end."""

import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import psutil
import pytest

from lambdatui.sandbox.process import Isolation
from lambdatui.service.code_identity import CodeIdentity
from tests.support.running import Running, running, write_project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names processes as Linux does")

STOP_S = 3.0
HANDLER = "import time\ndef handler(event, context):\n    time.sleep(event.get('s', 0))\n    return 1\n"


def init_processes(run: Running) -> list[int]:
    drivers = [driver for pool in run.engine.pools.values() for driver in pool.drivers.values()]
    return [
        driver.place.sandbox.first_pid for driver in drivers if driver.place.sandbox and driver.place.sandbox.first_pid
    ]


def zygotes() -> list[int]:
    """And whoever waits for one."""
    return [each.pid for child in psutil.Process().children() for each in (child, *child.children())]


async def warmed(run: Running, environments: int) -> None:
    await asyncio.gather(*(run.result("held", {"s": 0.2}) for _ in range(environments)))


@pytest.mark.parametrize(
    "isolation", [pytest.param(Isolation.NAMESPACES, marks=pytest.mark.namespaces), Isolation.PLAIN]
)
@pytest.mark.parametrize("use_cgroups", [True, False])
@pytest.mark.parametrize("whom", ["init", "zygotes", "everybody"])
async def test_engine_whose_processes_were_stopped_ends_in_time_and_leaves_none(
    tmp_path: Path, isolation: Isolation, use_cgroups: bool, whom: str
) -> None:
    root = write_project(tmp_path, {"held": HANDLER}, {"held": "timeout = 60"})
    async with asyncio.timeout(60), running(root, isolation=isolation, use_cgroups=use_cgroups) as run:
        await warmed(run, 3)
        inits, others = init_processes(run), zygotes()
        assert len(inits) == 3
        handles = [os.pidfd_open(pid) for pid in {*inits, *others}]
        stopped = [*(inits if whom != "zygotes" else ()), *(others if whom != "init" else ())]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        began_at = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began_at < STOP_S
    for handle in handles:
        # Readable once the process has ended, though its parent may not have noticed yet.
        assert select.select([handle], [], [], 2)[0]
        os.close(handle)


async def test_bug_of_ours_while_an_engine_stops_leaves_no_process_and_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise ZeroDivisionError

    root = write_project(tmp_path, {"held": HANDLER})
    monkeypatch.setattr(CodeIdentity, "finish", fail)
    before, processes = len(os.listdir("/proc/self/fd")), zygotes()
    with pytest.raises(ZeroDivisionError):
        async with running(root) as run:
            await run.result("held")
    assert zygotes() == processes
    assert len(os.listdir("/proc/self/fd")) == before
