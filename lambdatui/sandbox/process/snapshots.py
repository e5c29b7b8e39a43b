"""The engine's hold on a snapshot: a runtime that was stopped while it waits to be restored, and is forked for others.

Knows places by what they give for it, and tells each what became of the process that is now its runtime. Where a
snapshot ends, so do its forks: their parent is the first process of its place.
"""

import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message
from lambdatui.sandbox.protocol import RuntimeSpec

NAMESPACES = ("pid", "ipc", "mnt", "net")
"""What a place that is to be restored into brings; the last one only where it has no network."""


class RestoredPlace(Protocol):
    """Who waits for a fork."""

    def restored_started(self, pid: int) -> None: ...

    def restored_exited(self, message: Message) -> None: ...

    def restored_lost(self, reason: str) -> None: ...

    def not_restored(self, why: str) -> None:
        """There was no fork."""


@dataclass(slots=True, kw_only=True)
class Opening:
    """What a place has ready for a fork, once: descriptors that are its own until they are ``close``d."""

    log_end: int
    namespaces: dict[str, int]

    def say(self, what: str) -> None:
        """As a line of the place's log."""
        if self.log_end >= 0:
            os.write(self.log_end, f"{what}\n".encode())

    def close(self) -> None:
        for fd in (self.log_end, *self.namespaces.values()):
            if fd >= 0:
                os.close(fd)
        self.log_end = -1
        self.namespaces = {}


class Snapshot:
    """Of one place. ``thaw`` and ``freeze`` are that place's: it runs only to be forked."""

    def __init__(
        self,
        connected: socket.socket,
        environ: Mapping[str, str],
        thaw: Callable[[], None],
        freeze: Callable[[], None],
    ) -> None:
        self._environ = environ
        self._thaw = thaw
        self._freeze = freeze
        self._requests = 0
        self._waiting: dict[str, RestoredPlace] = {}
        self._places: dict[str, RestoredPlace] = {}
        self._pids: dict[int, str] = {}
        self._exited_early: dict[int, Message] = {}
        self._channel = Channel(connected, self._received, self._disconnected, brings_fds=False)

    def restore(
        self,
        place: RestoredPlace,
        spec: RuntimeSpec,
        cgroup: EnvironmentCgroup | None,
        opening: Opening,
    ) -> None:
        """Ask for a fork in ``place``. Of the variables in ``spec``, what the snapshot has already stays as user code
        left it; ``opening`` stays the caller's. Raises ChannelClosedError, OSError; no news for ``place`` follows then.
        """
        self._requests += 1
        name = str(self._requests)
        differing = {key: value for key, value in spec.environ.items() if self._environ.get(key) != value}
        fds = {"log": opening.log_end, **opening.namespaces}
        order = {
            "op": "restore",
            "id": name,
            "generation": spec.generation,
            "environ": differing,
            "runtime_api": spec.runtime_api,
        }
        with contextlib.ExitStack() as borrowed:
            if cgroup is not None:
                fds["cgroup"] = cgroup.open_directory()
                borrowed.callback(os.close, fds["cgroup"])
            self._thaw()
            self._waiting[name] = self._places[name] = place
            try:
                self._channel.send({**order, "fds": list(fds)}, list(fds.values()))
            except ChannelClosedError:
                del self._places[name]
                self._answered(name)
                raise

    def restored_exited(self, message: Message) -> None:
        """The first process of the snapshot's place has reaped somebody: a fork, or an orphan of the snapshot's."""
        pid = int(message["pid"])
        name = self._pids.pop(pid, None)
        if name is None:
            if self._waiting:
                # It may have ended before the snapshot's own word of it was read.
                self._exited_early[pid] = message
        elif (place := self._places.pop(name, None)) is not None:
            place.restored_exited(message)

    def close(self, reason: str) -> None:
        """Its place is gone, and with it every fork. Idempotent."""
        self._channel.close()
        places, self._places = self._places, {}
        for place in places.values():
            place.restored_lost(reason)

    def _received(self, message: Message, sender: int | None) -> None:
        name = str(message.get("id"))
        place = self._places.get(name)
        match message.get("op"):
            case "started" if place is not None and sender is not None:
                place.restored_started(sender)
            case "restored" if name in self._waiting and isinstance(pid := message.get("pid"), int):
                self._forked(name, pid)
                self._answered(name)
            case "not_restored":
                self._answered(name)
                if self._places.pop(name, None) is not None and place is not None:
                    place.not_restored(str(message.get("why")))

    def _forked(self, name: str, pid: int) -> None:
        early = self._exited_early.pop(pid, None)
        self._pids[pid] = name
        if early is not None:
            self.restored_exited(early)

    def _answered(self, name: str) -> None:
        if self._waiting.pop(name, None) is not None and not self._waiting:
            # Whatever else has ended was none of the forks.
            self._exited_early.clear()
            self._freeze()

    def _disconnected(self) -> None:
        """The process that is forked has ended. What was forked from it lives on."""
        waiting, self._waiting = self._waiting, {}
        self._exited_early.clear()
        for name, place in waiting.items():
            if name not in self._pids.values() and self._places.pop(name, None) is not None:
                place.not_restored("the process of the snapshot has ended")
