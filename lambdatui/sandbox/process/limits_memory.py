"""The memory limit of one environment: looks while it runs, ends who goes over it, and says how much was used.

What counts is memory that nobody could take away: not files in the page cache, and not what lies in /tmp, which is a
disk on Lambda. No group of the kernel can tell files in a tmpfs from memory when it has to refuse some. So its limit
(where there is one) is what the function may have, plus what is in /tmp, plus a margin for what is being written
there; within the margin it is this watch that decides.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable

from lambdatui.sandbox.process import limits_processes
from lambdatui.sandbox.process.cgroups_limits import MemoryGroup
from lambdatui.sandbox.process.limits_ticker import INTERVAL_S, LimitsTicker
from lambdatui.sandbox.process.peak_memory import PeakMemory

_MB = 1 << 20
_KB = 1 << 10
MARGIN_BYTES = 64 * _MB
"""What a handler can write to a tmpfs between two looks. Without a tmpfs there is no margin."""
_WORTH_A_CHANGE_BYTES = 8 * _MB
_WORTH_A_LOOK_BYTES = _MB
_KILLED_BY_SHELLS_COUNT = 128 + signal.SIGKILL


class MemoryWatch:
    """Belongs to one environment. ``pids`` lists its processes, its init process left out."""

    def __init__(self, memory_mb: int, ticker: LimitsTicker, pids: Callable[[], Iterable[int]]) -> None:
        self._memory_mb = memory_mb
        self._limit_bytes = memory_mb * _MB
        self._ticker = ticker
        self._pids = pids
        self._scratch_bytes: Callable[[], int] | None = None
        self._peak = PeakMemory()
        self._group: MemoryGroup | None = None
        self._counts_all = False
        self._group_limit_bytes = 0
        self._group_peak_bytes = 0
        self._unreclaimable_peak_bytes = 0
        self._kernel_kills = 0
        self._killed = False
        self._used_mb: int | None = None
        self._read_at = float("-inf")

    def scratch_is_memory(self, scratch_bytes: Callable[[], int]) -> None:
        """The environment's /tmp is a tmpfs, in which there are so many bytes."""
        self._scratch_bytes = scratch_bytes
        if self._group is not None:
            self._make_room(self._group)

    def scratch_is_memory_of_the_host(self) -> None:
        """The environment's /tmp is a directory in a tmpfs of the host's: what nobody has mapped is its files."""
        self.scratch_is_memory(self._unmapped_bytes)

    def use_group(self, group: MemoryGroup, *, counts_all: bool) -> None:
        """From now on the kernel counts too: ``counts_all``, or only what is asked for after some processes joined.

        The group belongs to the watch. May be called by a thread.
        """
        self._make_room(group)
        self._counts_all = counts_all
        self._group = group

    def runtime_started(self, pid: int) -> None:
        """What an earlier runtime of the environment used, or died of, does not count any more."""
        self._peak.follow(pid)
        self._read_at = float("-inf")
        self._killed = False
        self._unreclaimable_peak_bytes = 0
        if self._group is not None:
            self._group.forget_peak()
            self._group_peak_bytes = self._group.peak_bytes()
            self._kernel_kills = self._group.oom_kills()

    def runtime_ended(self, max_rss_kb: int | None) -> None:
        self._peak.runtime_ended(max_rss_kb)

    def was_out_of_memory(self, exit_code: int | None, signal_number: int | None) -> bool:
        """Whether a runtime that ended like this did so because the environment had gone over its memory."""
        if signal_number != signal.SIGKILL and exit_code != _KILLED_BY_SHELLS_COUNT:
            return False
        if self._group is not None and self._group.oom_kills() > self._kernel_kills:
            self._killed = True
        return self._killed

    def runs(self) -> None:
        self._ticker.watch(self)

    def is_frozen(self) -> None:
        self._ticker.leave(self)

    def used_mb(self, runtime_has_same_peak: bool = False) -> int | None:
        """The most so far, of the memory there is; None before anything was measured.

        A reading takes 13 us, one of a runtime that says that its own peak is the same 4. In that case what others use
        is looked at as often as for the limit, and not more.
        """
        if self._killed:
            return self._memory_mb
        now = time.monotonic()
        if not runtime_has_same_peak or now - self._read_at >= INTERVAL_S:
            self._read_at = now
            self._used_mb = self._read_used_mb(runtime_has_same_peak)
        return self._used_mb

    def check(self) -> None:
        """End the greatest process, as the kernel would, if all together are over the limit."""
        group = self._group
        if group is not None and self._scratch_bytes is not None:
            self._make_room(group)
        counts_all = group is not None and self._counts_all
        if group is not None and counts_all and not self._is_over_in(group):
            return
        pids = tuple(self._pids())
        if not counts_all and sum(map(limits_processes.resident_kb, pids)) <= self._limit_bytes // _KB:
            return  # as nearly always, and known in a quarter of the time
        sizes_kb = {pid: limits_processes.unshared_kb(pid) for pid in pids}
        if sizes_kb and (counts_all or self._is_over(sizes_kb)):
            self._killed = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(max(sizes_kb, key=lambda pid: sizes_kb[pid]), signal.SIGKILL)

    def close(self) -> None:
        self._ticker.leave(self)
        self._peak.close()
        if self._group is not None:
            self._group.close()
            self._group = None

    def _read_used_mb(self, runtime_has_same_peak: bool) -> int | None:
        used_mb = self._peak.read_mb(self._pids(), runtime_has_same_peak)
        if self._group is not None:
            self._look_at_group_peak(self._group)
            used_mb = max(used_mb or 0, -(-self._unreclaimable_peak_bytes // _MB)) or None
        return None if used_mb is None else min(used_mb, self._memory_mb)

    def _is_over_in(self, group: MemoryGroup) -> bool:
        return group.usage_bytes() > self._limit_bytes and self._unreclaimable(group) > self._limit_bytes

    def _is_over(self, sizes_kb: dict[int, int]) -> bool:
        limit_kb = self._limit_bytes // _KB
        return sum(sizes_kb.values()) > limit_kb and (
            len(sizes_kb) == 1 or limits_processes.together_kb(sizes_kb) > limit_kb
        )

    def _make_room(self, group: MemoryGroup) -> None:
        margin_bytes = 0 if self._scratch_bytes is None else MARGIN_BYTES
        wanted = self._limit_bytes + margin_bytes + self._in_scratch()
        if abs(wanted - self._group_limit_bytes) >= _WORTH_A_CHANGE_BYTES:
            # Refused when so much is in use already: then the next look decides.
            with contextlib.suppress(OSError):
                group.limit(wanted)
            self._group_limit_bytes = wanted

    def _unreclaimable(self, group: MemoryGroup) -> int:
        statistics = group.statistics()
        return statistics.anonymous_bytes + max(0, statistics.shared_bytes - self._in_scratch())

    def _look_at_group_peak(self, group: MemoryGroup) -> None:
        """Processes that have come and gone are in the group's peak, but so are files that they read."""
        peak = group.peak_bytes()
        if peak < self._group_peak_bytes + _WORTH_A_LOOK_BYTES:
            return
        self._group_peak_bytes = peak
        statistics = group.statistics()
        shared = max(0, statistics.shared_bytes - self._in_scratch())
        self._unreclaimable_peak_bytes = max(self._unreclaimable_peak_bytes, peak - statistics.cached_bytes + shared)

    def _unmapped_bytes(self) -> int:
        if self._group is None:
            return 0
        shared = self._group.statistics().shared_bytes
        if shared < _WORTH_A_LOOK_BYTES:
            return 0
        return max(0, shared - sum(limits_processes.shared_kb(pid) for pid in self._pids()) * _KB)

    def _in_scratch(self) -> int:
        return 0 if self._scratch_bytes is None else self._scratch_bytes()
