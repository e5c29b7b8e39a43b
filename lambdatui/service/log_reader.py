"""Reads one environment's log pipe in chunks, never line by line, and hands whole lines on in records of bounded size.

One turn of the event loop reads one chunk. A pipe that nobody reads fills up, and then its writers wait: that is how a
function is kept from logging faster than the history can be written.
"""

import asyncio
import fcntl
import os
import sys
import termios
from collections.abc import Callable, Sequence

from lambdatui.telemetry.log_frames import LogLine, LogParser

CHUNK_BYTES = 64 * 1024
"""As much as a pipe holds."""
RECORD_CHARS = 64 * 1024
"""Lines of one record, together; a longer line is a record of its own."""
PAUSE_S = 0.02
"""After a read the pipe is left alone this long, so that a chatty handler costs chunks and not wake-ups."""
SHORT_PAUSE_S = 0.001
"""After a read of a quarter of a chunk or more: such a writer fills the pipe again in no time."""


OnLines = Callable[[tuple[str, ...]], None]
OnLabelled = Callable[[tuple[str, ...], tuple[str, ...]], None]
"""Lines, and the level that the runtime gave to each, empty where it gave none."""


class LogReader:
    """``on_lines`` gets the lines in order. Owns nothing: the pipe belongs to the sandbox.

    With ``on_labelled`` it is called instead, for a function whose log format is JSON. While ``held_back`` says so,
    the pipe is read only where ``drain`` must.
    """

    def __init__(
        self,
        fd: int,
        on_lines: OnLines,
        held_back: Callable[[], bool] = lambda: False,
        *,
        on_labelled: OnLabelled | None = None,
    ) -> None:
        self._fd = fd
        self._on_lines = on_lines
        self._on_labelled = on_labelled
        self._held_back = held_back
        self._parser = LogParser()
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._open = True
        self._loop.add_reader(fd, self._readable)

    def drain(self, *, flush: bool = False, writers_gone: bool = False) -> None:
        """Deliver what is in the pipe now; with ``flush`` also a last line that has no end yet.

        What is written meanwhile is left for later, or a handler that writes without end would hold up its own
        response. With ``writers_gone`` nobody is left who could complete a record that was begun: it is delivered as
        it is.
        """
        waiting = self._waiting_bytes() if self._open else 0
        if not waiting and self._parser.is_empty:
            return  # as with most invokes
        lines: list[LogLine] = []
        while waiting > 0 and (chunk := self._read()):
            waiting -= len(chunk)
            lines += self._parser.feed(chunk)
        if writers_gone:
            lines += self._parser.close()
        elif flush:
            lines += self._parser.flush()
        self._deliver(lines)

    def close(self) -> None:
        """Deliver what is left and let go of the pipe. Idempotent."""
        if not self._open:
            return
        self.drain(writers_gone=True)
        self._open = False
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._fd)

    def _waiting_bytes(self) -> int:
        answer = fcntl.ioctl(self._fd, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(answer, sys.byteorder)

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, CHUNK_BYTES)
        except BlockingIOError:
            return b""

    def _readable(self) -> None:
        self._loop.remove_reader(self._fd)
        chunk = b"" if self._held_back() else self._read()
        pause_s = PAUSE_S if len(chunk) < CHUNK_BYTES // 4 else SHORT_PAUSE_S
        self._pause = self._loop.call_later(pause_s, self._resume)
        self._deliver(self._parser.feed(chunk))

    def _resume(self) -> None:
        if self._open:
            self._loop.add_reader(self._fd, self._readable)

    def _deliver(self, lines: Sequence[LogLine]) -> None:
        if not lines:
            return
        texts = [line.text for line in lines]
        start = chars = 0
        if sum(map(len, texts)) > RECORD_CHARS:
            for end, line in enumerate(texts):
                if chars + len(line) > RECORD_CHARS and end > start:
                    self._tell(lines[start:end], texts[start:end])
                    start, chars = end, 0
                chars += len(line)
        self._tell(lines[start:], texts[start:])

    def _tell(self, lines: Sequence[LogLine], texts: Sequence[str]) -> None:
        if self._on_labelled is None:
            self._on_lines(tuple(texts))
        else:
            self._on_labelled(tuple(texts), tuple(line.level or "" for line in lines))
