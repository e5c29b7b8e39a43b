"""``lambdatui bug-report``: what a maintainer asks for first, in one text file that can be read before it is sent."""

import asyncio
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from lambdatui import __version__
from lambdatui.cli import diagnostics, history_reading, history_text, options, projects
from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.scrubbing import scrub
from lambdatui.cli.trace_text import trace_lines
from lambdatui.service import rendezvous
from lambdatui.service.state_place import is_there, place_of

_PACKAGES = ("textual", "rich", "tree-sitter", "watchfiles", "pydantic", "uvloop", "httptools", "click", "PyYAML")
_INVOCATIONS = 20
_LOG_BYTES = 16 * 1024
_TELLING = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "TMUX", "SSH_CONNECTION", "LANG", "LC_ALL", "VIRTUAL_ENV")


@click.command(short_help="Collect what a bug report needs.", context_settings=options.CONTEXT)
@options.PATH
@click.option(
    "-o", "--output", "file", default="lambdatui-bug-report.txt", show_default=True, metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.",
)  # fmt: skip
def command(path: Path, file: Path) -> None:
    """Write versions, capabilities, the last invocations and the end of the engine's log into one text file.

    About the project at PATH (default: here). Events, responses and logs of functions are left out; of environment
    variables only names are told; what looks like a secret by its name is hidden. Read it before you send it.
    """
    root = projects.project_root(path)
    parts = "\n".join(_report(root))
    try:
        file.write_text(scrub(parts, os.environ, str(Path.home())) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}", "name another one with --output") from error
    diagnostics.note(f"written to {file}: read it before you send it")


def _report(root: Path) -> Iterator[str]:
    yield f"lambdatui bug report, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    sections: tuple[tuple[str, Callable[[Path], Iterable[str]]], ...] = (
        ("Versions", _versions),
        ("Environment variables that are set (names only)", _variables),
        ("Capabilities", _capabilities),
        ("Project", _project),
        (f"Last {_INVOCATIONS} invocations, without their events", _invocations),
        ("Trace of the last one", _trace),
        ("End of the engine's log", _engine_log),
    )
    for title, lines in sections:
        yield f"\n== {title}"
        try:
            yield from lines(root)
        except Exception as error:  # noqa: BLE001 - a report about something broken must not break on it
            yield f"(could not be collected: {type(error).__name__}: {getattr(error, 'message', error)})"


def _versions(_root: Path) -> Iterator[str]:
    yield f"lambdatui {__version__}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()}, {sys.executable})"
    yield platform.platform()
    for package in _PACKAGES:
        try:
            yield f"{package} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            yield f"{package} is not installed"


def _variables(_root: Path) -> Iterator[str]:
    yield " ".join(
        sorted(name for name in os.environ if name in _TELLING or name.startswith(("LAMBDATUI_", "TEXTUAL")))
    )


def _capabilities(_root: Path) -> Iterator[str]:
    from lambdatui.sandbox.process import ProcessBackend

    for report in ProcessBackend().capabilities():
        yield f"{report.capability}: {report.enforcement} ({report.how})"


def _project(root: Path) -> Iterator[str]:
    project = projects.read_project(root)
    running = rendezvous.find(root)
    yield f"engine {'runs, version ' + running.version if running else 'does not run'}"
    for function in project.functions:
        limits = f"{function.memory_mb} MB, {function.timeout_s} s"
        yield f"{function.name}: {function.runtime}, {function.handler}, {limits}"
    for problem in project.problems:
        yield f"{problem.severity} {problem.file or ''}:{problem.line or ''} {problem.message}"


def _invocations(root: Path) -> Iterator[str]:
    for summary in asyncio.run(history_reading.find(root, "", _INVOCATIONS)):
        yield "  ".join(history_text.row(summary))


def _trace(root: Path) -> Iterator[str]:
    newest = asyncio.run(history_reading.find(root, "", 1))
    if newest:
        yield from trace_lines(asyncio.run(history_reading.trace(root, newest[0].request_id)))


def _engine_log(root: Path) -> Iterator[str]:
    log = place_of(root) / "engine.log"
    if is_there(log.parent) and log.is_file():
        yield log.read_bytes()[-_LOG_BYTES:].decode("utf-8", "replace").rstrip()
