"""The log pipe of an environment: raw stdout and stderr with the runtime's framed log records in between, as lines.

Pure and incremental: how the bytes are cut into reads never changes the lines. A frame is a 4-byte type (0xA55A00xx), a
4-byte length and an 8-byte timestamp in microseconds, all big-endian, then the message; it counts wherever it begins,
since a print may end without a newline before it. Anything else is raw text, split at LF, its CRs kept.
"""

from struct import Struct
from typing import NamedTuple

MAX_LINE_BYTES = 256 * 1024
"""CloudWatch's limit for one log event; a longer line goes on in the next one."""
MAX_FRAME_BYTES = 4 * 1024 * 1024
"""A longer frame cannot come from a runtime: its header is taken for text."""

_MAGIC = b"\xa5\x5a\x00"
_HEADER = Struct(">IIQ")
_LEVELS = {
    0xA55A0000 | number << 2 | form: level
    for number, level in enumerate((None, "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"))
    for form in (0b10, 0b11)  # JSON, text
}


class LogLine(NamedTuple):
    """One line without its LF. ``level`` and ``time_us`` (epoch) are what a frame said, None for raw text.

    A named tuple, not a dataclass: a hundred lines an invoke have to cost microseconds.
    """

    text: str
    framed: bool = False
    level: str | None = None
    time_us: int | None = None


class LogParser:
    """The parser of one pipe. Keeps at most one unfinished line or frame."""

    def __init__(self) -> None:
        self._line = b""
        """Raw bytes since the last line end; no frame begins in them."""
        self._head = b""
        """What may be the beginning of a frame; follows ``_line``."""
        self._body: bytearray | None = None
        """An unfinished frame whose header is known to be one."""
        self._wanted = 0

    @property
    def is_empty(self) -> bool:
        """Nothing is unfinished: a flush would give nothing."""
        return not (self._line or self._head) and self._body is None

    def feed(self, data: bytes) -> list[LogLine]:
        """The lines that ``data`` completes."""
        lines: list[LogLine] = []
        if self._body is not None:
            missing = self._wanted - len(self._body)
            self._body += data[:missing]
            if len(self._body) < self._wanted:
                return lines
            kind, _, time_us = _HEADER.unpack_from(self._body)
            _frame(bytes(self._body[_HEADER.size :]), _LEVELS[kind], time_us, lines)
            self._body, data = None, data[missing:]
        if self._head:
            data, self._head = self._head + data, b""
        self._scan(data, lines)
        return lines

    def flush(self) -> list[LogLine]:
        """At the end of an invoke: a last line without a line end, as it stands.

        A frame that has begun stays: its writer may have been frozen in the middle of it.
        """
        rest = b""
        if len(self._head) <= len(_MAGIC):
            rest, self._head = self._head, b""
        return self._as_text(rest)

    def close(self) -> list[LogLine]:
        """After the death of the writing processes: all that is left, a torn frame included, as text.

        The parser is as new afterwards, for the next generation.
        """
        rest = self._head + bytes(self._body or b"")
        self._head, self._body = b"", None
        return self._as_text(rest)

    def _as_text(self, rest: bytes) -> list[LogLine]:
        lines: list[LogLine] = []
        self._raw(rest, lines)
        self._end_line(lines)
        return lines

    def _scan(self, data: bytes, lines: list[LogLine]) -> None:
        start = search = 0
        while (found := data.find(_MAGIC, search)) >= 0:
            message = found + _HEADER.size
            if message > len(data):
                if _plausible(data[found:]):
                    self._raw(data[start:found], lines)
                    self._head = data[found:]
                    return
                search = found + 1
                continue
            kind, length, time_us = _HEADER.unpack_from(data, found)
            if kind not in _LEVELS or length > MAX_FRAME_BYTES:
                search = found + 1
                continue
            if found > start:
                self._raw(data[start:found], lines)
            if self._line:
                self._end_line(lines)
            end = message + length
            if end > len(data):
                self._body, self._wanted = bytearray(data[found:]), end - found
                return
            _frame(data[message:end], _LEVELS[kind], time_us, lines)
            start = search = end
        held = _possible_magic(data, start)
        self._raw(data[start : len(data) - held], lines)
        self._head = data[len(data) - held :]

    def _raw(self, data: bytes, lines: list[LogLine]) -> None:
        """Bytes that are certainly text."""
        if not data:
            return
        block = self._line + data if self._line else data
        cut = block.rfind(b"\n") + 1
        if cut:
            self._line = block[cut:]
            block = block[: cut - 1]
            if len(block) <= MAX_LINE_BYTES:
                lines += [LogLine(text) for text in block.decode("utf-8", "replace").split("\n")]
            else:
                for line in block.split(b"\n"):
                    lines += [LogLine(piece.decode("utf-8", "replace")) for piece in _pieces(line)]
        else:
            self._line = block
        if len(self._line) > MAX_LINE_BYTES:
            *pieces, self._line = _pieces(self._line)
            lines += [LogLine(piece.decode("utf-8", "replace")) for piece in pieces]

    def _end_line(self, lines: list[LogLine]) -> None:
        if self._line:
            lines.append(LogLine(self._line.decode("utf-8", "replace")))
            self._line = b""


def _plausible(header: bytes) -> bool:
    """Whether this beginning of a header can become one."""
    if len(header) >= 4 and int.from_bytes(header[:4], "big") not in _LEVELS:
        return False
    length = header[4:8]
    return length <= MAX_FRAME_BYTES.to_bytes(4, "big")[: len(length)]


def _frame(message: bytes, level: str | None, time_us: int, lines: list[LogLine]) -> None:
    message = message.removesuffix(b"\n")
    if len(message) <= MAX_LINE_BYTES:
        lines.append(LogLine(message.decode("utf-8", "replace"), True, level, time_us))
    else:
        lines += [LogLine(piece.decode("utf-8", "replace"), True, level, time_us) for piece in _pieces(message)]


def _pieces(line: bytes) -> list[bytes]:
    """A line in parts of at most MAX_LINE_BYTES, never cut inside a character; at least one part."""
    pieces = []
    while len(line) > MAX_LINE_BYTES:
        cut = MAX_LINE_BYTES
        while cut > MAX_LINE_BYTES - 4 and line[cut] & 0b1100_0000 == 0b1000_0000:
            cut -= 1
        pieces.append(line[:cut])
        line = line[cut:]
    pieces.append(line)
    return pieces


def _possible_magic(data: bytes, start: int) -> int:
    """How many bytes at the end, from ``start`` on, may be the first ones of a frame."""
    for length in (2, 1):
        if len(data) - start >= length and data.endswith(_MAGIC[:length]):
            return length
    return 0
