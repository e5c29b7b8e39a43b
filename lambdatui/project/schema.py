"""The shape of ``lambdatui.toml``. Only shapes and types: what a value may be is decided in ``checks``.

Plain tables: importing a validation library for a dozen keys would take longer than starting a function.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Path = tuple[str, ...]
Shape = Callable[[object, Path], "Iterator[Fault]"]
"""What is wrong with a value at a path; nothing when it has the shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``path`` from the table that was looked at; ``known`` are the keys there are, where this one is unknown."""

    path: Path
    message: str
    written: object
    known: tuple[str, ...] | None = None


def table(keys: Mapping[str, Shape]) -> Shape:
    """A table of these keys and no others; all may be missing."""

    def look(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path=path, message="must be a table", written=value)
            return
        for key, item in value.items():
            if key in keys:
                yield from keys[key](item, (*path, key))
            else:
                yield Fault(path=(*path, key), message="unknown key", written=item, known=tuple(keys))

    return look


def _text(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path=path, message="must be a text", written=value)


def _whole_number(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Fault(path=path, message="must be a whole number", written=value)


def _texts(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(path=path, message="must be a list", written=value)
        return
    for index, item in enumerate(value):
        yield from _text(item, (*path, str(index)))


def _variables(value: object, path: Path) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(path=path, message="must be a table", written=value)
        return
    for name, item in value.items():
        if not isinstance(item, str | int | float | bool):
            yield Fault(path=(*path, name), message="must be a text, a number, true or false", written=item)


FUNCTION = table(
    {
        "handler": _text,
        "code_uri": _text,
        "runtime": _text,
        "memory_size": _whole_number,
        "timeout": _whole_number,
        "environment": _variables,
        "ephemeral_storage": _whole_number,
        "architectures": _texts,
        "reserved_concurrent_executions": _whole_number,
        "description": _text,
    }
)
"""``[functions.NAME]``; ``timeout`` is in seconds, ``memory_size`` and ``ephemeral_storage`` are in MB."""

FILE = table({"project": table({"name": _text})})
"""The file without its ``functions``."""
