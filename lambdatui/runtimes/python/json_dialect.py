"""Where Lambda's JSON encoder differs from the standard library's: named tuples, bytes, Decimal, its complaints.

Slow and exact; runs only for values that the standard encoder refuses or would write differently.
"""

from __future__ import annotations

import sys
from json.encoder import encode_basestring, encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def encode(value: Any, ensure_ascii: bool) -> str:
    """JSON text of `value`. Raises TypeError, ValueError, RecursionError or what the value's own methods raise."""
    writer = _Writer(encode_basestring_ascii if ensure_ascii else encode_basestring)
    try:
        writer.write(value)
    except RecursionError:
        raise RecursionError("maximum recursion depth exceeded while encoding a JSON object") from None
    return "".join(writer.pieces)


class _Writer:
    def __init__(self, quote: Callable[[str], str]) -> None:
        self.pieces: list[str] = []
        self._quote = quote
        self._open: set[int] = set()

    def write(self, value: Any) -> None:
        text = _text_of(value)
        if text is not None:
            self.pieces.append(self._quote(text))
            return
        atom = _atom_of(value)
        if atom is not None:
            self.pieces.append(atom)
            return
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        self._write_container(value)
        self._open.discard(id(value))

    def _write_container(self, value: Any) -> None:
        fields = _named_fields(value)
        if fields is not None:
            self._write_object(fields)
        elif isinstance(value, (list, tuple)):
            self._write_array(value)
        elif isinstance(value, dict):
            self._write_object(value)
        else:
            self.pieces.append(_decimal_of(value))

    def _write_array(self, items: Any) -> None:
        separator = "["
        for item in items:
            self.pieces.append(separator)
            self.write(item)
            separator = ", "
        self.pieces.append("[]" if separator == "[" else "]")

    def _write_object(self, fields: Any) -> None:
        separator = "{"
        for key, item in fields.items():
            self.pieces.append(separator + self._quote(_key_of(key)) + ": ")
            self.write(item)
            separator = ", "
        self.pieces.append("{}" if separator == "{" else "}")


def _text_of(value: Any) -> str | None:
    if isinstance(value, bytes):
        return str(value, "utf-8")
    return value if isinstance(value, str) else None


def _atom_of(value: Any) -> str | None:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float_text(value)
    return None


def _float_text(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _key_of(key: Any) -> str:
    text = _text_of(key)
    if text is None:
        text = _atom_of(key)
    if text is None:
        raise TypeError(f"keys must be str, int, float, bool or None, not {key.__class__.__name__}")
    return text


def _named_fields(value: Any) -> dict[Any, Any] | None:
    """What `_asdict()` says, which is how named tuples become objects."""
    as_dict = getattr(value, "_asdict", None)
    if not callable(as_dict):
        return None
    try:
        fields = as_dict()
    except TypeError:
        return None
    if not isinstance(fields, dict):
        raise TypeError(f"_asdict() must return a dict, not {type(fields).__name__}")
    return fields


def _decimal_of(value: Any) -> str:
    # Where nobody has imported decimal, nobody has a Decimal.
    decimal = sys.modules.get("decimal")
    if decimal is None or not isinstance(value, decimal.Decimal):
        raise TypeError(f"Object of type {value.__class__.__name__} is not JSON serializable")
    return "NaN" if value.is_nan() else str(value)
