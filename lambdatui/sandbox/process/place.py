"""One environment as processes: what the engine commands goes to its init process, what that reports comes back."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message
from lambdatui.sandbox.process.extensions import ExtensionSet
from lambdatui.sandbox.process.freezer import CgroupFreezer, Freezer, SignalFreezer
from lambdatui.sandbox.process.limits import EnvironmentLimits
from lambdatui.sandbox.process.overdue import Overdue
from lambdatui.sandbox.process.own_network import OwnNetwork
from lambdatui.sandbox.process.process_end import wait_until_ended
from lambdatui.sandbox.process.snapshots import NAMESPACES, Opening, Snapshot
from lambdatui.sandbox.protocol import (
    ExtensionExit,
    ExtensionSpec,
    RuntimeExit,
    RuntimeSpec,
    SandboxError,
    SandboxListener,
    SandboxPaths,
)

_READY_TIMEOUT_S = 10.0
_CLOSE_TIMEOUT_S = 5.0
_NOT_STARTED = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceParts:
    """What a place is made of. ``runtime_command`` starts a runtime where the warm one cannot serve (``warm`` is
    False), or must not: under a wrapper script. ``may_be_restored``, as the spec asks and the zygote can, and
    ``why_alone`` where it cannot; with ``snapshot``, which is to be restored in it, ``log_end`` is the writing end of
    its log pipe.
    """

    paths: SandboxPaths
    bytecode: str
    control: socket.socket
    log_fd: int
    cgroup: EnvironmentCgroup | None
    limits: EnvironmentLimits
    namespaced: bool
    runtime_command: tuple[str, ...]
    warm: bool
    may_be_restored: bool = False
    why_alone: str = ""
    snapshot: Snapshot | None = None
    log_end: int = -1


class ProcessSandbox:
    """Fulfils ``Sandbox``. The zygote's side of it (who forks the init process) is the backend's affair."""

    def __init__(self, parts: PlaceParts, listener: SandboxListener, on_release: Callable[[], None]) -> None:
        self._parts = parts
        self._listener = listener
        self._on_release = on_release
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._released: asyncio.Future[None] = self._loop.create_future()
        self._limits = parts.limits
        self._generation = 0
        self._launch_error: str | None = None
        self._pid: int | None = None
        self._init_pid: int | None = None
        self._in_cgroup = False
        self._freezer: Freezer | None = None
        self._stands_still = False
        self._closing = False
        self._releasing = False
        self._zygote_gone = False
        self._init_disconnected = False
        self._channel = Channel(parts.control, self._received, self._init_gone)
        self.snapshot: Snapshot | None = None
        """What other places may restore, once its runtime was started, and says so."""
        self._opening = Opening(log_end=parts.log_end, namespaces={})
        self._extensions = ExtensionSet(self._channel, self._tell_extension_exit)
        self._all_gone = Overdue(self._kill_what_is_known, _CLOSE_TIMEOUT_S)
        self._network: OwnNetwork | None = None

    @property
    def paths(self) -> SandboxPaths:
        return self._parts.paths

    @property
    def network(self) -> OwnNetwork | None:
        return self._network

    @property
    def log_fd(self) -> int:
        return self._parts.log_fd

    @property
    def pid(self) -> int | None:
        return self._pid

    @property
    def first_pid(self) -> int | None:
        return self._init_pid

    @property
    def why_alone(self) -> str:
        return self._parts.why_alone

    def roles(self) -> dict[int, str]:
        runtime = {} if self._pid is None else {self._pid: "runtime"}
        return runtime | {pid: f"extension {name}" for name, pid in self._extensions.named()}

    async def wait_until_ready(self) -> None:
        """Raises SandboxError when the place could not be made."""
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                await asyncio.shield(self._ready)
        except TimeoutError:
            raise SandboxError(f"the environment was not ready within {_READY_TIMEOUT_S:.0f} s") from None

    def start_runtime(self, spec: RuntimeSpec) -> None:
        self.thaw()
        self._generation = spec.generation
        self._launch_error = None
        self._pid = None
        self._freezer = CgroupFreezer(self._parts.cgroup) if self._parts.cgroup is not None else None
        order = {
            "op": "start",
            "generation": spec.generation,
            "environ": dict(spec.environ),
            "command": self._command(spec),
            "wrapper": _wrapper(spec),
        }
        try:
            if self._parts.may_be_restored and order["command"] is None:
                self._start_snapshot(order, spec)
            else:
                self._channel.send(order)
        except (ChannelClosedError, OSError):
            self._tell_not_started(spec.generation)

    def restore_runtime(self, spec: RuntimeSpec) -> None:
        self._generation = spec.generation
        snapshot, cgroup = self._parts.snapshot, self._parts.cgroup
        if snapshot is None:
            raise RuntimeError("nothing can be restored in this place")
        self._freezer = CgroupFreezer(cgroup) if cgroup is not None else None
        self.thaw()
        try:
            snapshot.restore(self, spec, cgroup, self._opening)
        except (ChannelClosedError, OSError) as error:
            # An OSError is a limit of this machine: no more descriptors.
            self._opening.say(f"cannot be restored here: {error}")
            self._tell_not_started(spec.generation)
        finally:
            self._opening.close()

    def restored_started(self, pid: int) -> None:
        self._runtime_started(pid, in_cgroup=self._parts.cgroup is not None)

    def restored_exited(self, message: Message) -> None:
        self._runtime_exited(self._generation, message)

    def restored_lost(self, reason: str) -> None:
        if not self._closing:
            self._listener.sandbox_lost(reason)

    def _start_snapshot(self, order: dict[str, object], spec: RuntimeSpec) -> None:
        self._end_snapshot("its runtime was started anew")
        ours, theirs = socket.socketpair()
        self.snapshot = Snapshot(ours, spec.environ, self.thaw, self.freeze)
        with theirs:
            self._channel.send({**order, "is_snapshot": True}, [theirs.fileno()])

    def _end_snapshot(self, reason: str) -> None:
        snapshot, self.snapshot = self.snapshot, None
        if snapshot is not None:
            snapshot.close(reason)

    def _tell_not_started(self, generation: int) -> None:
        failure = RuntimeExit(generation=generation, exit_code=_NOT_STARTED)
        self._loop.call_soon(self._tell_exit, failure)

    def start_extension(self, spec: ExtensionSpec) -> None:
        self.thaw()
        if self._freezer is None:
            cgroup = self._parts.cgroup
            self._freezer = SignalFreezer(self._channel) if cgroup is None else CgroupFreezer(cgroup)
        self._generation = spec.generation
        self._extensions.start(spec)

    def extension_log_fd(self, name: str) -> int:
        return self._extensions.log_fd(name)

    def signal_runtime(self, signal: int) -> None:
        self.thaw()
        # By its parent, which knows for sure whether it is still the same process.
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "signal", "signal": int(signal)})

    def kill_extension(self, name: str) -> None:
        self._extensions.kill(name)

    def freeze(self) -> None:
        self._stands_still = True
        self._limits.is_frozen()
        if self._freezer is not None:
            self._freezer.freeze()

    def thaw(self) -> None:
        self._stands_still = False
        self._limits.runs()
        if self._freezer is not None:
            self._freezer.thaw()

    def kill_processes(self) -> None:
        self._all_gone.expect()
        # A lost init process has been, or will be, reported by itself.
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "kill"})

    def memory_used_mb(self) -> int | None:
        return self._limits.used_mb()

    async def close(self) -> None:
        if self._releasing:
            await asyncio.shield(self._released)
            return
        self._releasing = True
        self.ask_to_end()
        try:
            await self._wait_for_end()
            await self._wait_for_strays()
            await self._limits.close()
        finally:
            self._release()

    def ask_to_end(self) -> None:
        """The first half of ``close``: does not wait."""
        self._closing = True
        self._all_gone.came()
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "close"})

    def init_ended(self, reason: str, reaped: bool) -> None:
        """The zygote has reaped the init process, or (``reaped`` is False) is gone itself and cannot tell any more."""
        if not reaped and not self._parts.namespaced:
            # It goes on without the zygote that forked it; from now on only its connection tells.
            self._zygote_gone = True
            if not self._init_disconnected:
                return
        if self._ended.done():
            return
        self._ended.set_result(None)
        self._all_gone.came()
        self._channel.close()
        if not self._ready.done():
            self._settle_ready(reason)
        elif not self._closing:
            self._kill_what_is_known()
            self._listener.sandbox_lost(reason)

    async def _wait_for_end(self) -> None:
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                    await asyncio.shield(self._ended)
                    return
            # It should have answered within a millisecond: whatever holds it up, it must not outlive the place.
            self._kill_what_is_known()

    async def _wait_for_strays(self) -> None:
        """Only after user code has killed a plain init process is there anybody left that it did not reap."""
        if self._parts.cgroup is None:
            return
        self._parts.cgroup.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                for pid in self._parts.cgroup.pids():
                    await wait_until_ended(pid)

    def _release(self) -> None:
        self._channel.close()
        if self._network is not None:
            self._network.close()
        self._end_snapshot("the snapshot it was restored from is gone")
        self._opening.close()
        self._extensions.close()
        os.close(self._parts.log_fd)
        if self._parts.cgroup is not None:
            # Left behind only by a process that the kernel cannot end yet; swept at a later start.
            with contextlib.suppress(OSError):
                self._parts.cgroup.remove()
        self._released.set_result(None)
        self._on_release()

    def _received(self, message: Message, sender: int | None) -> None:
        generation = message.get("generation")
        match message.get("op"):
            case "ready":
                self._init_pid = sender or int(message["pid"])
                self._take(message.get("brings", ()))
                self._settle_ready(None)
            case "failed":
                self._settle_ready(str(message.get("why")))
            case "started" if generation == self._generation:
                self._runtime_started(sender or int(message["pid"]), bool(message.get("in_cgroup")))
            case "not_executed" if generation == self._generation:
                self._launch_error = str(message.get("why"))
            case "exited" if isinstance(generation, int):
                self._runtime_exited(generation, message)
            case "gone" if isinstance(generation, int) and not self._closing:
                self._all_gone.came()
                self._listener.processes_gone(generation)
            case "socket" | "no_socket" if self._network is not None:
                self._network.received(message)
            case "restored_exited" if self.snapshot is not None:
                self.snapshot.restored_exited(message)
            case "extension_started" | "extension_exited":
                self._extensions.received(message, sender)

    def _take(self, names: Sequence[str]) -> None:
        """The descriptors that the init process brought, by name."""
        brought = dict(zip(names, self._channel.take_fds(len(names)), strict=False))
        self._opening.namespaces = {name: brought[name] for name in NAMESPACES if name in brought}
        self._limits.ready(self._init_pid or 0, brought.get("scratch"))
        if "runtime_api" in brought and "xray" in brought:
            self._network = OwnNetwork(self._channel, brought["runtime_api"], brought["xray"])

    def _runtime_started(self, pid: int, in_cgroup: bool) -> None:
        self._pid = pid
        self._in_cgroup = in_cgroup
        self._limits.runtime_started(pid)
        if not in_cgroup:
            # Below the first process of a snapshot's place is all that was restored from it, too.
            everybody = None if self._parts.may_be_restored else self._channel
            self._freezer = SignalFreezer(everybody, pid)
            if self._stands_still:
                self._freezer.freeze()

    def _runtime_exited(self, generation: int, message: Message) -> None:
        max_rss_kb: int | None = message.get("max_rss_kb")
        self._limits.runtime_ended(max_rss_kb)
        self._pid = None
        if isinstance(self._freezer, SignalFreezer):
            self._freezer.runtime_ended()
        happened = RuntimeExit(
            generation=generation,
            exit_code=message.get("code"),
            signal=message.get("signal"),
            max_rss_mb=None if max_rss_kb is None else -(-max_rss_kb // 1024),
            out_of_memory=self._limits.was_out_of_memory(message.get("code"), message.get("signal")),
            launch_error=self._launch_error if generation == self._generation else None,
        )
        self._tell_exit(happened)

    def _tell_exit(self, happened: RuntimeExit) -> None:
        if not self._closing:
            self._listener.runtime_exited(happened)

    def _tell_extension_exit(self, happened: ExtensionExit) -> None:
        if not self._closing:
            killed = self._limits.was_out_of_memory(happened.exit_code, happened.signal)
            self._listener.extension_exited(replace(happened, out_of_memory=killed))

    def _init_gone(self) -> None:
        """Its connection ended: it is dying. The zygote tells when it has reaped it, if there still is one."""
        self._init_disconnected = True
        if self._zygote_gone:
            self.init_ended("its init process ended", reaped=False)

    def _settle_ready(self, failure: str | None) -> None:
        if self._ready.done():
            return
        if failure is None:
            self._ready.set_result(None)
            return
        self._ready.set_exception(SandboxError(f"cannot make a place for an environment: {failure}"))
        # Whoever waits gets it; if nobody does, it is no news either.
        self._ready.exception()

    def _kill_what_is_known(self) -> None:
        if self._parts.cgroup is not None:
            self._parts.cgroup.kill()
        if not self._parts.namespaced:
            for pid in (*self._extensions.pids(), *(() if self._pid is None else (self._pid,))):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
        if self._init_pid is not None and not self._ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._init_pid, signal.SIGKILL)

    def _command(self, spec: RuntimeSpec) -> list[str] | None:
        """None is the warm bootstrap."""
        if spec.program is not None:
            return list(spec.program)
        if _wrapper(spec) is None and self._parts.warm:
            return None
        interpreter, *arguments = self._parts.runtime_command
        # Without the warmed loader, bytecode would lie beside the code, and one of a young file could hide a save.
        return [interpreter, "-B", *arguments]


def _wrapper(spec: RuntimeSpec) -> str | None:
    return spec.environ.get("AWS_LAMBDA_EXEC_WRAPPER") or None if spec.obeys_wrapper else None
