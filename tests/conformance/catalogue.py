"""The rules of the service that lambdatui follows, and which tests show it: read from ``rules/*.toml``.

A rule has ``tests``, as pytest names them without parameters; or, where no test can be, one sentence that says why:
``unenforceable`` for what this kind of program cannot do here, ``not_done`` for what is missing.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RULES = Path(__file__).with_name("rules")
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    text: str
    tests: tuple[str, ...] = ()
    unenforceable: str = ""
    not_done: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rules: tuple[Rule, ...]


def sections() -> tuple[Section, ...]:
    return tuple(_sections())


def _sections() -> Iterator[Section]:
    for path in sorted(RULES.glob("*.toml")):
        document = tomllib.loads(path.read_text())
        yield Section(
            document["title"],
            tuple(
                Rule(
                    rule_id,
                    fields["text"],
                    tuple(fields.get("tests", ())),
                    fields.get("unenforceable", ""),
                    fields.get("not_done", ""),
                )
                for rule_id, fields in document["rule"].items()
            ),
        )
