"""How much memory an environment's processes have used at the most, as far as the kernel counts it for single
processes.
"""

import os
import re
from collections.abc import Iterable

_HIGH_WATER = re.compile(rb"VmHWM:\s+(\d+) kB")
_STATUS_BYTES = 4096


class PeakMemory:
    """The runtime's high-water mark through a descriptor that stays open (11 microseconds a reading), others by name.

    The sum counts pages that processes share once for each of them: it is never too small.
    """

    def __init__(self) -> None:
        self._runtime_pid: int | None = None
        self._status_fd = -1
        self._runtime_peak_kb: int | None = None
        """As it was read last; None before it was."""
        self._peak_kb = 0

    def follow(self, runtime_pid: int) -> None:
        """A new runtime process: what an earlier one used does not count any more."""
        self.close()
        self._runtime_peak_kb = None
        self._peak_kb = 0
        self._runtime_pid = runtime_pid
        try:
            self._status_fd = os.open(f"/proc/{runtime_pid}/status", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._status_fd = -1

    def runtime_ended(self, max_rss_kb: int | None) -> None:
        self._peak_kb = max(self._peak_kb, max_rss_kb or 0)
        self._close_status()

    def read_mb(self, pids: Iterable[int], runtime_has_same_peak: bool = False) -> int | None:
        """``pids`` are all processes of the environment, where they are known. None before anything was measured.

        The runtime's own peak is not read again where it is said to be the same as before.
        """
        if self._runtime_peak_kb is None or not runtime_has_same_peak:
            self._runtime_peak_kb = self._runtime_kb()
        used_kb = self._runtime_peak_kb + sum(_high_water_kb(pid) for pid in pids if pid != self._runtime_pid)
        self._peak_kb = max(self._peak_kb, used_kb)
        return -(-self._peak_kb // 1024) or None

    def close(self) -> None:
        self._close_status()
        self._runtime_pid = None

    def _runtime_kb(self) -> int:
        if self._status_fd < 0:
            return 0
        try:
            return _parse(os.pread(self._status_fd, _STATUS_BYTES, 0))
        except ProcessLookupError:
            return 0

    def _close_status(self) -> None:
        if self._status_fd >= 0:
            os.close(self._status_fd)
            self._status_fd = -1


def _high_water_kb(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", "rb") as status:
            return _parse(status.read(_STATUS_BYTES))
    except OSError:
        return 0


def _parse(status: bytes) -> int:
    found = _HIGH_WATER.search(status)
    return int(found[1]) if found else 0
