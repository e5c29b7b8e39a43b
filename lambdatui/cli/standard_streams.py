"""The three standard streams themselves: that they are there at the start, and may be gone at the end."""

import os
import sys
from typing import TextIO


def open_missing() -> None:
    """Closed ones (``<&-``, ``>&-``) lead to /dev/null: else the next file that is opened would take their place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor, which is this one
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def abandon() -> None:
    """Nobody reads any more (``| head``): let Python's last flush go nowhere instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        _lead_nowhere(stream)


def drop_unwritable() -> None:
    """The same for those only that take no more, such as a file on a full disk."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _lead_nowhere(stream)


def _lead_nowhere(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
