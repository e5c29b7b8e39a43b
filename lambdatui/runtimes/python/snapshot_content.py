"""What of a process a fork in another environment has, and what it would miss or wrongly share with its siblings.

A virtual machine's snapshot has everything. A fork has one thread and no other process, and with its siblings it shares
the position in open files, what is behind sockets and pipes, and memory that is mapped to be shared. Files are opened
anew; where there is anything of the others, the snapshot cannot be for more than one environment.
"""

from __future__ import annotations

import fcntl
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import List, Tuple

    OpenFile = Tuple[int, str, int, int]

_TMP = "/tmp/"
_NEVER_AGAIN = os.O_CREAT | os.O_EXCL | os.O_TRUNC
_SESSION_FIELD = 3  # of /proc/PID/stat, behind the name


class NotWholeError(Exception):
    """A fork would not be all of this process; the message says why, after `it `."""


def open_files(own_fds: Container[int]) -> List[OpenFile]:
    """What a fork has to open anew: descriptor, path, flags, position; without `own_fds`, which are the runtime's.

    Raises NotWholeError when a fork would not do.
    """
    _check_processes()
    _check_memory()
    with os.scandir("/proc/self/fd") as listing:
        fds = [int(entry.name) for entry in listing]
    # One of them was that of the listing itself.
    return [found for found in (_open_file(fd) for fd in fds if fd not in own_fds) if found is not None]


def open_again(files: List[OpenFile]) -> None:
    """In the fork, at the same places of its own file system. Raises OSError."""
    for fd, path, flags, position in files:
        inheritable = os.get_inheritable(fd)
        fresh = os.open(path, flags)
        if not flags & os.O_DIRECTORY:
            os.lseek(fresh, position, os.SEEK_SET)
        os.dup2(fresh, fd, inheritable)
        os.close(fresh)


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


def _open_file(fd: int) -> OpenFile | None:
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return None
    path = os.readlink("/proc/self/fd/%d" % fd)
    if stat.S_ISCHR(mode):
        return None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise NotWholeError("holds %s" % path.partition(":[")[0].replace("anon_inode", "an event queue"))
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    read_only = flags & os.O_ACCMODE == os.O_RDONLY
    if not os.path.exists(path) or not (read_only or path.startswith(_TMP)):
        raise NotWholeError("holds a file that cannot be opened again")
    position = 0 if stat.S_ISDIR(mode) else os.lseek(fd, 0, os.SEEK_CUR)
    return fd, path, flags & ~_NEVER_AGAIN, position


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
