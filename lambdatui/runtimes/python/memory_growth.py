"""Whether this process has needed more memory than ever before.

Most invocations need no more than those before, and the kernel answers a process about itself in a tenth of the time in
which another one reads its status. So the engine reads that only after growth; what it shows is what it has read. The
kernel tells of growth when it has added up what each processor counted: a part of a megabyte may go unnoticed.
"""

from __future__ import annotations

from resource import RUSAGE_SELF, getrusage

_MAX_RSS = 2


class MemoryGrowth:
    """Not to be used after `exec`: the kernel then goes on counting from what the program before had used."""

    __slots__ = ("_peak",)

    def __init__(self) -> None:
        self._peak: float = -1  # in whatever this system counts in

    def happened(self) -> bool:
        """Since it was asked the last time; True the first time."""
        peak = getrusage(RUSAGE_SELF)[_MAX_RSS]
        grown = peak != self._peak
        self._peak = peak
        return grown
