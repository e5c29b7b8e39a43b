"""Linux mounts: every call can be prepared in one process and made in another, which was forked meanwhile.

Thin and literal: no policy. A forked process copies all memory that it writes to, and an interpreter writes wherever it
counts a reference; a prepared call touches little of it. Everything raises OSError naming the call.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re

from .namespaces import check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import List

    Step = Callable[[], object]

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

_MNT_DETACH = 2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY = 1
_MOUNT_ATTR_NOSUID = 2
# The same on every architecture, as all from 424 on.
_SYS_MOUNT_SETATTR = 442
_SYS_PIVOT_ROOT = {
    "x86_64": 155,
    "aarch64": 41,
    "riscv64": 41,
    "ppc64le": 203,
    "s390x": 217,
    "i686": 217,
    "armv7l": 218,
}


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]


_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long
_mount = _libc.mount
_umount2 = _libc.umount2
_READ_ONLY = _MountAttributes(set=_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID)
_READ_ONLY_ARGUMENTS = (ctypes.byref(_READ_ONLY), ctypes.c_size_t(ctypes.sizeof(_READ_ONLY)))


class Mount:
    """A prepared mount: calling it makes it."""

    __slots__ = ("_arguments", "_what")

    def __init__(self, source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
        self._arguments = (
            os.fsencode(source),
            os.fsencode(target),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            options.encode() or None,
        )
        self._what = "mount %s on %s" % (kind or source, target)

    def __call__(self) -> None:
        check(_mount(*self._arguments), self._what)


class ReadOnly:
    """Prepared: turns a mount point, and by default every mount below it, read-only for everybody in this mount
    namespace.
    """

    __slots__ = ("_arguments", "_recursive", "_target")

    def __init__(self, target: str, recursive: bool = True) -> None:
        self._target = target
        self._recursive = recursive
        flags = _AT_RECURSIVE if recursive else 0
        self._arguments = (_SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), flags, *_READ_ONLY_ARGUMENTS)

    def __call__(self) -> None:
        if _syscall(*self._arguments) != 0:
            # Linux before 5.12 changes one mount at a time.
            for mount_point in _mounts_below(self._target) if self._recursive else [self._target]:
                _remount_read_only(mount_point)


class Detached:
    """Prepared: takes a mount point, and all that is mounted below it, away."""

    __slots__ = ("_arguments", "_what")

    def __init__(self, target: str) -> None:
        self._arguments = (os.fsencode(target), _MNT_DETACH)
        self._what = "umount %s" % target

    def __call__(self) -> None:
        check(_umount2(*self._arguments), self._what)


def view(source: str, target: str) -> List[Step]:
    """Prepared: shows `source`, with all that is mounted below it, at `target`, where nobody can write to it."""
    return [Mount(source, target, flags=MS_BIND | MS_REC), ReadOnly(target)]


def writable(target: str) -> Step:
    """Prepared: the opposite of `ReadOnly`, for one mount point."""
    return Mount("none", target, flags=MS_REMOUNT | MS_BIND | MS_NOSUID)


def make(steps: Iterable[Step]) -> None:
    """What was prepared, one after the other."""
    for step in steps:
        step()


def pivot_root(new_root: str, put_old: str) -> None:
    number = _SYS_PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError("pivot_root: its number on %s is not known here" % platform.machine())
    check(_syscall(number, os.fsencode(new_root), os.fsencode(put_old)), "pivot_root")


def _mounts_below(target: str) -> List[str]:
    """The mount point itself and all below it."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        points = [re.sub(r"\\([0-7]{3})", _unescaped, line.split()[4]) for line in lines]
    return sorted({point for point in points if point == target or point.startswith(target.rstrip("/") + "/")})


def _unescaped(octal: re.Match[str]) -> str:
    return chr(int(octal[1], 8))


def _remount_read_only(mount_point: str) -> None:
    # A mount that came from a more privileged namespace must keep the flags it has.
    kept = os.statvfs(mount_point).f_flag & (MS_NODEV | MS_NOEXEC)
    Mount("none", mount_point, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept)()
