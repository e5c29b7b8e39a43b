"""The event that ``-e`` names: a file, standard input, or a sample of the catalogue."""

import sys
from dataclasses import dataclass
from pathlib import Path

from lambdatui.cli import diagnostics
from lambdatui.cli.event_json import check_event
from lambdatui.cli.failures import CommandFailed
from lambdatui.project.places import exists

EMPTY_EVENT = b"{}"
STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenEvent:
    """``sample`` is its name where it came from the catalogue."""

    payload: bytes
    sample: str | None = None


def read_event(given: str | None, project_root: Path) -> ChosenEvent:
    """Without ``-e`` the event is ``{}``, and so is an empty one. A file wins over a sample of the same name.

    Raises CommandFailed where there is no event, and where it is not JSON.
    """
    chosen = _read(given, project_root)
    if not chosen.payload:
        return ChosenEvent(payload=EMPTY_EVENT, sample=chosen.sample)
    check_event(chosen.payload, "stdin" if given == STDIN else given or "")
    return chosen


def _read(given: str | None, project_root: Path) -> ChosenEvent:
    if given is None:
        return ChosenEvent(payload=EMPTY_EVENT)
    if given == STDIN:
        return ChosenEvent(payload=_read_stdin())
    if given.lstrip()[:1] in ("{", "["):
        example = """echo '{"key": "value"}' | lambdatui invoke FUNCTION -e -"""
        raise CommandFailed("-e takes a file or a sample's name, not the event itself", f"pipe it in: {example}")
    path = Path(given).expanduser()
    if path.is_dir():
        raise CommandFailed(f"{given} is a directory", "give a JSON file, a sample event's name, or - for stdin")
    if exists(path):
        return ChosenEvent(payload=_read_file(path, given))
    if "/" in given:
        raise CommandFailed(f"there is no file {given}", "give a JSON file, a sample event's name, or - for stdin")
    return _read_sample(given, project_root)


def _read_stdin() -> bytes:
    if sys.stdin.isatty():
        diagnostics.note("reading the event from the terminal; end it with Ctrl-D")
    return sys.stdin.buffer.read()


def _read_file(path: Path, given: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{given} cannot be read: {error.strerror}", "give a file that you may read") from error


def _read_sample(name: str, project_root: Path) -> ChosenEvent:
    from lambdatui.events.catalogue import SampleNotFound, find

    try:
        return ChosenEvent(payload=find(name, project_root).body, sample=name)
    except SampleNotFound as error:
        guess = f"did you mean {' or '.join(error.close)}? " if error.close else ""
        message = f"'{name}' is neither a file nor a sample event"
        raise CommandFailed(message, f"{guess}`lambdatui events ls` lists the samples") from error
    except OSError as error:
        raise CommandFailed(f"the sample event '{name}' cannot be read: {error}", "look at its file") from error
