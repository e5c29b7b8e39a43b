"""What is swept is decided by names alone, so an ordinary directory serves as the file system."""

import os
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import cgroups

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="cgroups exist on Linux only")


def left_over(parent: Path, *, pid: int, start_time: str, namespace: int | None = None) -> Path:
    number = namespace if namespace is not None else os.stat("/proc/self/ns/pid").st_ino
    group = parent / f"lambdatui-pidns-{number}-{pid}-{start_time}-a_b-c"
    (group / "1").mkdir(parents=True)
    return group


def own_start_time() -> str:
    return Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]


def test_group_of_an_engine_that_ended_is_removed_with_its_environments(tmp_path: Path) -> None:
    # The process number is in use, but by a process that was started at another time.
    group = left_over(tmp_path, pid=os.getpid(), start_time="1")
    cgroups.sweep(tmp_path)
    assert not group.exists()


def test_groups_that_user_code_made_in_its_group_are_removed_too(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time="1")
    (group / "1" / "made" / "inside").mkdir(parents=True)
    cgroups.sweep(tmp_path)
    assert not group.exists()


def test_group_of_a_running_engine_is_kept(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time=own_start_time())
    cgroups.sweep(tmp_path)
    assert (group / "1").exists()


def test_group_of_an_engine_with_other_process_numbers_is_kept(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time="1", namespace=1)
    cgroups.sweep(tmp_path)
    assert group.exists()
