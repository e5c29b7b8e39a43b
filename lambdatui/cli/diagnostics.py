"""Standard error: the only module that writes to it. Log lines of functions, warnings, and why a command failed."""

import sys
from collections.abc import Iterable

from lambdatui.cli.visible import visible
from lambdatui.model.function import Problem, Severity

PREFIX = "lambdatui"


def log_lines(lines: Iterable[str]) -> None:
    """What a function or the platform wrote: as it is in a pipe, harmless on a terminal."""
    text = "".join(f"{line}\n" for line in lines)
    if sys.stderr.isatty():
        text = visible(
            text.replace("\r", "\n")
        )  # Lambda writes tracebacks as one line with CRs; a terminal would overprint
    if text:
        _write(text)


def note(text: str) -> None:
    _write(f"{PREFIX}: {text}\n")


def warning(text: str) -> None:
    _write(f"{PREFIX}: warning: {text}\n")


def failure(message: str, hint: str = "") -> None:
    """What is wrong and, on a line of its own, what to do about it."""
    _write(f"{PREFIX}: error: {message}\n" + (f"  {hint}\n" if hint else ""))


def problem(found: Problem) -> None:
    """``FILE:LINE: KEY: what`` first, so that editors and terminals can jump to it; then the fix."""
    where = "" if found.file is None else f"{found.file}:{found.line}: " if found.line else f"{found.file}: "
    what = f"{found.key}: {found.message}" if found.key else found.message
    kind = "warning: " if found.severity is Severity.WARNING else "error: "
    _write(f"{where}{kind}{what}\n" + (f"  {found.hint}\n" if found.hint else ""))


def progress(text: str) -> None:
    """On a terminal only: one line that each call writes anew; an empty text takes it away."""
    if sys.stderr.isatty():
        _write(f"\r\x1b[K{text}")


def end_line_of_ctrl_c() -> None:
    """A terminal has echoed ^C; what follows begins on a line of its own."""
    if sys.stderr.isatty():
        _write("\n")


def traceback() -> None:
    """Of the exception being handled; for bugs and for LAMBDATUI_DEBUG only."""
    import traceback as formatter

    _write(formatter.format_exc())


def configure_logging() -> None:
    """The engine's own log, as text: warnings and worse."""
    import logging

    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def _write(text: str) -> None:
    # A function may print what the terminal's encoding cannot show; it must come out all the same.
    sys.stderr.buffer.write(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
    sys.stderr.buffer.flush()
