"""Events that the standard decoder refuses: what is wrong, in the words and at the place that Lambda's decoder gives.

Runs only after a refusal, so it may be slow; it accepts exactly one thing more, a byte order mark before the document.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_WHITE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_FOUR_HEX = re.compile(r"[0-9a-fA-F]{4}")
_UNESCAPED = re.compile(r'[^"\\\x00-\x1f]*')
_MARKS = ("\ufeff", "\xef\xbb\xbf")


class Complaint(ValueError):
    """Bad JSON: what, line, column, and offset from the start of the document."""

    def __init__(self, what: str, text: str, position: int, end: int | None = None) -> None:
        line, column = _place(text, position)
        if end is None:
            super().__init__(f"{what}: line {line} column {column} (char {position})")
            return
        end_line, end_column = _place(text, end)
        span = f"line {line} column {column} - line {end_line} column {end_column} (char {position} - {end})"
        super().__init__(f"{what}: {span}")


def decode_after(refusal: ValueError, text: str, decode: Callable[[str], Any]) -> Any:
    """The document behind a byte order mark, if that was the trouble. Raises Complaint, or `refusal` if none fits."""
    start = next((len(mark) for mark in _MARKS if text.startswith(mark)), 0)
    if start:
        try:
            return decode(text[start:])
        except ValueError as second:
            refusal = second
    _Reader(text).read(start)
    raise refusal


class _Reader:
    """Walks a document without building it, and raises Complaint at the first fault."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, start: int) -> None:
        text = self._text
        self._open: list[str] = []
        position = self._after_white(start)
        while True:
            position = self._value(position)
            if position < 0:  # a container was entered: the next value starts at ~position
                position = ~position
                continue
            position = self._after_value(position)
            if position < 0:
                break
        # the outermost value ended at ~position
        end = self._after_white(~position)
        if end != len(text):
            raise Complaint("Extra data", text, end, len(text))

    def _value(self, position: int) -> int:
        """The end of the atom at `position`, or ~start of the first value in the container there."""
        text = self._text
        first = text[position : position + 1]
        if first == '"':
            return self._string(position)
        if first == "{":
            return self._enter_object(position + 1)
        if first == "[":
            return self._enter_array(position + 1)
        for literal in ("null", "true", "false"):
            if text.startswith(literal, position):
                return position + len(literal)
        number = _NUMBER.match(text, position)
        if number is None:
            raise Complaint("Expecting value", text, position)
        return number.end()

    def _enter_object(self, position: int) -> int:
        position = self._after_white(position)
        if self._at(position, "}"):
            return position + 1
        if not self._at(position, '"'):
            raise Complaint("Expecting property name enclosed in double quotes or '}'", self._text, position)
        self._open.append("}")
        return ~self._key(position)

    def _enter_array(self, position: int) -> int:
        position = self._after_white(position)
        if self._at(position, "]"):
            return position + 1
        if position >= len(self._text):
            raise Complaint("Expecting value or ']'", self._text, position)
        self._open.append("]")
        return ~position

    def _after_value(self, position: int) -> int:
        """Where the next value starts, or ~end when the document is over."""
        while self._open:
            position, closing = self._after_white(position), self._open[-1]
            if self._at(position, ","):
                return self._after_comma(position, closing)
            if not self._at(position, closing):
                raise Complaint(f"Expecting ',' delimiter or '{closing}'", self._text, position)
            self._open.pop()
            position += 1
        return ~position

    def _after_comma(self, comma: int, closing: str) -> int:
        position = self._after_white(comma + 1)
        kind = "object" if closing == "}" else "array"
        if self._at(position, closing):
            raise Complaint(f"Illegal trailing comma before end of {kind}", self._text, comma)
        if kind == "array":
            return position
        if not self._at(position, '"'):
            raise Complaint("Expecting property name enclosed in double quotes", self._text, position)
        return self._key(position)

    def _key(self, position: int) -> int:
        """From the quote of a key to the start of its value."""
        position = self._after_white(self._string(position))
        if not self._at(position, ":"):
            raise Complaint("Expecting ':' delimiter", self._text, position)
        return self._after_white(position + 1)

    def _string(self, quote: int) -> int:
        text, position = self._text, quote + 1
        while True:
            position = _UNESCAPED.match(text, position).end()  # type: ignore[union-attr]
            stop = text[position : position + 1]
            if stop == '"':
                return position + 1
            if stop == "\\":
                position = self._escape(quote, position + 1)
            elif stop:
                raise Complaint(f"Invalid control character {stop!r} at", text, position)
            else:
                raise Complaint("Unterminated string starting at", text, quote)

    def _escape(self, quote: int, position: int) -> int:
        kind = self._text[position : position + 1]
        if not kind:
            raise Complaint("Unterminated string starting at", self._text, quote)
        if kind == "u":
            if not _FOUR_HEX.match(self._text, position + 1):
                raise Complaint("Invalid \\uXXXX escape sequence", self._text, position - 1)
            return position + 5
        if kind not in '"\\/bfnrt':
            raise Complaint(f"Invalid \\X escape sequence {kind!r}", self._text, position)
        return position + 1

    def _after_white(self, position: int) -> int:
        return _WHITE.match(self._text, position).end()  # type: ignore[union-attr]

    def _at(self, position: int, character: str) -> bool:
        return self._text[position : position + 1] == character


def _place(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
