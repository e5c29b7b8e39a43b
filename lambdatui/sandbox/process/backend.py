"""The process backend: makes places from zygotes, and ends them all."""

import asyncio
import contextlib
import errno
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from lambdatui.model.capability import CapabilityReport
from lambdatui.sandbox.process import cgroups, cgroups_sweep, open_files
from lambdatui.sandbox.process.capability_table import Findings, report
from lambdatui.sandbox.process.cgroups_limits import Controller
from lambdatui.sandbox.process.channel import ChannelClosedError
from lambdatui.sandbox.process.isolation import Isolation
from lambdatui.sandbox.process.limits import EngineLimits, EnvironmentLimits
from lambdatui.sandbox.process.limits_scratch import copy_scratch
from lambdatui.sandbox.process.place import NotReadyError, ProcessSandbox
from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.process.place_request import NAMESPACED_BYTECODE, NAMESPACED_PATHS, description, real_paths
from lambdatui.sandbox.process.snapshots import Snapshot
from lambdatui.sandbox.process.zygote_pool import Chosen, ZygotePool
from lambdatui.sandbox.protocol import SandboxError, SandboxListener, SandboxSpec

RUNTIME_DIR = Path(__file__).resolve().parents[2] / "runtimes" / "python"
_ORDERLY_S = 0.1
"""What a place that is still there when everything ends has for its own end; nobody reads what it would report."""
_MACHINE_IS_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
# A zygote that ends between its last answer and a request is replaced once.
_ATTEMPTS = 2


class _Made(NamedTuple):
    """What a place was made of."""

    chosen: Chosen
    tmp_dir: Path


class ProcessBackend:
    """Fulfils ``Backend``. Belongs to one event loop. ``runtime_dir`` holds the bootstrap and the zygote's program.

    Without ``use_cgroups`` environments are frozen by signals, as they are where no group may be made.
    """

    def __init__(
        self, *, isolation: Isolation = Isolation.AUTO, use_cgroups: bool = True, runtime_dir: Path = RUNTIME_DIR
    ) -> None:
        self._runtime_dir = runtime_dir
        self._pool = ZygotePool(isolation, runtime_dir)
        self._sandboxes: dict[str, ProcessSandbox] = {}
        self._made: dict[ProcessSandbox, _Made] = {}
        self._requests = 0
        self._cgroup_parent, self._cgroup_location = cgroups.find_parent() if use_cgroups else (None, "not asked for")
        self._cgroup: cgroups.EngineCgroup | None = None
        self._limits = EngineLimits(self._cgroup_parent, use_cgroups=use_cgroups)

    @property
    def name(self) -> str:
        return "process"

    @property
    def places(self) -> int:
        """How many there are."""
        return len(self._sandboxes)

    def capabilities(self) -> tuple[CapabilityReport, ...]:
        """Before the first environment was made this tries namespaces out, once, which takes about 50 ms."""
        found = self._cgroup_parent is not None
        trial = self._pool.found_out()
        findings = Findings(
            refusal=trial.refusal,
            cgroup_path=self._cgroup_location if found else None,
            cgroup_refusal="" if found else self._cgroup_location,
            as_root=os.geteuid() == 0,
            advice=trial.advice,
            shared_user=trial.shared_user,
            closed_user=trial.closed_user,
            memory_group=self._limits.where(Controller.MEMORY),
            cpu_group=self._limits.where(Controller.CPU),
            processes_group=self._limits.where(Controller.PIDS),
        )
        return report(findings)

    async def prewarm(self, interpreter: str) -> None:
        """Start the interpreter's zygote, if it is not running, and wait until it can serve. Raises SandboxError."""
        await self._pool.zygote_for(interpreter)

    async def create(self, spec: SandboxSpec, listener: SandboxListener) -> ProcessSandbox:
        if isinstance(spec.restores, ProcessSandbox):
            return await self._create_restored(spec, spec.restores, listener)
        why_alone = ""
        if spec.may_be_restored:
            try:
                own = await self._pool.zygote_for_snapshot(spec.interpreter)
                try:
                    return await self._ready(self._request(own, spec, listener))
                finally:
                    self._end_without_places(own)
            except SandboxError as error:
                why_alone = str(error)
        for _ in range(_ATTEMPTS):
            chosen = await self._pool.zygote_for(spec.interpreter)
            try:
                return await self._ready(self._request(chosen, spec, listener, why_alone=why_alone))
            except NotReadyError:
                # Whatever it has made may go on; others ask the next one.
                chosen.zygote.alive = False
            except SandboxError:
                if chosen.zygote.alive:
                    raise
        raise SandboxError(f"the warmed {spec.interpreter} fails again and again; run it by hand to see why")

    async def _create_restored(
        self, spec: SandboxSpec, origin: ProcessSandbox, listener: SandboxListener
    ) -> ProcessSandbox:
        made = self._made.get(origin)
        if made is None or origin.snapshot is None:
            raise SandboxError("the snapshot is gone")
        sandbox = self._request(made.chosen, spec, listener, origin.snapshot)
        return await self._ready(sandbox, lambda: copy_scratch(made.tmp_dir, spec.tmp_dir))

    async def _ready(self, sandbox: ProcessSandbox, furnish: Callable[[], None] | None = None) -> ProcessSandbox:
        """It, or the reason why it is not. ``furnish`` is done in a thread, and may raise OSError."""
        try:
            await sandbox.wait_until_ready()
            if furnish is not None:
                await asyncio.wrap_future(self._limits.in_thread(furnish))
        except BaseException:
            await sandbox.close()
            raise
        return sandbox

    async def close(self) -> None:
        """Whoever is left has hardly any time for an orderly end, and is killed together with its zygote."""
        closing = asyncio.gather(*(sandbox.close() for sandbox in list(self._sandboxes.values())))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ORDERLY_S):
                await asyncio.shield(closing)
        for sandbox in self._sandboxes.values():
            sandbox.kill()
        await self._pool.close()
        await closing
        self._limits.close()
        if self._cgroup is not None:
            self._cgroup.remove()
            self._cgroup = None

    def _request(
        self,
        chosen: Chosen,
        spec: SandboxSpec,
        listener: SandboxListener,
        snapshot: Snapshot | None = None,
        why_alone: str = "",
    ) -> ProcessSandbox:
        """Send what a place needs to the zygote; its answer comes to the sandbox. Raises SandboxError."""
        self._requests += 1
        self._limits.sweep_later()
        request_id = str(self._requests)
        with contextlib.ExitStack() as kept, contextlib.ExitStack() as lent:
            ours, theirs = map(kept.enter_context, socket.socketpair())
            open_files.require_room(theirs.fileno(), len(self._sandboxes))
            log_fd, log_end = os.pipe()
            kept.callback(os.close, log_fd)
            lent.callback(os.close, log_end)
            os.set_blocking(log_fd, False)
            cgroup = self._new_cgroup()
            fds = [theirs.fileno(), log_end]
            if cgroup is not None:
                kept.callback(cgroup.remove)
                fds.append(cgroup.open_directory())
                lent.callback(os.close, fds[-1])
            parts = replace(self._parts(chosen, spec, ours, log_fd, cgroup), why_alone=why_alone)
            if snapshot is not None:
                parts = replace(parts, snapshot=snapshot, log_end=os.dup(log_end))
            sandbox = ProcessSandbox(parts, listener, lambda: self._forget(request_id))
            # What it is made of is its own from here on.
            kept.pop_all()
            lent.callback(theirs.close)
            self._sandboxes[request_id] = sandbox
            self._made[sandbox] = _Made(chosen, spec.tmp_dir)
            try:
                chosen.zygote.request(request_id, description(parts, spec), fds, sandbox.init_ended)
            except ChannelClosedError as error:
                sandbox.init_ended(f"the zygote is gone: {error}", True)
        return sandbox

    def _parts(
        self,
        chosen: Chosen,
        spec: SandboxSpec,
        control: socket.socket,
        log_fd: int,
        cgroup: cgroups.EnvironmentCgroup | None,
    ) -> PlaceParts:
        namespaced = chosen.zygote.isolation is Isolation.NAMESPACES
        paths = NAMESPACED_PATHS if namespaced else real_paths(spec, self._runtime_dir)
        bytecode = NAMESPACED_BYTECODE if namespaced else str(spec.bytecode_dir)
        script = f"{paths.runtime_dir}/bootstrap.py"
        return PlaceParts(
            paths=paths,
            bytecode=bytecode,
            control=control,
            log_fd=log_fd,
            cgroup=cgroup,
            limits=EnvironmentLimits(self._limits, spec, cgroup, of_snapshot=chosen.of_one_snapshot),
            namespaced=namespaced,
            warm=chosen.warm,
            may_be_restored=chosen.of_one_snapshot and spec.may_be_restored,
            runtime_command=(spec.interpreter or sys.executable, "-s", "-X", f"pycache_prefix={bytecode}", script),
        )

    def _new_cgroup(self) -> cgroups.EnvironmentCgroup | None:
        if self._cgroup_parent is None:
            return None
        try:
            if self._cgroup is None:
                cgroups_sweep.sweep(self._cgroup_parent)
                self._cgroup = cgroups.EngineCgroup(self._cgroup_parent)
            return self._cgroup.new_environment()
        except OSError as error:
            if error.errno in _MACHINE_IS_FULL:
                raise
            self._cgroup_parent, self._cgroup_location = None, str(error)
            return None

    def _forget(self, request_id: str) -> None:
        self._end_without_places(self._made.pop(self._sandboxes.pop(request_id)).chosen)

    def _end_without_places(self, chosen: Chosen) -> None:
        """Of a zygote that serves one snapshot."""
        if chosen.of_one_snapshot and not any(made.chosen.zygote is chosen.zygote for made in self._made.values()):
            chosen.zygote.ask_to_end()
