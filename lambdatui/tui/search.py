"""The filter grammar of every pane: ``text``, ``!text`` and ``key:value``, all of which must hold. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lambdatui.tui.spans import Line


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    negated: bool = False
    key: str = ""

    def holds(self, haystack: str, fields: Mapping[str, str]) -> bool:
        found = self.text in (fields.get(self.key, "").lower() if self.key else haystack)
        return found is not self.negated


@dataclass(frozen=True, slots=True)
class Query:
    """Case is ignored. A ``key:`` that nobody knows is taken as text."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text, tuple(_term(word) for word in text.lower().split()))

    def matches(self, text: str, fields: Mapping[str, str] | None = None) -> bool:
        haystack = text.lower()
        return all(term.holds(haystack, fields or {}) for term in self.terms)

    @property
    def needles(self) -> tuple[str, ...]:
        """What to mark in the rows that pass."""
        return tuple(term.text for term in self.terms if not term.negated and not term.key and term.text)


KEYS = frozenset({"level", "req", "env", "fn"})


def _term(word: str) -> Term:
    negated = word.startswith("!") and len(word) > 1
    word = word[1:] if negated else word
    key, colon, value = word.partition(":")
    if colon and key in KEYS and value:
        return Term(value, negated, key)
    return Term(word, negated)


def mark(line: Line, needles: tuple[str, ...]) -> Line:
    """``line`` with every occurrence of a needle in the tone ``hit``; a needle across two spans is not marked."""
    if not needles:
        return line
    marked: list[tuple[str, str]] = []
    for text, tone in line:
        lowered, at = text.lower(), 0
        if len(lowered) != len(text):
            marked.append((text, tone))
            continue
        while at < len(text):
            found = min(((lowered.find(needle, at), len(needle)) for needle in needles if needle in lowered[at:]),
                        default=None)  # fmt: skip
            if found is None:
                marked.append((text[at:], tone))
                break
            start, length = found
            marked += [(text[at:start], tone)] if start > at else []
            marked.append((text[start : start + length], "hit"))
            at = start + length
    return tuple(marked)
