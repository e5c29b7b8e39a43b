"""Whether this process needs more memory than ever before, or others that it has started need any.

Most invocations need no more than those before, and the kernel answers a process about itself in a fraction of the time
in which another one reads what all processes of an environment use. So the engine reads only when it must; what it
shows is what it has read.
"""

from __future__ import annotations

import os
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

_MAX_RSS = 2
_PAGE_FAULTS = 6


class PeakMemory:
    """Not to be used after `exec`: the kernel then goes on counting from what the program before had used."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        self._before: object = None

    def is_the_same(self) -> bool:
        """As when it was asked the last time, with no child now and none that came and went; never the first time."""
        now = getrusage(RUSAGE_SELF)[_MAX_RSS], getrusage(RUSAGE_CHILDREN)[_PAGE_FAULTS]
        same = now == self._before
        self._before = now
        return same and not _has_children()


def _has_children() -> bool:
    if not hasattr(os, "waitid"):
        return True  # for all that can be known
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
