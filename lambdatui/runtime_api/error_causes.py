"""The cause of an error for X-Ray, as a runtime posts it: taken where it says something, cropped to 64 KiB. Pure.

The rules of what is a cause and of what is left of a long one are the service's.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from lambdatui.model.error_cause import CauseException, ErrorCause, StackFrame

MAX_CAUSE_BYTES = 64 * 1024
"""Of a whole segment's document, in fact; so of a cause at the most."""
_SHARES = (0.8, 0.6, 0.4, 0.2)
_FOR_NAMES_BYTES = 4096
_LONGEST_TEXT_BYTES = (MAX_CAUSE_BYTES - _FOR_NAMES_BYTES) // 2

Document = dict[str, Any]  # JSON of a stranger: every use checks what it got
T = TypeVar("T")


def error_cause(given: bytes | object) -> ErrorCause | None:
    """Of a header's JSON text, or of what was parsed already; None where it is no cause, or says nothing."""
    try:
        document = json.loads(given.decode("utf-8")) if isinstance(given, bytes) else given
        cause = _read(document)
    except (ValueError, RecursionError):
        return None
    return None if cause is None or cause == ErrorCause() else _cropped(cause)


def _read(document: object) -> ErrorCause | None:
    """Raises ValueError for a field of another type than it should have."""
    if not isinstance(document, dict):
        return None
    fields = {key.lower(): value for key, value in document.items()}
    return ErrorCause(
        exceptions=_list_of(fields, "exceptions", _exception),
        working_directory=_text(fields, "working_directory"),
        paths=_list_of(fields, "paths", _as_text),
        message=_text(fields, "message"),
    )


def _exception(given: object) -> CauseException:
    fields = _fields(given)
    stack = _list_of(fields, "stack", _frame)
    return CauseException(message=_text(fields, "message"), type=_text(fields, "type"), stack=stack)


def _frame(given: object) -> StackFrame:
    fields = _fields(given)
    line = fields.get("line")
    if line is not None and (not isinstance(line, int) or isinstance(line, bool)):
        raise ValueError("line is no whole number")
    return StackFrame(path=_text(fields, "path"), line=line or 0, label=_text(fields, "label"))


def _fields(given: object) -> Document:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValueError("no object")
    return {key.lower(): value for key, value in given.items()}


def _list_of(fields: Document, name: str, read: Callable[[object], T]) -> tuple[T, ...]:
    given = fields.get(name)
    if given is None:
        return ()
    if not isinstance(given, list):
        raise ValueError(f"{name} is no list")
    return tuple(map(read, given))


def _text(fields: Document, name: str) -> str:
    return _as_text(fields.get(name))


def _as_text(given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ValueError("no text")
    return given


def _cropped(cause: ErrorCause) -> ErrorCause:
    """The first exceptions and paths, as many as fit; where not even a fifth of them does, only the texts."""
    if _size_bytes(cause) <= MAX_CAUSE_BYTES:
        return cause
    for share in _SHARES:
        shorter = replace(
            cause,
            exceptions=cause.exceptions[: int(len(cause.exceptions) * share)],
            paths=cause.paths[: int(len(cause.paths) * share)],
        )
        if _size_bytes(shorter) <= MAX_CAUSE_BYTES:
            return shorter
    return ErrorCause(message=_cut(cause.message), working_directory=_cut(cause.working_directory))


def _cut(text: str) -> str:
    whole = text.encode("utf-8", "replace")
    if len(whole) <= _LONGEST_TEXT_BYTES:
        return text
    return whole[: _LONGEST_TEXT_BYTES - 3].decode("utf-8", "ignore") + "..."


def _size_bytes(cause: ErrorCause) -> int:
    """As X-Ray has it, where a field that says nothing is left out."""
    exceptions = [
        {
            "message": each.message,
            "type": each.type,
            "stack": [{"path": frame.path, "line": frame.line, "label": frame.label} for frame in each.stack],
        }
        for each in cause.exceptions
    ]
    document = {
        "exceptions": exceptions,
        "working_directory": cause.working_directory,
        "paths": cause.paths,
        "message": cause.message,
    }
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))
