"""Processor time in proportion to memory, for those who ask for it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.sandbox.process import cgroups
from lambdatui.sandbox.process.cgroups_limits import Controller
from lambdatui.sandbox.process.cgroups_v1 import find_v1_parents
from lambdatui.sandbox.process.limits import EngineLimits
from tests.contract.sandbox.stage import Stage

# Until the kernel has held it back several times, however long it takes until it is in its group.
WORKS = """
import time
def held_back():
    wall, used = time.monotonic(), time.process_time()
    while time.monotonic() - wall < 0.5:
        pass
    return (time.process_time() - used) / (time.monotonic() - wall)
shares = [held_back() for _ in range(4)]
print(min(shares))
"""


def groups_of_environments() -> list[Path]:
    """Of version 1, of the backends of this process."""
    return [group for parent in find_v1_parents().values() for group in parent.glob(f"*-{os.getpid()}-*/*/")]


@pytest.fixture
def cpu_controller() -> None:
    limits = EngineLimits(cgroups.find_parent()[0])
    found = limits.where(Controller.CPU)
    limits.close()
    if found is None:
        pytest.skip("no group with a cpu controller may be made here")


@pytest.mark.usefixtures("cpu_controller")
async def test_small_function_gets_its_share_of_a_processor(stage: Stage) -> None:
    spec = replace(stage.spec(sys.executable), memory_mb=256, cpu_share=True)
    environment = await stage.environment(spec)
    await environment.run(WORKS)
    assert 0.05 < float(await environment.line()) < 0.3


@pytest.mark.usefixtures("cpu_controller")
async def test_groups_of_a_closed_place_are_removed(stage: Stage) -> None:
    environment = await stage.environment(replace(stage.spec(sys.executable), cpu_share=True))
    environment.start("print('there', flush=True); import signal; signal.pause()")
    await environment.line()
    await environment.sandbox.close()
    assert groups_of_environments() == []
