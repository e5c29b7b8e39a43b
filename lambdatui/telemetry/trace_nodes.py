"""From the segments a handler's library sent to rows of a waterfall: a tree made of documents that hang together by
their nesting and by their parents' ids. Documents are a stranger's: loops and nonsense in them are harmless. Pure.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from lambdatui.model.records import TraceSegment
from lambdatui.telemetry.trace_rows import TraceRow
from lambdatui.telemetry.trace_segments import Document, name_of, subsegments_of, time_of

_MAX_TEXT_CHARS = 200
_MAX_ANNOTATIONS = 50


@dataclass(slots=True)
class _Node:
    document: Document
    start_s: float
    children: list[str] = field(default_factory=list)


def handler_rows(segments: Iterable[TraceSegment], depth: int) -> list[TraceRow]:
    """Top-level ones at ``depth``, siblings by their start. A later document replaces an earlier one of its id."""
    nodes: dict[str, _Node] = {}
    parents: dict[str, str] = {}
    for segment in segments:
        _plant(json.loads(segment.document), segment, nodes, parents)
    tops = []
    for segment_id in nodes:
        parent = nodes.get(parents.get(segment_id, ""))
        if parent is None:
            tops.append(segment_id)
        else:
            parent.children.append(segment_id)
    drawn: dict[str, TraceRow] = {}
    _draw(tops, depth, nodes, drawn)
    _draw([each for each in nodes if each not in drawn], depth, nodes, drawn)  # parents in a circle
    return list(drawn.values())


def _plant(document: Document, segment: TraceSegment, nodes: dict[str, _Node], parents: dict[str, str]) -> None:
    waiting = [(document, segment.parent_id or "")]
    while waiting:
        each, parent = waiting.pop()
        segment_id, start_s = each.get("id"), time_of(each, "start_time")
        if not isinstance(segment_id, str) or start_s is None:
            continue
        nodes[segment_id] = _Node(each, start_s)
        parents[segment_id] = parent
        waiting += [(child, segment_id) for child in subsegments_of(each)]


def _draw(tops: list[str], depth: int, nodes: dict[str, _Node], drawn: dict[str, TraceRow]) -> None:
    waiting = [(each, depth) for each in _latest_first(tops, nodes)]
    while waiting:
        segment_id, indented = waiting.pop()
        if segment_id in drawn:
            continue
        node = nodes[segment_id]
        drawn[segment_id] = _row(segment_id, node, indented)
        waiting += [(child, indented + 1) for child in _latest_first(node.children, nodes)]


def _latest_first(ids: list[str], nodes: dict[str, _Node]) -> list[str]:
    return sorted(ids, key=lambda each: nodes[each].start_s, reverse=True)


def _row(segment_id: str, node: _Node, depth: int) -> TraceRow:
    document = node.document
    end_s = time_of(document, "end_time")
    return TraceRow(
        name=name_of(document),
        depth=depth,
        start_s=node.start_s,
        end_s=None if end_s is None or end_s < node.start_s else end_s,
        status=next((word for word in ("fault", "error", "throttle") if document.get(word) is True), ""),
        detail=_detail(document),
        segment_id=segment_id,
        annotations=_annotations(document.get("annotations")),
    )


def _detail(document: Document) -> str:
    """What was called, as far as the document says it in a known place."""
    aws, http, sql = (_object(document, key) for key in ("aws", "http", "sql"))
    request, response = _object(http, "request"), _object(http, "response")
    words = [
        aws.get("operation"),
        *(aws.get(key) for key in ("table_name", "queue_url", "bucket_name", "topic_arn", "function_name", "key")),
        request.get("method"),
        request.get("url"),
        sql.get("sanitized_query"),
    ]
    status = response.get("status")
    said = [word for word in words if isinstance(word, str) and word]
    if isinstance(status, int) and said and not isinstance(status, bool):
        said.append(f"→ {status}")
    return " ".join(said)[:_MAX_TEXT_CHARS]


def _object(document: Document, key: str) -> Document:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _annotations(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    first = list(given.items())[:_MAX_ANNOTATIONS]
    return {key[:_MAX_TEXT_CHARS]: str(value)[:_MAX_TEXT_CHARS] for key, value in first if _is_plain(value)}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)
