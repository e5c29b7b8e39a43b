"""What one control group counts and limits: memory, processor time, number of processes; the same for both versions.

The files differ in names only. All sizes are bytes. Nothing here decides when somebody has to go.
"""

import contextlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CPU_PERIOD_US = 100_000
_NUMBER_BYTES = 64
_STATISTICS_BYTES = 16384


class Controller(StrEnum):
    MEMORY = "memory"
    CPU = "cpu"
    PIDS = "pids"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """``events`` has a line ``oom_kill``; the keys are lines of ``memory.stat``."""

    limit: str
    usage: str
    peak: str
    events: str
    swap: str
    anonymous_key: bytes
    cached_key: bytes


_FILES = {
    1: _Files(
        limit="memory.limit_in_bytes",
        usage="memory.usage_in_bytes",
        peak="memory.max_usage_in_bytes",
        events="memory.oom_control",
        swap="memory.swappiness",
        anonymous_key=b"rss",
        cached_key=b"cache",
    ),
    2: _Files(
        limit="memory.max",
        usage="memory.current",
        peak="memory.peak",
        events="memory.events",
        swap="memory.swap.max",
        anonymous_key=b"anon",
        cached_key=b"file",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStatistics:
    """``shared`` (files of a tmpfs, and shared memory) is a part of ``cached`` as the kernel counts."""

    anonymous_bytes: int
    shared_bytes: int
    cached_bytes: int


class MemoryGroup:
    """The memory of one group. What is read often has a descriptor that stays open: a reading costs a microsecond."""

    def __init__(self, path: Path, version: int) -> None:
        """Raises OSError where the group has no memory controller."""
        self._path = path
        self._files = _FILES[version]
        # Neither version swaps for this group: a function at its limit ends, it does not get slow.
        with contextlib.suppress(OSError):
            (path / self._files.swap).write_text("0")
        self._usage_fd = os.open(path / self._files.usage, os.O_RDONLY | os.O_CLOEXEC)
        self._peak_fd = _open_peak(path / self._files.peak)
        self._statistics_fd = os.open(path / "memory.stat", os.O_RDONLY | os.O_CLOEXEC)

    def limit(self, limit_bytes: int) -> None:
        (self._path / self._files.limit).write_text(str(limit_bytes))

    def usage_bytes(self) -> int:
        return int(os.pread(self._usage_fd, _NUMBER_BYTES, 0))

    def peak_bytes(self) -> int:
        """Cached files included; 0 where the kernel does not keep it (version 2 before Linux 5.19)."""
        return int(os.pread(self._peak_fd, _NUMBER_BYTES, 0)) if self._peak_fd >= 0 else 0

    def forget_peak(self) -> None:
        """A no-op where the kernel cannot (version 2 before Linux 6.12)."""
        if self._peak_fd >= 0:
            with contextlib.suppress(OSError):
                os.pwrite(self._peak_fd, b"0", 0)

    def statistics(self) -> MemoryStatistics:
        found = _pairs(os.pread(self._statistics_fd, _STATISTICS_BYTES, 0))
        return MemoryStatistics(
            anonymous_bytes=found.get(self._files.anonymous_key, 0),
            shared_bytes=found.get(b"shmem", 0),
            cached_bytes=found.get(self._files.cached_key, 0),
        )

    def oom_kills(self) -> int:
        """How many processes of the group the kernel has killed for its limit."""
        return _pairs((self._path / self._files.events).read_bytes()).get(b"oom_kill", 0)

    def close(self) -> None:
        """Idempotent."""
        for fd in (self._usage_fd, self._peak_fd, self._statistics_fd):
            if fd >= 0:
                os.close(fd)
        self._usage_fd = self._peak_fd = self._statistics_fd = -1


def limit_cpu(path: Path, version: int, share: float) -> None:
    """``share`` of one processor's time, 0.07 or 1.5; may be used at once within each tenth of a second."""
    quota_us = max(1000, round(share * CPU_PERIOD_US))
    if version == 1:
        (path / "cpu.cfs_period_us").write_text(str(CPU_PERIOD_US))
        (path / "cpu.cfs_quota_us").write_text(str(quota_us))
    else:
        (path / "cpu.max").write_text(f"{quota_us} {CPU_PERIOD_US}")


def limit_processes(path: Path, most: int) -> None:
    """Threads count too."""
    (path / "pids.max").write_text(str(most))


def _open_peak(path: Path) -> int:
    for flags in (os.O_RDWR, os.O_RDONLY):
        with contextlib.suppress(OSError):
            return os.open(path, flags | os.O_CLOEXEC)
    return -1


def _pairs(content: bytes) -> dict[bytes, int]:
    fields = (line.split() for line in content.splitlines())
    return {pair[0]: int(pair[1]) for pair in fields if len(pair) == 2 and pair[1].isdigit()}
