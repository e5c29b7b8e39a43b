"""Compiled modules of a function, kept where neither its read-only code nor its environment variables show them.

Where user code cannot write (with namespaces), neither can the loader here: it reports what it had to compile, and
`bytecode_writer` compiles that again. No function can so change what a later environment executes.

`sys.pycache_prefix` alone would also hide the bytecode that installed packages bring along, and would be visible in
`__cached__`. So it is set only while a module is being compiled or its bytecode read.
"""

from __future__ import annotations

import os
import select
import sys
import time

# By name: no attribute of `importlib` may remain for user code that forgot to import it.
from importlib import machinery
from importlib.util import cache_from_source

YOUNG_S = 2.0
"""A module saved this recently is not kept: Python compares whole seconds and lengths and could miss the next save."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Optional, Tuple


def is_young(source_path: str) -> bool:
    return time.time() - os.stat(source_path).st_mtime <= YOUNG_S


class _Loader(machinery.SourceFileLoader):
    # importlib compares nothing with the exact class; tracebacks and inspect only ask for its methods.
    __slots__ = ()

    folder: str
    own_roots: Tuple[str, ...]
    report: Optional[Callable[[str], None]]

    def get_code(self, fullname: str) -> Optional[CodeType]:
        if not self.path.startswith(self.own_roots) and _has_bytecode(self.path):
            return super().get_code(fullname)
        before = sys.pycache_prefix
        sys.pycache_prefix = self.folder
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix = before

    def _cache_bytecode(self, source_path: str, bytecode_path: str, data: bytearray) -> None:
        if is_young(source_path):
            return
        if self.report is not None and bytecode_path.startswith(self.folder):
            self.report(source_path)
        else:
            super()._cache_bytecode(source_path, bytecode_path, data)  # type: ignore[misc]


_Loader.__name__ = _Loader.__qualname__ = "SourceFileLoader"


def install() -> None:
    """Modules that are imported from now on are loaded here, when `keep_in` has said where their bytecode is kept."""
    hook = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (_Loader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )
    sys.path_hooks.insert(0, hook)
    standard_library = os.path.dirname(os.__file__)
    for path in list(sys.path_importer_cache):
        # The standard library is compiled already, and its folders are long to list again.
        if not path.startswith(standard_library) or "site-packages" in path:
            del sys.path_importer_cache[path]


def keep_in(folder: str, own_roots: Tuple[str, ...], report: Optional[Callable[[str], None]]) -> None:
    """Keep bytecode of modules below `own_roots`, and of packages that have none and cannot store any, in `folder`.

    With `report`, `folder` is only read, and a path is reported instead of bytecode being written.
    """
    _Loader.folder = folder
    _Loader.own_roots = own_roots
    _Loader.report = report


class Reports:
    """The writing end of a pipe to who compiles. User code may have closed it, and opened something else instead."""

    __slots__ = ("_fd", "_identity")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._identity = _identity(fd)

    def send(self, source_path: str) -> None:
        """Never waits: what does not fit is reported at a later cold start."""
        line = os.fsencode(source_path) + b"\n"
        try:
            if len(line) <= select.PIPE_BUF and _identity(self._fd) == self._identity:
                os.write(self._fd, line)
        except OSError:
            pass


def _identity(fd: int) -> Tuple[int, int]:
    status = os.fstat(fd)
    return status.st_dev, status.st_ino


def _has_bytecode(path: str) -> bool:
    return os.path.exists(cache_from_source(path))
