"""What external extensions write: one reader per extension, because each has a pipe of its own."""

from collections.abc import Callable
from functools import partial

from lambdatui.service.log_reader import LogReader


class ExtensionLogs:
    """Of one environment. ``on_lines`` gets the extension's name and its lines, in order."""

    def __init__(self, on_lines: Callable[[str, tuple[str, ...]], None], held_back: Callable[[], bool]) -> None:
        self._on_lines = on_lines
        self._held_back = held_back
        self._readers: dict[str, tuple[int, LogReader]] = {}

    def follow(self, name: str, fd: int) -> None:
        """From its start on. A pipe that outlives a restart goes on being read."""
        known = self._readers.get(name)
        if known is not None:
            if known[0] == fd:
                return
            known[1].close()
        self._readers[name] = fd, LogReader(fd, partial(self._on_lines, name), self._held_back)

    def drain(self, *, flush: bool = False, writers_gone: bool = False) -> None:
        for _, reader in self._readers.values():
            reader.drain(flush=flush, writers_gone=writers_gone)

    def close(self) -> None:
        """Idempotent."""
        for _, reader in self._readers.values():
            reader.close()
        self._readers.clear()
