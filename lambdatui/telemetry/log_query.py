"""The words that choose log lines: ``text``, ``!text`` and ``key:value``, all of which must hold. Pure.

The same words work in the panes of the screen, in the engine's history and in ``lambdatui logs --filter``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lambdatui.telemetry.written_level import written_level

KEYS = frozenset({"level", "req", "env", "fn"})
_LOOKS_LIKE_KEY = re.compile(r"[a-z]+:(?!//)")


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    negated: bool = False
    key: str = ""

    def holds(self, haystack: str, fields: Mapping[str, str]) -> bool:
        found = self.text in (fields.get(self.key, "").lower() if self.key else haystack)
        return found is not self.negated


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Case is ignored. A ``key:`` that nobody knows is taken as text. Without terms everything matches."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text, tuple(_term(word) for word in text.lower().split()))

    def matches(self, text: str, fields: Mapping[str, str] | None = None) -> bool:
        haystack = text.lower()
        return all(term.holds(haystack, fields or {}) for term in self.terms)

    def matches_line(self, text: str, *, request_id: str | None, environment: str | None, function: str | None) -> bool:
        """Whether a log line is wanted; what it belongs to may be unknown."""
        if not self.terms:
            return True
        fields = {
            "req": request_id or "",
            "env": environment or "",
            "fn": function or "",
            "level": written_level(text) if self._asks_for_level else "",
        }
        return self.matches(text, fields)

    @property
    def _asks_for_level(self) -> bool:
        return any(term.key == "level" for term in self.terms)

    @property
    def unknown_keys(self) -> tuple[str, ...]:
        """What looks like a ``key:`` and is none."""
        found = (_LOOKS_LIKE_KEY.match(term.text) for term in self.terms if not term.key)
        return tuple(match[0] for match in found if match is not None)

    @property
    def needles(self) -> tuple[str, ...]:
        """What to mark in the lines that match."""
        return tuple(term.text for term in self.terms if not term.negated and not term.key and term.text)


EVERY_LINE = LogQuery()


def _term(word: str) -> Term:
    negated = word.startswith("!") and len(word) > 1
    word = word[1:] if negated else word
    key, colon, value = word.partition(":")
    if colon and key in KEYS and value:
        return Term(value, negated, key)
    return Term(word, negated)
