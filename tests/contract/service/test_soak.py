"""Thousands of invokes and hundreds of cold starts in a row leave nothing behind."""

import gc
import os
from pathlib import Path

import psutil
import pytest

from lambdatui.model.ids import FunctionName
from tests.support.running import Running, running, write_project

TRIVIAL = "def handler(event, context):\n    print('hello')\n    return {'ok': True}\n"
WARM_INVOKES = 10_000
COLD_STARTS = 500
MEMORY_SLACK_MB = 12
"""The ring of the newest events, the bus and the views fill up to their bounds and then stay."""

OPEN_FILES_SLACK = 3
"""The database opens and closes files of its own; a leak would be hundreds."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def memory_mb() -> float:
    gc.collect()
    uss: float = psutil.Process().memory_full_info().uss / 1e6
    return uss


def processes() -> int:
    return len(psutil.Process().children(recursive=True))


async def cold_start(run: Running) -> None:
    """Invoke on a new environment and end it."""
    await run.result("f")
    (driver,) = run.engine.pools[FunctionName("f")].drivers.values()
    run.engine.kill_environment(driver.id)
    await driver.gone.wait()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
async def test_ten_thousand_warm_invokes_leak_no_memory_descriptor_or_process(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": TRIVIAL})) as run:
        for _ in range(WARM_INVOKES // 2):
            await run.invoke("f")
        before = (open_files(), processes(), memory_mb())
        for _ in range(WARM_INVOKES // 2):
            await run.invoke("f")
        after = (open_files(), processes(), memory_mb())
        environments = len(run.engine.views.environments)
    assert after[0] <= before[0] + OPEN_FILES_SLACK
    assert after[1] <= before[1]
    assert after[2] - before[2] < MEMORY_SLACK_MB
    assert environments == 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
async def test_five_hundred_cold_starts_leak_no_memory_descriptor_process_or_directory(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": TRIVIAL})) as run:
        for _ in range(50):
            await cold_start(run)
        await run.files_removed()
        before = (open_files(), processes(), memory_mb())
        for _ in range(COLD_STARTS - 50):
            await cold_start(run)
        await run.files_removed()
        after = (open_files(), processes(), memory_mb())
    assert after[0] <= before[0] + OPEN_FILES_SLACK
    assert after[1] <= before[1]
    assert after[2] - before[2] < MEMORY_SLACK_MB
    assert list((tmp_path / ".lambdatui" / "environments").glob("*/*")) == []


async def test_engine_that_ends_leaves_no_process_behind(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": TRIVIAL})) as run:
        await run.result("f")
        assert processes() > 0
    assert processes() == 0
