"""The sample events that ship with lambdatui, followed by a project's own ``events/*.json``.

Ours are listed in ``sample_events/index.json``: order and titles are for people to read, so they are data.
Bodies stay on disk until somebody asks for one. Nothing here interprets an event.
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT_SERVICE = "project"
"""The ``service`` of the samples that lie in the user's own project."""

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "sample_events"
_CHECKOUT = _PACKAGE.parent / "sample_events"
_INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEvent:
    """One event to fire. ``name`` is unique in its catalogue and is what people type; ``title`` is one line."""

    name: str
    service: str
    title: str
    path: Path

    @property
    def body(self) -> bytes:
        """The file as it is now; raises OSError when it has gone."""
        return self.path.read_bytes()


class SampleNotFound(LookupError):
    """No sample has the name. ``close`` are the most similar ones, best first."""

    def __init__(self, name: str, close: tuple[str, ...]) -> None:
        self.name = name
        self.close = close
        guess = f"did you mean {' or '.join(repr(one) for one in close)}? " if close else ""
        super().__init__(f"no sample event is called {name!r}; {guess}`lambdatui events ls` lists them")


def catalogue(project_root: Path | None = None) -> tuple[SampleEvent, ...]:
    """Every sample, ours first. A project's event of the same name takes the place of ours."""
    own = tuple(_of_project(project_root)) if project_root else ()
    taken = {sample.name for sample in own}
    return tuple(sample for sample in _shipped() if sample.name not in taken) + own


def find(name: str, project_root: Path | None = None) -> SampleEvent:
    """The sample called ``name``; raises ``SampleNotFound``."""
    samples = {sample.name: sample for sample in catalogue(project_root)}
    if name not in samples:
        raise SampleNotFound(name, tuple(difflib.get_close_matches(name, samples, n=3, cutoff=0.5)))
    return samples[name]


def _shipped() -> Iterator[SampleEvent]:
    """Ours: inside the package once installed from a wheel, next to it in a source checkout."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    for entry in json.loads((folder / _INDEX).read_bytes()):
        name, service = entry["name"], entry["service"]
        yield SampleEvent(name=name, service=service, title=entry["title"], path=folder / service / f"{name}.json")


def _of_project(root: Path) -> Iterator[SampleEvent]:
    for path in sorted(root.glob("events/*.json")):
        title = path.relative_to(root).as_posix()
        yield SampleEvent(name=path.stem, service=PROJECT_SERVICE, title=title, path=path)
