"""One environment as processes: what the engine commands goes to its init process, what that reports comes back."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lambdatui.sandbox.process.channel import Channel, Message
from lambdatui.sandbox.process.extensions import ExtensionSet
from lambdatui.sandbox.process.own_network import OwnNetwork
from lambdatui.sandbox.process.place_end import PlaceEnd
from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.process.place_runtime import PlaceRuntime
from lambdatui.sandbox.process.snapshots import Snapshot
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


class NotReadyError(SandboxError):
    """Its zygote, or its init process, stands still."""


class ProcessSandbox:
    """Fulfils ``Sandbox``. The zygote's side of it (who forks the init process) is the backend's affair."""

    def __init__(self, parts: PlaceParts, listener: SandboxListener, on_release: Callable[[], None]) -> None:
        self._parts = parts
        self._listener = listener
        self._on_release = on_release
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._released: asyncio.Future[None] = loop.create_future()
        self._releasing = False
        self._limits = parts.limits
        self._channel = Channel(parts.control, self._received, self._disconnected)
        self._runtime = PlaceRuntime(parts, self._channel, on_exit=self._tell_exit, on_lost=self._tell_lost)
        self._extensions = ExtensionSet(self._channel, self._tell_extension_exit)
        self._end = PlaceEnd(parts, self._channel, groups=self._group_leaders, on_end=self._init_is_gone)
        self._network: OwnNetwork | None = None

    @property
    def paths(self) -> SandboxPaths:
        return self._parts.paths

    @property
    def network(self) -> OwnNetwork | None:
        return self._network

    @property
    def snapshot(self) -> Snapshot | None:
        """What other places may restore, once its runtime was started, and says so."""
        return self._runtime.snapshot

    @property
    def log_fd(self) -> int:
        return self._parts.log_fd

    @property
    def pid(self) -> int | None:
        return self._runtime.pid

    @property
    def first_pid(self) -> int | None:
        return self._end.init_pid

    @property
    def why_alone(self) -> str:
        return self._parts.why_alone

    def roles(self) -> dict[int, str]:
        runtime = {} if self.pid is None else {self.pid: "runtime"}
        return runtime | {pid: f"extension {name}" for name, pid in self._extensions.named()}

    async def wait_until_ready(self) -> None:
        """Raises SandboxError when the place could not be made."""
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                await asyncio.shield(self._ready)
        except TimeoutError:
            raise NotReadyError(f"the environment was not ready within {_READY_TIMEOUT_S:.0f} s") from None

    def start_runtime(self, spec: RuntimeSpec) -> None:
        self._runtime.start(spec)

    def restore_runtime(self, spec: RuntimeSpec) -> None:
        self._runtime.restore(spec)

    def start_extension(self, spec: ExtensionSpec) -> None:
        self._runtime.extension_starts(spec.generation)
        self._extensions.start(spec)

    def extension_log_fd(self, name: str) -> int:
        return self._extensions.log_fd(name)

    def signal_runtime(self, signal: int) -> None:
        self._runtime.signal(signal)

    def kill_extension(self, name: str) -> None:
        self._extensions.kill(name)

    def freeze(self) -> None:
        self._runtime.freeze()

    def thaw(self) -> None:
        self._runtime.thaw()

    def kill_processes(self) -> None:
        self._end.kill_processes()

    def memory_used_mb(self, runtime_has_same_peak: bool = False) -> int | None:
        return self._limits.used_mb(runtime_has_same_peak)

    async def close(self) -> None:
        if self._releasing:
            await asyncio.shield(self._released)
            return
        self._releasing = True
        self.ask_to_end()
        try:
            await self._end.wait()
            await self._limits.close()
        finally:
            self._release()

    def ask_to_end(self) -> None:
        """The first half of ``close``: does not wait."""
        self._end.ask()

    def kill(self) -> None:
        """At once and by force, beside a ``close`` that waits."""
        self._end.kill()

    def init_ended(self, reason: str, reaped: bool) -> None:
        """The zygote has reaped the init process, or (``reaped`` is False) is gone itself and cannot tell any more."""
        self._end.init_ended(reason, reaped)

    def _release(self) -> None:
        self._channel.close()
        if self._network is not None:
            self._network.close()
        self._runtime.close()
        self._extensions.close()
        os.close(self._parts.log_fd)
        if self._parts.cgroup is not None:
            # Left behind only by a process that the kernel cannot end yet; swept at a later start.
            with contextlib.suppress(OSError):
                self._parts.cgroup.remove()
        self._released.set_result(None)
        self._on_release()

    def _received(self, message: Message, sender: int | None) -> None:
        match message.get("op"):
            case "ready":
                self._end.init_pid = sender or int(message["pid"])
                self._settle_ready(self._take(message.get("brings", ())))
            case "failed":
                self._settle_ready(str(message.get("why")))
            case "gone" if isinstance(generation := message.get("generation"), int) and not self._end.is_wanted:
                self._end.processes_are_gone()
                self._listener.processes_gone(generation)
            case "socket" | "no_socket" if self._network is not None:
                self._network.received(message)
            case "extension_started" | "extension_exited":
                self._extensions.received(message, sender)
            case _:
                self._runtime.received(message, sender)

    def _take(self, names: Sequence[str]) -> str | None:
        """The descriptors that the init process brought, by name; or why there are not all of them."""
        fds = self._channel.take_fds(len(names))
        if len(fds) < len(names):
            for fd in fds:
                os.close(fd)
            return "this engine may not have more open files"
        brought = dict(zip(names, fds, strict=True))
        self._runtime.is_named(brought)
        self._limits.ready(self._end.init_pid or 0, brought.get("scratch"))
        if "runtime_api" in brought and "xray" in brought:
            self._network = OwnNetwork(self._channel, brought["runtime_api"], brought["xray"])
        return None

    def _disconnected(self) -> None:
        self._end.init_disconnected()

    def _init_is_gone(self, reason: str) -> None:
        self._channel.close()
        if not self._ready.done():
            self._settle_ready(reason)
        elif not self._end.is_wanted:
            self._end.kill()
            self._listener.sandbox_lost(reason)

    def _tell_lost(self, reason: str) -> None:
        if not self._end.is_wanted:
            self._listener.sandbox_lost(reason)

    def _tell_exit(self, happened: RuntimeExit) -> None:
        if not self._end.is_wanted:
            self._listener.runtime_exited(happened)

    def _tell_extension_exit(self, happened: ExtensionExit) -> None:
        if not self._end.is_wanted:
            killed = self._limits.was_out_of_memory(happened.exit_code, happened.signal)
            self._listener.extension_exited(replace(happened, out_of_memory=killed))

    def _settle_ready(self, failure: str | None) -> None:
        if self._ready.done():
            return
        if failure is None:
            self._ready.set_result(None)
            return
        self._ready.set_exception(SandboxError(f"cannot make a place for an environment: {failure}"))
        # Whoever waits gets it; if nobody does, it is no news either.
        self._ready.exception()

    def _group_leaders(self) -> Iterator[int]:
        yield from self._extensions.pids()
        if self.pid is not None:
            yield self.pid
