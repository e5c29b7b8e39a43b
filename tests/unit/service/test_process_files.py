"""What is read from /proc about this very process and a child of it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from lambdatui.service import process_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process
        process.kill()


def test_child_stands_below_its_parent_with_its_role(child: subprocess.Popen[bytes]) -> None:
    found = {each.pid: each for each in process_files.processes_below(os.getpid(), {child.pid: "runtime"})}
    assert found[os.getpid()].role == "init"
    assert (found[child.pid].role, found[child.pid].parent_pid) == ("runtime", os.getpid())
    assert found[os.getpid()].memory_kb > found[child.pid].memory_kb


def test_process_that_has_ended_is_left_out() -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    assert list(process_files.processes_below(ended.pid, {})) == []
    assert process_files.descriptors_of(ended.pid) == ()
    assert process_files.mounts_of(ended.pid) is None


def test_descriptors_say_what_they_lead_to(child: subprocess.Popen[bytes]) -> None:
    with open("/dev/zero", "rb") as file:
        found = {each.number: each.target for each in process_files.descriptors_of(os.getpid())}
        assert found[file.fileno()] == "/dev/zero"


def test_process_in_the_same_namespace_has_no_mounts_of_its_own(child: subprocess.Popen[bytes]) -> None:
    assert process_files.mounts_of(child.pid) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("36 35 8:1 /home/ada/my\\040code /var/task ro,nosuid shared:1 - ext4 /dev/sda1 rw",
         ("/var/task", "/home/ada/my code", "ext4", True, "")),
        ("37 35 0:5 / /tmp rw,nosuid - tmpfs lambdatui rw,size=524288k,nr_inodes=8192",
         ("/tmp", "lambdatui", "tmpfs", False, "size=524288k")),
        ("38 35 0:6 / /proc rw - proc proc rw", ("/proc", "proc", "proc", False, "")),
    ],
    ids=["bound", "in_memory", "proc"],
)  # fmt: skip
def test_mount_is_told_by_what_it_shows(line: str, told: tuple[str, str, str, bool, str]) -> None:
    found = process_files._mount(line)
    assert (found.path, found.source, found.kind, found.read_only, found.options) == told
