"""The engine's side of external extensions as processes: their log pipes, their ends, and who of them runs."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message
from lambdatui.sandbox.protocol import ExtensionExit, ExtensionSpec

_NO_PLACE = "UnknownError"


@dataclass(slots=True)
class _Pipe:
    """Both ends stay with the engine: an extension that ends must not end the pipe of its next generation."""

    read_fd: int
    write_fd: int


class ExtensionSet:
    """Belongs to one place. ``on_exit`` is called once per start, never from inside a method of this class."""

    def __init__(self, channel: Channel, on_exit: Callable[[ExtensionExit], None]) -> None:
        self._channel = channel
        self._on_exit = on_exit
        self._pipes: dict[str, _Pipe] = {}
        self._running: dict[str, int] = {}
        self._pids: dict[str, int] = {}

    def start(self, spec: ExtensionSpec) -> None:
        self._running[spec.name] = spec.generation
        order = {
            "op": "start_extension",
            "name": spec.name,
            "generation": spec.generation,
            "environ": dict(spec.environ),
        }
        try:
            self._channel.send(order, [self._pipe(spec.name).write_fd])
        except (ChannelClosedError, OSError) as error:
            # An OSError is a limit of this machine: no more descriptors for a pipe.
            failure = ExtensionExit(
                generation=spec.generation, name=spec.name, launch_error=_NO_PLACE, reason=str(error)
            )
            asyncio.get_running_loop().call_soon(self._ended, failure)

    def log_fd(self, name: str) -> int:
        """Raises KeyError before the first start."""
        return self._pipes[name].read_fd

    def kill(self, name: str) -> None:
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "kill_extension", "name": name})

    def pids(self) -> Iterable[int]:
        """As this machine sees them; of those that run and have said so."""
        return self._pids.values()

    def named(self) -> Iterable[tuple[str, int]]:
        """The same with their names."""
        return self._pids.items()

    def received(self, message: Message, sender: int | None) -> None:
        """A report about an extension; those about an earlier start are dropped."""
        name, generation = str(message.get("name")), message.get("generation")
        if self._running.get(name) != generation or not isinstance(generation, int):
            return
        match message.get("op"):
            case "extension_started":
                self._pids[name] = sender or int(message["pid"])
            case "extension_exited":
                happened = ExtensionExit(
                    generation=generation,
                    name=name,
                    exit_code=message.get("code"),
                    signal=message.get("signal"),
                    launch_error=message.get("launch_error"),
                    reason=str(message.get("reason", "")),
                    hint=str(message.get("hint", "")),
                )
                self._ended(happened)

    def close(self) -> None:
        """Release the pipes; nothing is reported any more."""
        self._running.clear()
        self._pids.clear()
        pipes, self._pipes = self._pipes, {}
        for pipe in pipes.values():
            os.close(pipe.read_fd)
            os.close(pipe.write_fd)

    def _ended(self, happened: ExtensionExit) -> None:
        if self._running.get(happened.name) == happened.generation:
            del self._running[happened.name]
            self._pids.pop(happened.name, None)
            self._on_exit(happened)

    def _pipe(self, name: str) -> _Pipe:
        if name not in self._pipes:
            self._pipes[name] = _Pipe(*os.pipe())
            os.set_blocking(self._pipes[name].read_fd, False)
        return self._pipes[name]
