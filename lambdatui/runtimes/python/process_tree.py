"""Reaching every process of an environment, from its init process: three ways, from watertight to best effort."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Set, Union

    ProcessTree = Union["NamespaceTree", "DescendantTree", "GroupTree"]


class NamespaceTree:
    """The caller is process 1 of a process namespace: everybody else in it belongs to the environment."""

    __slots__ = ()

    def remember(self, pid: int) -> None:
        pass

    def anybody_else(self) -> bool:
        """Whether there is anybody to be signalled, or to be reaped by a parent elsewhere."""
        try:
            os.kill(-1, 0)
        except ProcessLookupError:
            return False
        return True

    def send(self, signal_number: int) -> None:
        # Anywhere else this would reach every process of the user.
        if os.getpid() != 1:
            raise RuntimeError("only process 1 of a namespace may signal all its processes")
        try:
            os.kill(-1, signal_number)
        except ProcessLookupError:
            pass


class DescendantTree:
    """The caller adopts orphans, so everything that was started below it stays its descendant."""

    __slots__ = ()

    def anybody_else(self) -> bool:
        return False

    def remember(self, pid: int) -> None:
        pass

    def send(self, signal_number: int) -> None:
        if signal_number == signal.SIGCONT:
            pids = set(_descendants(os.getpid()))
        else:
            pids = _stop_all()
        if signal_number != signal.SIGSTOP:
            for pid in pids:
                _signal(pid, signal_number)


class GroupTree:
    """Only process groups are known: what starts a session of its own escapes."""

    __slots__ = ("_groups",)

    def __init__(self) -> None:
        self._groups: Set[int] = set()

    def anybody_else(self) -> bool:
        return False

    def remember(self, pid: int) -> None:
        self._groups.add(pid)

    def send(self, signal_number: int) -> None:
        for group in list(self._groups):
            try:
                os.killpg(group, signal_number)
            except ProcessLookupError:
                self._groups.discard(group)
            except PermissionError:
                # macOS answers so for a group of zombies.
                pass


def can_list_children() -> bool:
    return os.path.exists("/proc/self/task/%d/children" % os.getpid())


def _stop_all() -> Set[int]:
    """Stop processes until no new one turns up: a stopped process forks no more."""
    stopped: Set[int] = set()
    while True:
        new = set(_descendants(os.getpid())) - stopped
        if not new:
            return stopped
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        stopped |= new


def _descendants(pid: int) -> List[int]:
    found = _children(pid)
    for child in found:
        found.extend(_children(child))
    return found


def _children(pid: int) -> List[int]:
    children: List[int] = []
    try:
        threads = os.listdir("/proc/%d/task" % pid)
    except OSError:
        return children
    for thread in threads:
        try:
            with open("/proc/%d/task/%s/children" % (pid, thread), encoding="ascii") as listing:
                children.extend(map(int, listing.read().split()))
        except OSError:
            continue
    return children


def _signal(pid: int, signal_number: int) -> None:
    try:
        os.kill(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        pass
