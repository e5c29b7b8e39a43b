"""All limits of an environment that the kernel, or else the engine, keeps: one object for a place to call.

Little of it is on the way of a cold start, such as the link to its /tmp: what takes the kernel long is done by a thread
while the runtime starts.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from lambdatui.sandbox.process import cgroups, cgroups_sweep, limits_processes
from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.cgroups_limits import Controller, MemoryGroup, limit_cpu, limit_processes
from lambdatui.sandbox.process.cgroups_v1 import V1EngineGroups, V1Groups, find_v1_parents, mount_points
from lambdatui.sandbox.process.limits_memory import MemoryWatch
from lambdatui.sandbox.process.limits_scratch import ScratchWindow, is_in_memory
from lambdatui.sandbox.process.limits_ticker import LimitsTicker
from lambdatui.sandbox.protocol import SandboxSpec

MB_PER_CPU = 1769
MOST_PROCESSES = 1024
SWEEP_DELAY_S = 1.0
JOIN_DELAY_S = 0.1
"""While a process is moved between groups of version 1, which may take 10 ms, nobody can be started in one of version
2: done at once, it would be the next cold start that waits."""


class EngineLimits:
    """What one backend has for the limits of its environments. Version 2 wins where it has the controller."""

    def __init__(self, parent: Path | None, *, use_cgroups: bool = True) -> None:
        """``parent`` is where groups of version 2 are made, or None."""
        self.ticker = LimitsTicker()
        names = cgroups.controllers_below(parent) if parent is not None else []
        self.v2 = frozenset(map(Controller, names))
        self._v1_parents = {
            controller: path
            for controller, path in (find_v1_parents() if use_cgroups else {}).items()
            if controller not in self.v2
        }
        self._v1: V1EngineGroups | None = None
        # One thread: whoever moves processes holds up everybody else who does.
        self._thread = ThreadPoolExecutor(1, "cgroups")
        self._sweeps = use_cgroups
        self._sweep_timer: asyncio.TimerHandle | None = None

    @property
    def v1(self) -> frozenset[Controller]:
        return frozenset(self._v1_parents)

    def where(self, controller: Controller) -> str | None:
        """In words, or None where this controller cannot be had."""
        if controller in self.v2:
            return "cgroup v2"
        return f"cgroup v1 below {self._v1_parents[controller]}" if controller in self._v1_parents else None

    def sweep_later(self) -> None:
        """Once, what engines have left behind that died: beside the first cold start it would be in the way."""
        if self._sweeps:
            self._sweeps = False
            self._sweep_timer = asyncio.get_running_loop().call_later(SWEEP_DELAY_S, self._sweep)

    def in_thread(self, work: Callable[[], None]) -> Future[None]:
        return self._thread.submit(work)

    def new_groups(self, controllers: Iterable[Controller]) -> V1Groups:
        """Of version 1. To be called in the thread. Raises OSError."""
        if self._v1 is None:
            self._v1 = V1EngineGroups(self._v1_parents)
        return self._v1.new_environment(controllers)

    def close(self) -> None:
        """Every environment must be closed."""
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
        self.ticker.close()
        self._thread.shutdown()
        if self._v1 is not None:
            self._v1.remove()

    def _sweep(self) -> None:
        unified = cgroups.unified_mount_point()
        hierarchies = [*mount_points(), *([] if unified is None else [unified])]
        self.in_thread(lambda: cgroups_sweep.sweep_hierarchies(hierarchies))


class EnvironmentLimits:
    """Belongs to one place. ``cgroup`` is its group of version 2, for its processes without the init process.

    ``of_snapshot``: the runtime may not descend from this place's init process, or others may, too.
    """

    def __init__(
        self, engine: EngineLimits, spec: SandboxSpec, cgroup: EnvironmentCgroup | None, *, of_snapshot: bool = False
    ) -> None:
        self._of_snapshot = of_snapshot
        self._shares_init = of_snapshot and spec.may_be_restored
        self._engine = engine
        self._cgroup = cgroup
        self._cpu_share = spec.memory_mb / MB_PER_CPU if spec.cpu_share else None
        self._memory = MemoryWatch(spec.memory_mb, engine.ticker, self._pids)
        self._tmp_dir = spec.tmp_dir
        self._scratch: ScratchWindow | None = None
        self._init_pid = 0
        self._runtime_pid = 0
        self._join_timer: asyncio.TimerHandle | None = None
        self._groups: list[V1Groups] = []
        self._in_hand: list[Future[None]] = []
        self._closing = False
        if cgroup is not None:
            self._limit_cgroup(cgroup.path)

    def ready(self, init_pid: int, scratch_fd: int | None) -> None:
        """The init process is there; ``scratch_fd`` is of a /tmp that is not the host's, and becomes the limits'."""
        self._init_pid = init_pid
        if scratch_fd is not None:
            # Here and now: whoever is told that the place is ready may look there.
            self._scratch = ScratchWindow(self._tmp_dir, scratch_fd)
            self._scratch.open()
            self._memory.scratch_is_memory(lambda: _bytes_in(scratch_fd))
        elif is_in_memory(self._tmp_dir):
            self._memory.scratch_is_memory_of_the_host()

    def runtime_started(self, pid: int) -> None:
        self._runtime_pid = pid
        self._memory.runtime_started(pid)
        if not self._groups and self._join_timer is None and {Controller.MEMORY, Controller.PIDS} & self._engine.v1:
            self._join_timer = asyncio.get_running_loop().call_later(JOIN_DELAY_S, self._join_soon)
        if self._cpu_share is not None and Controller.CPU in self._engine.v1:
            self._in_hand.append(self._engine.in_thread(self._join_cpu))

    def runtime_ended(self, max_rss_kb: int | None) -> None:
        self._runtime_pid = 0
        self._memory.runtime_ended(max_rss_kb)

    def was_out_of_memory(self, exit_code: int | None, signal_number: int | None) -> bool:
        return self._memory.was_out_of_memory(exit_code, signal_number)

    def runs(self) -> None:
        if not self._closing:
            self._memory.runs()

    def is_frozen(self) -> None:
        self._memory.is_frozen()

    def used_mb(self, runtime_has_same_peak: bool) -> int | None:
        return self._memory.used_mb(runtime_has_same_peak)

    async def close(self) -> None:
        """Every process of the place must be gone. Idempotent."""
        self._closing = True
        self._memory.is_frozen()
        if self._join_timer is not None:
            self._join_timer.cancel()
        for work in self._in_hand:
            with contextlib.suppress(OSError):
                await asyncio.wrap_future(work)
        self._memory.close()
        if self._scratch is not None:
            self._scratch.close()
        for groups in self._groups:
            groups.remove()
        self._groups.clear()

    def _pids(self) -> Sequence[int]:
        pids = self._cgroup.pids() if self._cgroup is not None and not self._closing else ()
        return pids or self._descendants()

    def _descendants(self) -> list[int]:
        found = [] if self._shares_init else limits_processes.descendants(self._init_pid)
        if self._of_snapshot and self._runtime_pid and self._runtime_pid not in found:
            found += [self._runtime_pid, *limits_processes.descendants(self._runtime_pid)]
        return found

    def _limit_cgroup(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            if Controller.MEMORY in self._engine.v2:
                self._memory.use_group(MemoryGroup(path, version=2), counts_all=True)
            if Controller.PIDS in self._engine.v2:
                limit_processes(path, MOST_PROCESSES)
            if self._cpu_share is not None and Controller.CPU in self._engine.v2:
                limit_cpu(path, 2, self._cpu_share)

    def _join_soon(self) -> None:
        self._in_hand.append(self._engine.in_thread(self._join))

    def _join(self) -> None:
        """In the thread. The init process goes first: what it starts from then on is born in the groups."""
        if self._closing:
            return
        groups = self._engine.new_groups((Controller.MEMORY, Controller.PIDS))
        self._groups.append(groups)
        if Controller.PIDS in groups.paths:
            limit_processes(groups.paths[Controller.PIDS], MOST_PROCESSES)
        if Controller.MEMORY in groups.paths:
            self._memory.use_group(MemoryGroup(groups.paths[Controller.MEMORY], version=1), counts_all=False)
        groups.join([self._init_pid])
        self._join_others(groups)

    def _join_cpu(self) -> None:
        """In the thread. Not the init process, which must be able to kill when all the time is used up."""
        if self._closing or self._cpu_share is None:
            return
        groups = self._engine.new_groups((Controller.CPU,))
        self._groups.append(groups)
        limit_cpu(groups.paths[Controller.CPU], 1, self._cpu_share)
        self._join_others(groups)

    def _join_others(self, groups: V1Groups) -> None:
        joined: set[int] = set()
        while new := set(self._descendants()) - joined:
            groups.join(new)
            joined |= new


def _bytes_in(file_system_fd: int) -> int:
    found = os.fstatvfs(file_system_fd)
    return (found.f_blocks - found.f_bfree) * found.f_frsize
