"""Linux's own notices of what changes in single directories. Says which paths, and never what that means for a project.

Nothing here waits or has a timer: whoever asks watches the descriptor. The standard library has no such calls.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Iterator

_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE, _DELETE_SELF, _MOVE_SELF = (
    1 << bit for bit in (1, 2, 6, 7, 8, 9, 10, 11)
)
_CHANGES = _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF
"""Not who opens, reads or closes a file: the engine and its environments do that with all code."""
_Q_OVERFLOW = 1 << 14

_LEFT_OUT = (errno.EACCES, errno.ENOENT, errno.ENOTDIR)

_HEADER = struct.Struct("=iIII")
_READ_SIZE = 64 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


class Inotify:
    """Watches from the moment it is made. ``descriptor`` is readable while there is something to :meth:`read`.

    Making one raises OSError where the kernel's limits leave no watches. Directories that may not be read are left out,
    and those that are gone again: should they come back, the watch of their parent tells.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.descriptor = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")
        self._paths: dict[int, str] = {}
        try:
            for path in paths:
                self._add(path)
        except OSError:
            self.close()
            raise

    def read(self) -> set[str] | None:
        """What changed since the last time, perhaps nothing; None when that was more than the kernel keeps."""
        found: set[str] = set()
        lost = False
        for watch, mask, name in self._events():
            lost |= bool(mask & _Q_OVERFLOW)
            # Of a watch that came to its end the kernel says so; nothing changed by that.
            if mask & _CHANGES and (directory := self._paths.get(watch)) is not None:
                found.add(os.path.join(directory, name) if name else directory)
        return None if lost else found

    def close(self) -> None:
        os.close(self.descriptor)

    def _add(self, path: str) -> None:
        result = _libc.inotify_add_watch(self.descriptor, os.fsencode(path), ctypes.c_uint32(_CHANGES))
        if result >= 0 or ctypes.get_errno() not in _LEFT_OUT:
            self._paths[_checked(result, path)] = path

    def _events(self) -> Iterator[tuple[int, int, str]]:
        while data := self._data():
            at = 0
            while at < len(data):
                watch, mask, _, length = _HEADER.unpack_from(data, at)
                at += _HEADER.size + length
                yield watch, mask, os.fsdecode(data[at - length : at].rstrip(b"\0"))

    def _data(self) -> bytes:
        """Whole events only: the kernel divides none between two reads."""
        try:
            return os.read(self.descriptor, _READ_SIZE)
        except BlockingIOError:
            return b""


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result
