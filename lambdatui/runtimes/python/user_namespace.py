"""A user namespace with one user in it, who is this process's own outside.

Nobody in it can make another one; and without one, nobody without privileges makes a namespace of any other kind.
"""

from __future__ import annotations

import os
import signal

from . import namespaces
from .mounts import MS_PRIVATE, MS_REC, Mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple


def enter(uid: int, gid: int, with_flags: int = 0) -> bool:
    """Make one, in which this process's user and group are `uid` and `gid`.

    False where further ones could not be forbidden: where /proc/sys is read-only. Raises OSError.
    """
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    namespaces.unshare(namespaces.CLONE_NEWUSER | with_flags)
    _write("/proc/self/setgroups", b"deny")
    _write("/proc/self/uid_map", b"%d %d 1" % (uid, outside_uid))
    _write("/proc/self/gid_map", b"%d %d 1" % (gid, outside_gid))
    try:
        _write("/proc/sys/user/max_user_namespaces", b"0")
    except OSError:
        return False
    return True


def make(uid: int, gid: int) -> Tuple[int, bool]:
    """The same, but this process stays where it is: a descriptor for `setns`, which is for the privileged."""
    reader, writer = os.pipe()
    waiting, needed = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(needed)
            _mount_proc_for_this_process()
            os.write(writer, b"closed" if enter(uid, gid) else b"open")
            # Until it is killed; or its parent is, which would leave it here with all that it has inherited.
            os.read(waiting, 1)
        except OSError as error:
            os.write(writer, (error.strerror or str(error)).encode())
        finally:
            os._exit(1)
    os.close(writer)
    os.close(waiting)
    try:
        said = os.read(reader, 1000)
        if said not in (b"closed", b"open"):
            raise OSError(said.decode(errors="replace") or "the process in a new user namespace ended")
        return os.open("/proc/%d/ns/user" % pid, os.O_RDONLY), said == b"closed"
    finally:
        os.close(reader)
        os.close(needed)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _mount_proc_for_this_process() -> None:
    """In containers the settings of the one that is there are read-only, as a rule."""
    try:
        namespaces.unshare(namespaces.CLONE_NEWNS)
        Mount("none", "/", flags=MS_REC | MS_PRIVATE)()
        Mount("proc", "/proc", "proc")()
    except OSError:
        pass


def _write(path: str, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, content)
    finally:
        os.close(fd)
