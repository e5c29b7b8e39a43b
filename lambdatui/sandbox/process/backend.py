"""The process backend: makes places from zygotes, and ends them all."""

import asyncio
import os
import socket
import sys
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
from lambdatui.sandbox.process.place import ProcessSandbox
from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.process.snapshots import Snapshot
from lambdatui.sandbox.process.zygote_pool import Chosen, ZygotePool
from lambdatui.sandbox.protocol import SandboxError, SandboxListener, SandboxPaths, SandboxSpec

RUNTIME_DIR = Path(__file__).resolve().parents[2] / "runtimes" / "python"
_NAMESPACED_PATHS = SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp")
_NAMESPACED_BYTECODE = "/var/.bytecode"
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
                return await self._ready(self._request(own, spec, listener))
            except SandboxError as error:
                why_alone = str(error)
        for _ in range(_ATTEMPTS):
            chosen = await self._pool.zygote_for(spec.interpreter)
            try:
                return await self._ready(self._request(chosen, spec, listener, why_alone=why_alone))
            except SandboxError:
                if chosen.zygote.alive:
                    raise
        raise SandboxError(f"the warmed {spec.interpreter} ends again and again; run it by hand to see why")

    async def _create_restored(
        self, spec: SandboxSpec, origin: ProcessSandbox, listener: SandboxListener
    ) -> ProcessSandbox:
        made = self._made.get(origin)
        if made is None or origin.snapshot is None:
            raise SandboxError("the snapshot is gone")
        sandbox = await self._ready(self._request(made.chosen, spec, listener, origin.snapshot))
        await asyncio.wrap_future(self._limits.in_thread(lambda: copy_scratch(made.tmp_dir, spec.tmp_dir)))
        return sandbox

    async def _ready(self, sandbox: ProcessSandbox) -> ProcessSandbox:
        """It, or the reason why it is not."""
        try:
            await sandbox.wait_until_ready()
        except BaseException:
            await sandbox.close()
            raise
        return sandbox

    async def close(self) -> None:
        for sandbox in list(self._sandboxes.values()):
            sandbox.ask_to_end()
        for sandbox in list(self._sandboxes.values()):
            await sandbox.close()
        await self._pool.close()
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
        ours, theirs = socket.socketpair()
        try:
            open_files.require_room(theirs.fileno(), len(self._sandboxes))
            log_fd, log_end = os.pipe()
        except BaseException:
            ours.close()
            theirs.close()
            raise
        os.set_blocking(log_fd, False)
        cgroup = self._new_cgroup()
        fds = [theirs.fileno(), log_end]
        if cgroup is not None:
            fds.append(cgroup.open_directory())
        parts = replace(self._parts(chosen, spec, ours, log_fd, cgroup), why_alone=why_alone)
        if snapshot is not None:
            parts = replace(parts, snapshot=snapshot, log_end=os.dup(log_end))
        sandbox = ProcessSandbox(parts, listener, lambda: self._forget(request_id))
        self._sandboxes[request_id] = sandbox
        self._made[sandbox] = _Made(chosen, spec.tmp_dir)
        try:
            chosen.zygote.request(request_id, _description(parts, spec), fds, sandbox.init_ended)
        except ChannelClosedError as error:
            sandbox.init_ended(f"the zygote is gone: {error}", True)
        finally:
            theirs.close()
            for fd in fds[1:]:
                os.close(fd)
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
        paths = _NAMESPACED_PATHS if namespaced else _real_paths(spec, self._runtime_dir)
        bytecode = _NAMESPACED_BYTECODE if namespaced else str(spec.bytecode_dir)
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
            self._cgroup_parent, self._cgroup_location = None, str(error)
            return None

    def _forget(self, request_id: str) -> None:
        chosen = self._made.pop(self._sandboxes.pop(request_id)).chosen
        if chosen.of_one_snapshot and not any(made.chosen.zygote is chosen.zygote for made in self._made.values()):
            chosen.zygote.ask_to_end()


def _description(parts: PlaceParts, spec: SandboxSpec) -> dict[str, object]:
    paths = parts.paths
    return {
        "place": {
            "tmp": os.path.realpath(spec.tmp_dir),
            "tmp_mb": spec.ephemeral_storage_mb,
            "network": spec.network,
            "own_processes": not parts.may_be_restored,
            "restores": parts.snapshot is not None,
            "code": os.path.realpath(spec.code_dir),
            "bytecode": os.path.realpath(spec.bytecode_dir),
            "layers": None if spec.layers_dir is None else os.path.realpath(spec.layers_dir),
            "private": list(dict.fromkeys(map(os.path.realpath, spec.private_dirs))),
            "runtime": None if spec.runtime_dir is None else os.path.realpath(spec.runtime_dir),
            "interpreter": _folders_of(*([] if parts.warm else [spec.interpreter]), *spec.executables),
        },
        "paths": {
            "task_root": paths.task_root,
            "opt": paths.opt,
            "runtime_dir": paths.runtime_dir,
            "bytecode": parts.bytecode,
        },
    }


def _folders_of(*executables: str) -> list[str]:
    """What programs need to be visible: their folders, and what is installed around those."""
    folders = []
    for executable in executables:
        named, real = Path(executable).absolute(), Path(executable).resolve()
        folders += [named.parent, real.parent]
        if (named.parents[1] / "pyvenv.cfg").exists():
            folders.append(named.parents[1])
        if real.parent.name == "bin" and (real.parents[1] / "lib").is_dir():
            folders.append(real.parents[1])
    return [str(folder) for folder in dict.fromkeys(folders)]


def _real_paths(spec: SandboxSpec, runtime_dir: Path) -> SandboxPaths:
    """Without a mount namespace everything is where it is."""
    return SandboxPaths(
        task_root=str(spec.code_dir),
        opt=str(spec.layers_dir) if spec.layers_dir is not None else _NAMESPACED_PATHS.opt,
        runtime_dir=str(spec.runtime_dir or runtime_dir),
        tmp=str(spec.tmp_dir),
    )
