"""A fork of a snapshot is whole and in its own environment, or it is not at all."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from lambdatui.runtimes.python import namespaces, snapshot_process
from lambdatui.runtimes.python.control_channel import ControlChannel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="snapshots are forked on Linux only")


class Calls:
    """Of Linux, as far as they can be made here. ``child`` is what forking gives; setns fails from ``fails_at`` on."""

    CLONE_NEWPID = CLONE_NEWIPC = CLONE_NEWNS = CLONE_NEWNET = 1

    def __init__(self, child: int = 0, fails_at: int = 1) -> None:
        self.child = child
        self.fails_at = fails_at
        self.entered = 0
        self.powerful = False

    def use_held_capabilities(self, in_effect: bool) -> None:
        self.powerful = in_effect

    def setns(self, fd: int, kind: int) -> None:
        self.entered += 1
        if self.entered >= self.fails_at:
            raise OSError("setns: not now")

    def check_sibling_forks(self) -> None:
        raise OSError("clone3: Function not implemented")

    def fork_sibling_quietly(self, cgroup_fd: int | None, pid: int = 0) -> int:
        return self.child


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_fork_from_which_there_is_no_way_back_is_killed(
    monkeypatch: pytest.MonkeyPatch, sleeping: subprocess.Popen[bytes]
) -> None:
    calls = Calls(child=sleeping.pid, fails_at=2)
    monkeypatch.setattr(snapshot_process, "linux", calls)
    with pytest.raises(OSError, match="not now"):
        snapshot_process._fork_into(0, None)
    assert sleeping.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("fails_at", [1, 2])
def test_snapshot_that_could_not_be_forked_is_as_powerless_as_before(
    monkeypatch: pytest.MonkeyPatch, sleeping: subprocess.Popen[bytes], fails_at: int
) -> None:
    calls = Calls(child=sleeping.pid, fails_at=fails_at)
    monkeypatch.setattr(snapshot_process, "linux", calls)
    before = open_files()
    with contextlib.suppress(OSError):
        snapshot_process._fork_into(0, None)
    assert (calls.powerful, open_files()) == (False, before)


@pytest.mark.parametrize("error", [ValueError("no position"), OSError("no file"), KeyError("ipc")])
def test_fork_that_cannot_become_a_runtime_says_so_and_ends(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(snapshot_process, "_enter", fail)
    reader, writer = os.pipe()
    ours, theirs = socket.socketpair()
    snapshot = snapshot_process.SnapshotProcess(theirs.fileno(), 2, [])
    child = os.fork()
    if child == 0:
        become_in_this_process(snapshot, writer)
    os.close(writer)
    ours.close()
    theirs.close()
    _, status = os.waitpid(child, 0)
    with open(reader, "rb") as log:
        assert log.read().startswith(b"cannot be restored here: ")
    assert os.waitstatus_to_exitcode(status) == 1


def become_in_this_process(snapshot: snapshot_process.SnapshotProcess, log_fd: int) -> None:
    status = 3
    try:
        message: dict[str, Any] = {"id": "1", "generation": 1, "environ": {}}
        snapshot._become(message, {"log": log_fd})
        status = 4
    finally:
        os._exit(status)


def test_restore_whose_descriptors_did_not_arrive_is_refused_and_the_snapshot_goes_on() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        snapshot = snapshot_process.SnapshotProcess(theirs.fileno(), 2, [])
        restored = snapshot._restore({"id": "7", "generation": 1, "environ": {}, "fds": ["log", "pid"]})
        told = ControlChannel(ours.fileno()).receive()
    assert restored is None
    assert told is not None
    assert (told[0]["op"], told[0]["id"]) == ("not_restored", "7")


def test_snapshot_is_for_one_environment_where_the_kernel_or_the_c_library_cannot_fork_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot_process, "linux", Calls())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        why = snapshot_process.SnapshotProcess(theirs.fileno(), 2, []).why_alone(ours.fileno())
    assert why == "clone3: Function not implemented"


def test_this_kernel_is_asked_for_what_it_takes_to_fork_siblings() -> None:
    try:
        namespaces.fork_sibling_quietly(999_999)
    except OSError as error:
        if error.errno != errno.EBADF:
            pytest.skip(f"siblings cannot be forked here: {error}")
    namespaces.check_sibling_forks()
