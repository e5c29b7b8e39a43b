"""The bytes of a file as rows: text with line numbers, or a hex dump where it is not text. Pure."""

from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line

_PER_ROW = 16
MAX_ROWS = 5_000


def rows(content: bytes) -> tuple[Line, ...]:
    if not content:
        return ((("This file is empty.", "dim"),),)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _hex(content)
    if "\0" in text:
        return _hex(content)
    lines = text.split("\n")[:MAX_ROWS]
    return tuple(((f"{number:>5}  ", "faint"), (clean(line), "plain")) for number, line in enumerate(lines, 1))


def _hex(content: bytes) -> tuple[Line, ...]:
    shown: list[Line] = []
    for start in range(0, min(len(content), MAX_ROWS * _PER_ROW), _PER_ROW):
        part = content[start : start + _PER_ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        shown.append(((f"{start:08x}  ", "faint"), (f"{part.hex(' '):<48} ", "info"), (letters, "dim")))
    return tuple(shown)
