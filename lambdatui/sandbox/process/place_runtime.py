"""The runtime of one place: started, restored from a snapshot or kept as one; stopped, resumed, and told of its end."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message
from lambdatui.sandbox.process.freezer import CgroupFreezer, Freezer, SignalFreezer
from lambdatui.sandbox.process.place_parts import PlaceParts, wrapper
from lambdatui.sandbox.process.snapshots import NAMESPACES, Opening, Snapshot
from lambdatui.sandbox.protocol import RuntimeExit, RuntimeSpec

_NOT_STARTED = 127


class PlaceRuntime:
    """Fulfils ``RestoredPlace``. ``on_exit`` is never called from inside a method of this class; ``on_lost`` is told
    that the snapshot is gone that this runtime was restored from, and the runtime with it.
    """

    def __init__(
        self,
        parts: PlaceParts,
        channel: Channel,
        *,
        on_exit: Callable[[RuntimeExit], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._parts = parts
        self._channel = channel
        self._on_exit = on_exit
        self._on_lost = on_lost
        self._limits = parts.limits
        self._generation = 0
        self._restored_generation = -1
        self._launch_error: str | None = None
        self._freezer: Freezer | None = None
        self._stands_still = False
        self._opening = Opening(log_end=parts.log_end, namespaces={})
        self.pid: int | None = None
        """As this machine sees it, once it is known."""
        self.snapshot: Snapshot | None = None
        """What other places may restore, once this runtime was started, and says so."""

    def start(self, spec: RuntimeSpec) -> None:
        self.thaw()
        self._generation = spec.generation
        self._launch_error = None
        self.pid = None
        self._freezer = None if self._parts.cgroup is None else CgroupFreezer(self._parts.cgroup)
        order = {
            "op": "start",
            "generation": spec.generation,
            "environ": dict(spec.environ),
            "command": self._parts.command(spec),
            "wrapper": wrapper(spec),
        }
        try:
            if self._parts.may_be_restored and order["command"] is None:
                self._start_snapshot(order, spec)
            else:
                self._channel.send(order)
        except (ChannelClosedError, OSError):
            # An OSError is a limit of this machine: no more descriptors.
            self._tell_not_started(spec.generation)

    def restore(self, spec: RuntimeSpec) -> None:
        self._generation = self._restored_generation = spec.generation
        snapshot, cgroup = self._parts.snapshot, self._parts.cgroup
        if snapshot is None:
            raise RuntimeError("nothing can be restored in this place")
        self._freezer = CgroupFreezer(cgroup) if cgroup is not None else None
        self.thaw()
        try:
            snapshot.restore(self, spec, cgroup, self._opening)
        except (ChannelClosedError, OSError) as error:
            asyncio.get_running_loop().call_soon(self.not_restored, str(error))

    def extension_starts(self, generation: int) -> None:
        """Before the runtime: what stops and resumes extensions alone is needed from then on."""
        self.thaw()
        if self._freezer is None:
            cgroup = self._parts.cgroup
            self._freezer = SignalFreezer(self._channel) if cgroup is None else CgroupFreezer(cgroup)
        self._generation = generation

    def signal(self, number: int) -> None:
        self.thaw()
        # By its parent, which knows for sure whether it is still the same process.
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "signal", "signal": int(number)})

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

    def is_named(self, brought: dict[str, int]) -> None:
        """The descriptors of its place, by name: those of namespaces become this runtime's, for a restore."""
        self._opening.namespaces = {name: brought[name] for name in NAMESPACES if name in brought}

    def received(self, message: Message, sender: int | None) -> None:
        """A report of the first process; those about an earlier start are dropped."""
        generation = message.get("generation")
        match message.get("op"):
            case "started" if generation == self._generation:
                self._started(sender or int(message["pid"]), in_cgroup=bool(message.get("in_cgroup")))
            case "not_executed" if generation == self._generation:
                self._launch_error = str(message.get("why"))
            case "exited" if isinstance(generation, int):
                self._exited(generation, message)
            case "restored_exited" if self.snapshot is not None:
                self.snapshot.restored_exited(message)

    def close(self) -> None:
        """Its processes are gone, and with them what was restored from it. Idempotent."""
        self._end_snapshot("the snapshot it was restored from is gone")
        self._opening.close()

    # What a snapshot tells of the fork that is this runtime

    def restored_started(self, pid: int) -> None:
        self._opening.close()
        if self._generation == self._restored_generation:
            self._started(pid, in_cgroup=self._parts.cgroup is not None)

    def restored_exited(self, message: Message) -> None:
        """By another way than reports of this place come: a runtime of its own may have been started meanwhile."""
        self._opening.close()
        self._exited(self._restored_generation, message)

    def not_restored(self, why: str) -> None:
        self._opening.say(f"cannot be restored here: {why}")
        self.restored_exited({"code": _NOT_STARTED})

    def restored_lost(self, reason: str) -> None:
        self._on_lost(reason)

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

    def _started(self, pid: int, *, in_cgroup: bool) -> None:
        self.pid = pid
        self._limits.runtime_started(pid)
        if not in_cgroup:
            # Below the first process of a snapshot's place is all that was restored from it, too.
            everybody = None if self._parts.may_be_restored else self._channel
            self._freezer = SignalFreezer(everybody, pid)
            if self._stands_still:
                self._freezer.freeze()

    def _exited(self, generation: int, message: Message) -> None:
        max_rss_kb: int | None = message.get("max_rss_kb")
        if generation == self._generation:
            self._limits.runtime_ended(max_rss_kb)
            self.pid = None
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
        self._on_exit(happened)

    def _tell_not_started(self, generation: int) -> None:
        failure = RuntimeExit(generation=generation, exit_code=_NOT_STARTED)
        asyncio.get_running_loop().call_soon(self._on_exit, failure)
