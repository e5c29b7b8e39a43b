"""An answer as people read it: an error with its type, message and stack, anything else as coloured JSON. Pure."""

import json
import re

from lambdatui.model.error_types import EXPLANATIONS
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.source_places import is_own
from lambdatui.tui.spans import Line, Span

MAX_ROWS = 5_000
_TOKEN = re.compile(
    r'(?P<label>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null|NaN|-?Infinity)"
)
_TONES = {"label": "info", "string": "ok", "number": "warn", "word": "accent"}
_FRAME = re.compile(r'^(?P<before>\s*File ")(?P<file>[^"]+)(?P<mid>", line )(?P<line>\d+)(?P<after>.*)$', re.DOTALL)


def body(payload: bytes, *, failed: bool) -> tuple[Line, ...]:
    """The rows of a payload. ``failed``: it is an error document, if it looks like one."""
    text = payload.decode("utf-8", errors="replace")
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return tuple(((row, "plain"),) for row in clean_rows(text)[:MAX_ROWS])
    if failed and isinstance(value, dict) and ("errorMessage" in value or "errorType" in value):
        return error_rows(value)
    pretty = json.dumps(value, indent=2, ensure_ascii=False)
    rows = [json_row(clean(row)) for row in pretty.split("\n", MAX_ROWS)[:MAX_ROWS]]
    return (*rows, *_inner(value))


def _inner(value: object) -> tuple[Line, ...]:
    """The ``body`` of an HTTP answer once more, readable: it is JSON inside a JSON string."""
    inner = value.get("body") if isinstance(value, dict) else None
    if not isinstance(inner, str) or not inner.lstrip().startswith(("{", "[")):
        return ()
    try:
        pretty = json.dumps(json.loads(inner), indent=2, ensure_ascii=False)
    except (json.JSONDecodeError, RecursionError):
        return ()
    rows = [json_row(clean(row)) for row in pretty.split("\n", MAX_ROWS)[:MAX_ROWS]]
    return ((), (("body, decoded", "faint"),), *rows)


def error_rows(document: dict[str, object]) -> tuple[Line, ...]:
    """errorType, errorMessage and what Lambda means by it, then the frames with file and line standing out."""
    rows: list[Line] = [((clean(str(document.get("errorType") or "Error")), "bad bold"),)]
    rows += [((row, "plain"),) for row in clean_rows(str(document.get("errorMessage") or ""))]
    if (meaning := EXPLANATIONS.get(str(document.get("errorType")))) is not None:
        rows.append(((meaning, "dim"),))
    stack = document.get("stackTrace") or document.get("trace") or ()
    if isinstance(stack, list | tuple) and stack:
        rows.append(())
        for entry in stack:
            rows += [_frame(row) for row in clean_rows(str(entry)) if row.strip()]
    known = {"errorType", "errorMessage", "stackTrace", "trace", "requestId"}
    rest = {key: value for key, value in document.items() if key not in known}
    if rest:
        rows.append(())
        rows += [json_row(clean(row)) for row in json.dumps(rest, indent=2, ensure_ascii=False).split("\n")]
    return tuple(rows[:MAX_ROWS])


def _frame(row: str) -> Line:
    found = _FRAME.match(row)
    if found is None:
        return ((row, "dim"),)
    if not is_own(found["file"]):
        return ((row, "faint"),)
    return ((found["before"], "faint"), (found["file"], "info bold"), (found["mid"], "faint"), (found["line"], "warn"),
            (found["after"], "faint"))  # fmt: skip


def json_row(row: str) -> Line:
    """One row of printed JSON with the tones of its tokens."""
    spans: list[Span] = []
    at = 0
    for token in _TOKEN.finditer(row):
        if token.start() > at:
            spans.append((row[at : token.start()], "dim"))
        spans.append((token.group(), _TONES[token.lastgroup or "word"]))
        at = token.end()
    if at < len(row):
        spans.append((row[at:], "dim"))
    return tuple(spans)
