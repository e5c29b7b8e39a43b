"""What of a process a fork in another environment has, and what it would miss or wrongly share with its siblings.

A virtual machine's snapshot has everything. A fork has one thread and no other process, and with its siblings it shares
what is behind descriptors, and memory that is mapped to be shared. What can be made anew is (`snapshot_descriptors`);
where there is anything else, the snapshot cannot be for more than one environment.
"""

from __future__ import annotations

import os
import resource

from .snapshot_descriptors import NotWholeError, anew

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import List

    from .snapshot_descriptors import Anew

# To be told of an environment, and to enter it.
_NEEDED_FDS = 16
_SESSION_FIELD = 3  # of /proc/PID/stat, behind the name


def folder() -> str:
    """Where it is, and where a fork is to be. Raises NotWholeError."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise NotWholeError("is in a folder that is gone") from None


def to_make_anew(own_fds: Container[int]) -> List[Anew]:
    """What a fork has to do about its descriptors, in this order; `own_fds` are the runtime's affair.

    Raises NotWholeError when a fork would not be all of this process, OSError.
    """
    _check_processes()
    _check_memory()
    with os.scandir("/proc/self/fd") as listing:
        fds = [int(entry.name) for entry in listing]
    if len(fds) + _NEEDED_FDS > resource.getrlimit(resource.RLIMIT_NOFILE)[0]:
        raise NotWholeError("has %d open files" % (len(fds) - 1))
    # One of them was that of the listing itself.
    return anew([fd for fd in fds if fd not in own_fds and _is_open(fd)])


def _check_processes() -> None:
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise NotWholeError("has %d threads" % threads)
    if _children(os.getpid()):
        raise NotWholeError("has child processes")
    parent = os.getppid()
    own_session = _session(parent)
    # What was cut loose is the first process's now. Whom that one has started itself is in its own session.
    if any(_session(pid) != own_session for pid in _children(parent) if pid != os.getpid()):
        raise NotWholeError("has started processes")


def _check_memory() -> None:
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
        if any(line.split(" ", 2)[1] in ("rw-s", "rwxs", "-w-s") for line in maps):
            raise NotWholeError("shares memory")


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _children(pid: int) -> List[int]:
    """Raises NotWholeError where the kernel does not list them."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as listing:
            return [int(child) for child in listing.read().split()]
    except OSError:
        raise NotWholeError("runs where processes cannot be listed") from None


def _session(pid: int) -> str:
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="surrogateescape") as line:
            return line.read().rpartition(")")[2].split()[_SESSION_FIELD]
    except OSError:
        return ""
