"""How one answer differs from another: JSON is compared by value and shown by path, anything else by line. Pure."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass

Json = object
_ABSENT = object()
MAX_LINES = 400


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``path`` is like ``body.items[2].price``; a side that has nothing there is None."""

    path: str
    before: str | None
    after: str | None


def diff_answers(before: bytes, after: bytes) -> tuple[Change, ...]:
    """Empty where both mean the same: spaces and the order of keys do not count where both are JSON.

    A string that holds JSON itself (the body of an HTTP response) is compared as what it holds.
    """
    if before == after:
        return ()
    try:
        left, right = json.loads(before), json.loads(after)
    except ValueError:
        return tuple(_by_line(before.decode("utf-8", "replace"), after.decode("utf-8", "replace")))
    return tuple(_by_value("", left, right))


def _by_value(path: str, before: Json, after: Json) -> Iterator[Change]:
    before, after = _opened(before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}" if path else str(key)
            yield from _by_value(inner, before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else _ABSENT
            right = after[index] if index < len(after) else _ABSENT
            yield from _by_value(f"{path}[{index}]", left, right)
    elif not _same(before, after):
        yield Change(path, _text(before), _text(after))


def _same(before: Json, after: Json) -> bool:
    """As JSON has it: true is not 1."""
    return before == after and isinstance(before, bool) is isinstance(after, bool)


def _opened(before: Json, after: Json) -> tuple[Json, Json]:
    if not (isinstance(before, str) and isinstance(after, str)) or before == after:
        return before, after
    try:
        left, right = json.loads(before), json.loads(after)
    except ValueError:
        return before, after
    return (left, right) if isinstance(left, dict | list) and isinstance(right, dict | list) else (before, after)


def _text(value: Json) -> str | None:
    return None if value is _ABSENT else json.dumps(value, ensure_ascii=False)


def _by_line(before: str, after: str) -> Iterator[Change]:
    left, right = before.splitlines()[:MAX_LINES], after.splitlines()[:MAX_LINES]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(f"line {i1 + 1}", "\n".join(left[i1:i2]) or None, "\n".join(right[j1:j2]) or None)
