"""What a zygote and the processes forked from it can do on this machine; found out once, before the first fork.

`linux` is the module of Linux calls or None. It is imported here and nowhere later: an import statement that runs in a
forked process copies a good part of the import machinery, even when the module is long there.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

try:
    from . import namespaces
except ImportError:
    # An interpreter that was built without ctypes.
    namespaces = None  # type: ignore[assignment]

linux = namespaces if sys.platform == "linux" else None


# Those of Lambda's `sbx_user1051`, who owns what the engine's own user owns outside.
UID = 993
GID = 990


def in_words(error: OSError) -> str:
    """Without the number, which says nothing to a person."""
    words = error.strerror or str(error)
    return "%s: %s" % (error.filename, words) if error.filename else words


class User:
    """Who functions are. With namespaces they have a user who is the engine's outside, but another inside.

    `shared` is why they have the engine's own, or None; `closed` whether they can make no namespaces. A privileged
    zygote makes places with the rights it has, and only the first process in each becomes that user; any other zygote
    is it all the time.
    """

    __slots__ = ("_namespace", "closed", "shared")

    def __init__(self, shared: Optional[str]) -> None:
        self.shared = shared
        self.closed = False
        self._namespace = -1

    def prepare(self) -> None:
        """Of a privileged zygote, while it still sees the host's processes."""
        if linux is None:
            return
        from . import user_namespace

        try:
            self._namespace, self.closed = user_namespace.make(UID, GID)
        except OSError as error:
            self.shared = in_words(error)
        try:
            os.setgroups([])
        except OSError:
            # In somebody's user namespace. They give no more rights than the engine's own user has.
            pass

    def become(self) -> None:
        """Of the first process of an environment, when it has made its place: it cannot change that any more."""
        if linux is not None and self._namespace >= 0:
            linux.setns(self._namespace, linux.CLONE_NEWUSER)
            os.close(self._namespace)


class Powers:
    """`namespaced`: environments get namespaces. `may_fork_quietly`: see `namespaces.fork_quietly`."""

    __slots__ = ("may_fork_quietly", "namespaced", "user")

    def __init__(self, namespaced: bool, user: User) -> None:
        self.namespaced = namespaced
        self.user = user
        # Site customisation may have started threads, and only the hooks of os.fork know what to do about those.
        self.may_fork_quietly = linux is not None and len(os.listdir("/proc/self/task")) == 1
