"""Reads one environment's log pipe in chunks, never line by line, and hands whole lines on."""

import asyncio
import os
from collections.abc import Callable

from lambdatui.telemetry.log_frames import LogParser

CHUNK_BYTES = 64 * 1024
PAUSE_S = 0.02
"""After a read the pipe is left alone this long, so that a chatty handler costs chunks and not wake-ups."""
DRAIN_LIMIT_BYTES = 16 * 1024 * 1024
"""One drain stops here: a handler that writes faster than we read must not hold up its own response for ever."""


class LogReader:
    """``on_lines`` gets the lines of each chunk, in order. Owns nothing: the pipe belongs to the sandbox."""

    def __init__(self, fd: int, on_lines: Callable[[tuple[str, ...]], None]) -> None:
        self._fd = fd
        self._on_lines = on_lines
        self._parser = LogParser()
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._open = True
        self._loop.add_reader(fd, self._readable)

    def drain(self, *, flush: bool = False, writers_gone: bool = False) -> None:
        """Deliver what is in the pipe now; with ``flush`` also a last line that has no end yet.

        With ``writers_gone`` nobody is left who could complete a record that was begun: it is delivered as it is.
        """
        lines = self._take()
        if writers_gone:
            lines.extend(line.text for line in self._parser.close())
        elif flush:
            lines.extend(line.text for line in self._parser.flush())
        if lines:
            self._on_lines(tuple(lines))

    def close(self) -> None:
        """Deliver what is left and let go of the pipe. Idempotent."""
        if not self._open:
            return
        self.drain(writers_gone=True)
        self._open = False
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._fd)

    def _take(self) -> list[str]:
        lines: list[str] = []
        taken = 0
        while self._open and taken < DRAIN_LIMIT_BYTES:
            chunk = self._read()
            if not chunk:
                break
            taken += len(chunk)
            lines += [line.text for line in self._parser.feed(chunk)]
            if len(chunk) < CHUNK_BYTES:
                break
        return lines

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, CHUNK_BYTES)
        except BlockingIOError:
            return b""

    def _readable(self) -> None:
        self._loop.remove_reader(self._fd)
        self._pause = self._loop.call_later(PAUSE_S, self._resume)
        self.drain()

    def _resume(self) -> None:
        if self._open:
            self._loop.add_reader(self._fd, self._readable)
