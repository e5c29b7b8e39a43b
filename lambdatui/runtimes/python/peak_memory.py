"""Whether this process has needed more memory than ever before. Of a process that was forked and has executed nothing.

The kernel answers a process about itself in a tenth of the time that it takes another one to read its status, and most
invocations need no more than those before. So the engine reads only after growth; what it shows is what it has read.
"""

from __future__ import annotations

from resource import RUSAGE_SELF, getrusage

_MAX_RSS = 2


class PeakMemory:
    """Not to be used after `exec`: the kernel then goes on counting from what the program before had used."""

    __slots__ = ("_known_kb",)

    def __init__(self) -> None:
        self._known_kb: float = -1  # what the kernel counts in is its own affair

    def has_grown(self) -> bool:
        """Since it was asked the last time; True the first time."""
        used_kb = getrusage(RUSAGE_SELF)[_MAX_RSS]
        grown = used_kb != self._known_kb
        self._known_kb = used_kb
        return grown
