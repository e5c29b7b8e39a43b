"""Where log records leave the process: framed on the telemetry descriptor, or as text on stdout."""

from __future__ import annotations

import os
import sys
import time
from errno import EAGAIN
from io import FileIO, TextIOWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any, TextIO, Union

    LogSink = Union["FramedSink", "StandardOutputSink"]

_WRITTEN_WHOLE = 1024  # characters: at most the bytes that a pipe takes whole or not at all
LOG_FD_VARIABLE = "_LAMBDA_TELEMETRY_LOG_FD"
UNLABELLED_FRAME = 0xA55A0003.to_bytes(4, "big")


class Unbuffered:
    """A text stream that keeps nothing back, so that a crash loses nothing that was printed.

    Every piece of a print is a write of its own, as on Lambda. What is written to a file goes past the buffer that
    would have to be flushed each time: half of the time that printing takes.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = _past_the_buffer(stream)

    def __enter__(self) -> Unbuffered:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    # Returns nothing, unlike other streams: handlers see the same on Lambda.
    def write(self, msg: str) -> None:
        if msg.__class__ is str and len(msg) > _WRITTEN_WHOLE:
            self._write_long(msg)
        else:
            self.stream.write(msg)

    def writelines(self, msgs: list[str]) -> None:
        self.write("".join(msgs))

    def _write_long(self, text: str) -> None:
        """A pipe may take a part of it only, when a signal comes; without a buffer nobody goes on by itself."""
        rest = memoryview(text.encode(self.stream.encoding, self.stream.errors or "strict"))
        while rest:
            written = self.stream.buffer.write(rest)
            if written is None:
                raise BlockingIOError(EAGAIN, "write could not complete without blocking")
            rest = rest[written:]


def _past_the_buffer(stream: TextIO) -> TextIO:
    """The same file, encoding and name. It owns nothing: the end of one of the two must not be that of the other."""
    stream.flush()
    file = FileIO(stream.fileno(), "w", closefd=False)
    file.name = stream.name
    straight = TextIOWrapper(file, encoding=stream.encoding, errors=stream.errors, write_through=True)
    straight.mode = stream.mode  # type: ignore[misc]
    return straight


class StandardOutputSink:
    """Writes to whatever `sys.stdout` is at that moment; the levels are lost."""

    def log(self, msg: str, frame_type: bytes | None = None) -> None:
        sys.stdout.write(msg)

    def log_error(self, message_lines: list[str], frame_type: bytes) -> None:
        # One record must stay one line of the log.
        sys.stdout.write("\r".join(message_lines) + "\n")

    def close(self) -> None:
        pass


class FramedSink:
    """One frame per record: type (4 bytes), length (4), microseconds since the epoch (8), message in UTF-8; big-endian.

    A frame goes out in one write, so that it keeps its place among printed text when both share a pipe.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def log(self, msg: str, frame_type: bytes | None = None) -> None:
        message = msg.encode("utf8")
        time_us = time.time_ns() // 1000
        head = (frame_type or UNLABELLED_FRAME) + len(message).to_bytes(4, "big") + time_us.to_bytes(8, "big")
        frame = head + message
        written = os.write(self.fd, frame)
        if written < len(frame):
            self._write_rest(frame, written)

    def log_error(self, message_lines: list[str], frame_type: bytes) -> None:
        self.log("\n".join(message_lines), frame_type)

    def close(self) -> None:
        os.close(self.fd)

    def _write_rest(self, frame: bytes, written: int) -> None:
        rest = memoryview(frame)[written:]
        while rest:
            rest = rest[os.write(self.fd, rest) :]


def open_log_sink(environ: MutableMapping[str, str]) -> LogSink:
    """The sink that the sandbox provided. Its variable is taken away: user code and its children must not see it."""
    fd = environ.pop(LOG_FD_VARIABLE, None)
    return StandardOutputSink() if fd is None else FramedSink(int(fd))
