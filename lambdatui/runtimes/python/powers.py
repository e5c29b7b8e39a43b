"""What a zygote and the processes forked from it can do on this machine; found out once, before the first fork.

`linux` is the module of Linux calls or None. It is imported here and nowhere later: an import statement that runs in a
forked process copies a good part of the import machinery, even when the module is long there.
"""

from __future__ import annotations

import os
import sys

try:
    from . import namespaces
except ImportError:
    # An interpreter that was built without ctypes.
    namespaces = None  # type: ignore[assignment]

linux = namespaces if sys.platform == "linux" else None


class Powers:
    """`namespaced`: environments get namespaces. `may_fork_quietly`: see `namespaces.fork_quietly`."""

    __slots__ = ("may_fork_quietly", "namespaced")

    def __init__(self, namespaced: bool) -> None:
        self.namespaced = namespaced
        # Site customisation may have started threads, and only the hooks of os.fork know what to do about those.
        self.may_fork_quietly = linux is not None and len(os.listdir("/proc/self/task")) == 1
