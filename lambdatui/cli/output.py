"""Standard output: the only module that writes to it. What a command was asked for goes here, and nothing else."""

import json
import sys
from collections.abc import Sequence

from lambdatui.cli.visible import visible


def write_bytes(body: bytes) -> None:
    """Exactly these bytes; where a person reads them a line end follows, and control characters are shown."""
    stream = sys.stdout.buffer
    if sys.stdout.isatty():
        stream.write(visible(body.decode("utf-8", "replace")).encode())
        stream.write(b"" if body.endswith(b"\n") else b"\n")
    else:
        stream.write(body)
    stream.flush()


def line(text: str = "") -> None:
    """One line, flushed at once: whoever waits for it must not wait for a buffer."""
    if sys.stdout.isatty():
        text = visible(text.replace("\r", "\n"))  # Lambda writes tracebacks as one line with CRs
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def document(value: object) -> None:
    """JSON: indented for people, one line for programs."""
    indent = 2 if sys.stdout.isatty() else None
    line(json.dumps(value, ensure_ascii=False, indent=indent))


def compact(value: object) -> None:
    """JSON on one line, for streams of them."""
    line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; the last one is never padded."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for row in (header, *rows):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        line("  ".join([*padded, row[-1]]).rstrip())


def is_terminal() -> bool:
    """Whether the terminal UI can be shown: it draws on stderr, and its keys come from stdin."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
