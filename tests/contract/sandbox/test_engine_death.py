"""An engine that is killed leaves no process behind."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import Isolation

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("freezer", ["cgroup", "signals"])
@pytest.mark.parametrize("state", ["running", "frozen"])
def test_killed_engine_leaves_no_process(tmp_path: Path, isolation: Isolation, freezer: str, state: str) -> None:
    command = [sys.executable, "-m", "tests.contract.sandbox.engine_process", str(tmp_path / "stage")]
    with subprocess.Popen([*command, isolation.value, freezer, state], cwd=ROOT, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        pids = [int(word) for word in engine.stdout.readline().split()]
        handles = [os.pidfd_open(pid) for pid in pids if pid != engine.pid]
        engine.kill()
    assert len(handles) >= 4
    for handle in handles:
        # Readable once the process has ended.
        assert select.select([handle], [], [], 10)[0]
        os.close(handle)
