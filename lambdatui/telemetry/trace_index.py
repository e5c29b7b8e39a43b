"""Which invocation a segment belongs to: by the header it was traced with, or by the segment it hangs on. Pure."""

import json
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.records import InvokeStart, TraceSegment
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.trace_header import parse_trace_header
from lambdatui.telemetry.trace_segments import Document, subsegments_of

KEPT_INVOCATIONS = 2_000
KEPT_SEGMENTS = 20_000

K = TypeVar("K")
V = TypeVar("V")


class Invoked(NamedTuple):
    request_id: RequestId
    function: FunctionName | None
    environment: EnvironmentId | None


class TraceIndex:
    """Of the newest invocations and segments; memory is bounded."""

    def __init__(self) -> None:
        self._by_trace: _Newest[str, Invoked] = _Newest(KEPT_INVOCATIONS)
        self._by_parent: _Newest[tuple[str, str], Invoked] = _Newest(KEPT_INVOCATIONS + KEPT_SEGMENTS)

    def learn(self, events: Iterable[TelemetryEvent]) -> None:
        for event in events:
            record = event.record
            if isinstance(record, InvokeStart) and record.tracing is not None:
                header = parse_trace_header(record.tracing.value)
                invoked = Invoked(record.request_id, event.function, event.environment)
                self._by_trace[header.root] = invoked
                self._by_parent[header.root, header.parent] = invoked

    def find(self, segment: TraceSegment) -> Invoked | None:
        """None for a trace that nothing was invoked with. What hangs on this segment is found by it from now on."""
        trace_id = segment.trace_id
        invoked = self._by_parent.get((trace_id, segment.parent_id or "")) or self._by_trace.get(trace_id)
        if invoked is not None:
            for segment_id in _ids(json.loads(segment.document)):
                self._by_parent[trace_id, segment_id] = invoked
        return invoked


class _Newest(dict[K, V], Generic[K, V]):
    """Forgets its oldest keys."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]


def _ids(document: Document) -> list[str]:
    found: list[str] = []
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each.get("id"), str):
            found.append(each["id"])
        waiting += subsegments_of(each)
    return found
