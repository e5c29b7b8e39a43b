"""Saves an event as a sample of the project: ``events/NAME.json``, listed in the catalogue from then on."""

import json
import os
import tempfile
from pathlib import Path

from lambdatui.model.sample_name import complaint_of_sample_name

FOLDER = "events"


class BadSampleName(ValueError):
    """It would be no file name everywhere, or be taken for an option; the message says what may stand there."""


class NoEvent(ValueError):
    """What is to be saved is not JSON."""


class SampleExists(Exception):
    """The project has one of that name already. ``file`` is relative to the project."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} exists already")
        self.file = file


def save_sample(root: Path, name: str, body: bytes, *, replace: bool = False) -> str:
    """The file, relative to ``root``. Raises BadSampleName, NoEvent, SampleExists, OSError."""
    if complaint := complaint_of_sample_name(name):
        raise BadSampleName(complaint)
    file = f"{FOLDER}/{name}.json"
    text = _readable(body)
    target = root / file
    target.parent.mkdir(exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text)
        os.chmod(draft, 0o644)
        if replace:
            os.replace(draft, target)
            return file
        os.link(draft, target)  # fails where somebody made it meanwhile
    except FileExistsError:
        raise SampleExists(file) from None
    finally:
        Path(draft).unlink(missing_ok=True)
    return file


def _readable(body: bytes) -> bytes:
    """Indented where that loses nothing: a number is otherwise kept as it was spelled, and so is everything."""
    try:
        text = body.decode()
        value = json.loads(text)
    except ValueError as error:
        raise NoEvent(f"the event is not JSON: {error}") from error
    spellings = (json.dumps(value, ensure_ascii=ascii_only, separators=separators)
                 for ascii_only in (False, True) for separators in ((",", ":"), (", ", ": ")))  # fmt: skip
    if text.strip() in spellings:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    return text.rstrip().encode() + b"\n"
