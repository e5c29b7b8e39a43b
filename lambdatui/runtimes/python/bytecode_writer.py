"""Compiles what a runtime has reported, in a process of its own that runs no user code and that none can look into.

User code may be in the reports' way, and may forge them; it cannot forge bytecode. What is written is what this process
has compiled from a file that lies on a read-only mount, under the name of that file.
"""

from __future__ import annotations

import importlib.machinery
import os
import select
import signal
import sys

from .bytecode_cache import is_young
from .powers import linux

# As long as a runtime may pause between two imports before another process has to be forked for the next.
_IDLE_MS = 500
_CHUNK_BYTES = 65536
_LOWEST_PRIORITY = 19
_OWN_TMP = "/tmp/"
# In this process, so that nothing else needs to be open.
_REPORTS_FD = 3
_FOLDER_FD = 4
_HIGHEST_INHERITED_FD = 256


def write_reported(reports_fd: int, folder_fd: int) -> None:
    """Serve reports until there are none for a while. The caller was forked for this, and ends afterwards.

    `folder_fd`: the directory of the bytecode, writable; no path inside the environment leads to it.
    """
    _become_harmless(reports_fd, folder_fd)
    sys.dont_write_bytecode = False
    sys.pycache_prefix = "/proc/self/fd/%d" % _FOLDER_FD
    poll = select.poll()
    poll.register(_REPORTS_FD, select.POLLIN)
    rest = b""
    while poll.poll(_IDLE_MS):
        chunk = os.read(_REPORTS_FD, _CHUNK_BYTES)
        if not chunk:
            return
        *paths, rest = (rest + chunk).split(b"\n")
        for path in paths:
            _write(os.fsdecode(path))


class _Source(importlib.machinery.SourceFileLoader):
    """Reads the file that a path leads to, and keeps its bytecode under the path."""

    def __init__(self, path: str, real: str) -> None:
        super().__init__("compiled_for_later", path)
        self._real = real

    def path_stats(self, path: str) -> object:  # type: ignore[override]
        return super().path_stats(self._real)

    def get_data(self, path: str) -> bytes:
        return super().get_data(self._real if path == self.path else path)

    def _cache_bytecode(self, source_path: str, bytecode_path: str, data: bytearray) -> None:
        if not is_young(self._real):
            super()._cache_bytecode(source_path, bytecode_path, data)  # type: ignore[misc]


def _write(path: str) -> None:
    try:
        real = os.path.realpath(path)
        if _can_only_be_changed_outside(path, real):
            _Source(path, real).get_code("compiled_for_later")
    except (ArithmeticError, ImportError, MemoryError, OSError, RecursionError, SyntaxError, ValueError):
        # A forged report, or a file that was saved meanwhile: there is no bytecode then.
        pass


def _can_only_be_changed_outside(path: str, real: str) -> bool:
    if not os.path.isabs(path) or path != os.path.normpath(path) or (path.startswith(_OWN_TMP) and path != real):
        return False
    return bool(os.statvfs(real).f_flag & os.ST_RDONLY)


def _become_harmless(reports_fd: int, folder_fd: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    # Out of the way first: either may have the number of the other.
    os.dup2(reports_fd, _HIGHEST_INHERITED_FD)
    os.dup2(folder_fd, _HIGHEST_INHERITED_FD + 1)
    os.dup2(_HIGHEST_INHERITED_FD, _REPORTS_FD)
    os.dup2(_HIGHEST_INHERITED_FD + 1, _FOLDER_FD)
    os.closerange(_FOLDER_FD + 1, _HIGHEST_INHERITED_FD + 2)
    os.nice(_LOWEST_PRIORITY)
    if linux is not None:
        linux.die_with_parent(signal.SIGKILL)
        linux.drop_capabilities()
        linux.set_traceable(False)
