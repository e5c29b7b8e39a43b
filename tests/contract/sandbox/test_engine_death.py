"""An engine that is killed leaves no process behind."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import Isolation, ProcessBackend, cgroups
from tests.contract.sandbox.stage import Stage

ROOT = Path(__file__).parents[3]


def groups_of(engine: int) -> list[Path]:
    parent, _ = cgroups.find_parent()
    return [] if parent is None else list(parent.glob(f"lambdatui-*-{engine}-*"))


def kill_an_engine(folder: Path, isolation: str, freezer: str, state: str) -> tuple[int, int, int]:
    """Its pid; how many processes it had, all of which have been seen to end; and how many groups, while it lived: then
    any engine that starts on this machine may remove them.
    """
    command = [sys.executable, "-m", "tests.contract.sandbox.engine_process", str(folder), isolation, freezer, state]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        pids = [int(word) for word in engine.stdout.readline().split()]
        handles = [os.pidfd_open(pid) for pid in pids if pid != engine.pid]
        groups = len(groups_of(engine.pid))
        engine.kill()
    for handle in handles:
        # Readable once the process has ended.
        assert select.select([handle], [], [], 10)[0]
        os.close(handle)
    return engine.pid, len(handles), groups


@pytest.mark.parametrize("freezer", ["cgroup", "signals"])
@pytest.mark.parametrize("state", ["running", "frozen"])
def test_killed_engine_leaves_no_process(tmp_path: Path, isolation: Isolation, freezer: str, state: str) -> None:
    _, processes, _ = kill_an_engine(tmp_path / "stage", isolation.value, freezer, state)
    assert processes >= 4


async def test_next_engine_removes_the_groups_of_a_killed_one(tmp_path: Path, isolation: Isolation) -> None:
    parent, where = cgroups.find_parent()
    if parent is None:
        pytest.skip(where)
    killed, _, groups = kill_an_engine(tmp_path / "first", isolation.value, "cgroup", "frozen")
    assert groups == 1
    stage = Stage(tmp_path / "second", lambda folder: ProcessBackend(isolation=isolation, runtime_dir=folder))
    await stage.environment(stage.spec(sys.executable))
    await stage.close()
    assert groups_of(killed) == []
