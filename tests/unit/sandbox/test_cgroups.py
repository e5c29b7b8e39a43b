"""What is swept is decided by names alone, so an ordinary directory serves as the file system."""

import os
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import cgroups_sweep

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
    cgroups_sweep.sweep(tmp_path)
    assert not group.exists()


def test_groups_that_user_code_made_in_its_group_are_removed_too(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time="1")
    (group / "1" / "made" / "inside").mkdir(parents=True)
    cgroups_sweep.sweep(tmp_path)
    assert not group.exists()


def test_group_of_a_running_engine_is_kept(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time=own_start_time())
    cgroups_sweep.sweep(tmp_path)
    assert (group / "1").exists()


def test_group_of_an_engine_with_other_process_numbers_is_kept(tmp_path: Path) -> None:
    group = left_over(tmp_path, pid=os.getpid(), start_time="1", namespace=1)
    cgroups_sweep.sweep(tmp_path)
    assert group.exists()


def test_directory_with_a_name_that_no_engine_gives_is_kept(tmp_path: Path) -> None:
    named = tmp_path / f"lambdatui-pidns-{os.stat('/proc/self/ns/pid').st_ino}-mine"
    named.mkdir()
    cgroups_sweep.sweep(tmp_path)
    cgroups_sweep.sweep_hierarchies([tmp_path])
    assert named.exists()


def test_group_of_an_engine_that_was_started_elsewhere_in_the_hierarchy_is_removed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "user.slice" / "session-1.scope"
    group = left_over(elsewhere, pid=os.getpid(), start_time="1")
    cgroups_sweep.sweep_hierarchies([tmp_path / "missing", tmp_path])
    assert (group.exists(), elsewhere.exists()) == (False, True)


def test_group_of_a_running_engine_elsewhere_in_the_hierarchy_is_kept(tmp_path: Path) -> None:
    group = left_over(tmp_path / "user.slice", pid=os.getpid(), start_time=own_start_time())
    cgroups_sweep.sweep_hierarchies([tmp_path])
    assert (group / "1").exists()


def test_group_that_still_has_something_in_it_is_kept_and_harms_no_other(tmp_path: Path) -> None:
    # A file stands for a process: with either in it a group cannot be removed.
    kept = left_over(tmp_path, pid=os.getpid(), start_time="1")
    (kept / "1" / "file").touch()
    other = left_over(tmp_path / "below", pid=os.getpid(), start_time="2")
    cgroups_sweep.sweep_hierarchies([tmp_path])
    assert (kept.exists(), other.exists()) == (True, False)
