"""Datagrams as X-Ray libraries send them to their daemon: one header line and one segment document. Pure.

Whatever runs in an environment can send anything: a document is taken only where it names its trace, itself and its
times, as the X-Ray documentation has it. Nothing else of it is looked at here.
"""

import json
import re
from typing import Any

from lambdatui.model.records import TraceSegment

MAX_DEPTH = 100
"""Of objects and arrays in a document; UDP bounds their number."""
_TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}", re.IGNORECASE)
_SEGMENT_ID = re.compile(r"[0-9a-f]{16}", re.IGNORECASE)
_MAX_NAME_CHARS = 200
_MAX_TIME_S = 253_402_300_800.0
"""The year 10000, where times stop to have a form."""

Document = dict[str, Any]  # JSON of a stranger: every use checks what it got


class BadSegment(Exception):
    """A datagram that X-Ray's own daemon would drop; the message says why."""


def parse_datagram(data: bytes) -> TraceSegment:
    """Raises BadSegment. Who sent it is not known here: ``request_id`` stays None."""
    head, separator, body = data.partition(b"\n")
    header = _json(head, "header line")
    if not separator or header.get("format") != "json" or header.get("version") != 1:
        raise BadSegment('the first line is not {"format":"json","version":1}')
    document = _json(body, "segment")
    if _too_deep(document):
        raise BadSegment(f"the segment is nested more than {MAX_DEPTH} deep")
    trace_id, segment_id = document.get("trace_id"), document.get("id")
    if not isinstance(trace_id, str) or not _TRACE_ID.fullmatch(trace_id):
        raise BadSegment("trace_id is not 1-, 8 digits, -, 24 digits")
    if not isinstance(segment_id, str) or not _SEGMENT_ID.fullmatch(segment_id):
        raise BadSegment("id is not 16 hexadecimal digits")
    start_s = time_of(document, "start_time")
    if start_s is None:
        raise BadSegment("start_time is not a number of seconds")
    end_s = time_of(document, "end_time")
    if end_s is None and document.get("in_progress") is not True:
        raise BadSegment("there is neither an end_time nor in_progress")
    parent_id = document.get("parent_id")
    return TraceSegment(
        trace_id=trace_id,
        segment_id=segment_id,
        parent_id=parent_id if isinstance(parent_id, str) and _SEGMENT_ID.fullmatch(parent_id) else None,
        name=name_of(document),
        start_s=start_s,
        end_s=end_s,
        document=body.decode("utf-8"),
    )


def name_of(document: Document) -> str:
    name = document.get("name")
    return name[:_MAX_NAME_CHARS] if isinstance(name, str) else ""


def time_of(document: Document, key: str) -> float | None:
    """Seconds since the epoch; None where that is no such number."""
    value = document.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _MAX_TIME_S:
        return None
    return float(value)


def subsegments_of(document: Document) -> list[Document]:
    children = document.get("subsegments")
    return [each for each in children if isinstance(each, dict)] if isinstance(children, list) else []


def _json(data: bytes, what: str) -> Document:
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadSegment(f"the {what} is not JSON") from None
    if not isinstance(document, dict):
        raise BadSegment(f"the {what} is not a JSON object")
    return document


def _too_deep(document: Document) -> bool:
    level: list[object] = [document]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
