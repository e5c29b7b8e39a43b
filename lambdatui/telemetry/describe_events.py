"""Writes docs/events.md from the record classes: ``python -m lambdatui.telemetry.describe_events > docs/events.md``."""

import re
import sys
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from inspect import cleandoc
from typing import Any, get_args, get_origin, get_type_hints

from lambdatui.telemetry.catalogue import RECORDS
from lambdatui.telemetry.cloudwatch import LOGGED_TYPES
from lambdatui.telemetry.json_codec import bare, wire_name

Hint = Any  # a type, a NewType or a generic alias: typing has no common word for them

_INTRODUCTION = """\
# The telemetry stream

<!-- Made from lambdatui/model/records*.py by `python -m lambdatui.telemetry.describe_events`. Do not edit. -->

Everything that happens in an engine is one event in one ordered stream. Each is one line of JSON:

```json
{"seq":7,"time":"2026-11-21T00:06:35.923417Z","type":"platform.start","function":"orders-api","environment":"e1a","record":{"requestId":"8f507cfc-1697-4c4a-a07b-ac58fc914c95","version":"$LATEST"}}
```

- `seq` counts from 1 without gaps within one run of an engine.
- `time` is UTC in microseconds. `function` and `environment` are left out where the event is about neither.
- `record` is described below. A field that is not known is left out. Durations are milliseconds, not rounded.
- A type, a field or a word that you do not know comes from a newer engine: ignore it.

`platform.*`, `function` and `extension` carry the names and fields of AWS's Telemetry API, schema 2022-12-13; the other
families are lambdatui's own, for what AWS never shows.
"""


def describe_events() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_index(), *(line for record in RECORDS for line in _section(record))])


def _index() -> Iterator[str]:
    yield "| type | in the text log | what it says |"
    yield "|---|---|---|"
    for record in RECORDS:
        logged = "yes" if record.TYPE in LOGGED_TYPES else ""
        yield f"| [`{record.TYPE}`](#{record.TYPE.replace('.', '').lower()}) | {logged} | {_first_sentence(record)} |"
    yield ""


def _section(record: Hint) -> Iterator[str]:
    yield f"## {record.TYPE}"
    yield ""
    yield "\n".join(_doc(record))
    yield ""
    parts: list[Hint] = []
    yield from _table(record, parts)
    for part in parts:
        yield f"A `{part.__name__}`: " + " ".join(_doc(part))
        yield ""
        yield from _table(part, parts)


def _table(cls: Hint, parts: list[Hint]) -> Iterator[str]:
    if not fields(cls):
        return
    hints = get_type_hints(cls)
    yield "| field | type | may be absent |"
    yield "|---|---|---|"
    for field in fields(cls):
        hint = hints[field.name]
        absent = "yes" if types.NoneType in get_args(hint) else ""
        yield f"| `{wire_name(field.name)}` | {_type_name(hint, parts)} | {absent} |"
    yield ""


def _type_name(hint: Hint, parts: list[Hint]) -> str:
    hint = bare(hint)
    origin: object = get_origin(hint)
    if origin is tuple:
        return f"array of {_type_name(get_args(hint)[0], parts)}"
    if is_dataclass(hint):
        if hint not in parts:
            parts.append(hint)
        return f"`{getattr(hint, '__name__', '')}`"
    if issubclass(hint, StrEnum):
        return " \\| ".join(f"`{member.value}`" for member in hint)
    return {str: "string", int: "integer", float: "number", bool: "boolean"}[hint]


def _first_sentence(record: Hint) -> str:
    return re.split(r"(?<=\.)\s", " ".join(_doc(record)))[0]


def _doc(cls: Hint) -> list[str]:
    """The class's own words, in lines, with the names of fields as on the wire."""
    text = cleandoc(cls.__doc__).replace("``", "`")
    for field in fields(cls):
        text = text.replace(f"`{field.name}`", f"`{wire_name(field.name)}`")
    return text.split("\n")


if __name__ == "__main__":
    sys.stdout.write(describe_events())
