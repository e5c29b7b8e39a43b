"""The trace of one invoke as rows of a waterfall: what the platform did, and in it what the handler's library sent.

Pure: telemetry events in, rows out. Kept out of the views, for nobody looks at more than one trace at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lambdatui.model.error_cause import ErrorCause
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.records import (
    InitReport,
    InitStart,
    InvokeAccepted,
    InvokeStart,
    Report,
    RestoreReport,
    RestoreStart,
    RuntimeDone,
    TraceErrorCause,
    TraceSegment,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.json_codec import encoder
from lambdatui.telemetry.trace_header import parse_trace_header
from lambdatui.telemetry.trace_nodes import handler_rows
from lambdatui.telemetry.trace_rows import TraceRow

MAX_ROWS = 500
MAX_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Rows in the order of a tree, from the top. Times are seconds since the epoch; ``end_s`` is None while it runs.

    ``trace_id`` is empty where the invoke had no trace. ``truncated``: the handler sent more than is shown.
    """

    request_id: RequestId
    function: FunctionName | None
    environment: EnvironmentId | None
    trace_id: str
    sampled: bool
    start_s: float
    end_s: float | None
    rows: tuple[TraceRow, ...]
    truncated: bool = False


@dataclass(slots=True, kw_only=True)
class _Stretch:
    name: str
    start_s: float
    end_s: float | None = None
    failed: bool = False
    cause: ErrorCause | None = None

    def row(self, depth: int) -> TraceRow:
        return TraceRow(
            name=self.name,
            depth=depth,
            start_s=self.start_s,
            end_s=self.end_s,
            status="fault" if self.failed else "",
            detail="" if self.cause is None else self.cause.headline[:MAX_DETAIL_CHARS],
            cause=self.cause,
        )


@dataclass(slots=True)
class _Invoke:
    """What is known of the newest attempt."""

    start: TelemetryEvent
    before: list[_Stretch]
    invocation: _Stretch
    overhead: _Stretch | None = None
    end_s: float | None = None
    failed: bool = False
    segments: dict[str, TraceSegment] = field(default_factory=dict)


def waterfall(events: Iterable[TelemetryEvent], request_id: RequestId) -> Waterfall | None:
    """Of the newest attempt of an invoke, from the events of its environment in their order; others do no harm.

    None before the invoke started.
    """
    accepted_s: float | None = None
    invoke: _Invoke | None = None
    preparing: dict[EnvironmentId | None, list[_Stretch]] = {}
    for event in events:
        record = event.record
        if isinstance(record, InitStart | RestoreStart):
            name = "Init" if isinstance(record, InitStart) else "Restore"
            preparing.setdefault(event.environment, []).append(_Stretch(name=name, start_s=event.time_s))
        elif isinstance(record, InitReport | RestoreReport):
            for stretch in preparing.get(event.environment, [])[-1:]:
                stretch.end_s, stretch.failed = event.time_s, record.status is not Status.SUCCESS
        elif isinstance(record, InvokeStart):
            before = preparing.pop(event.environment, [])
            if record.request_id == request_id:
                invoke = _Invoke(event, before, _Stretch(name="Invocation", start_s=event.time_s))
        elif isinstance(record, InvokeAccepted):
            if record.request_id == request_id:
                accepted_s = event.time_s
        elif invoke is not None and getattr(record, "request_id", None) == request_id:
            _take(invoke, event)
    return None if invoke is None else _drawn(invoke, request_id, accepted_s)


def waterfall_json(trace: Waterfall) -> str:
    return encoder(Waterfall)(trace)


def _take(invoke: _Invoke, event: TelemetryEvent) -> None:
    record, start_s = event.record, invoke.start.time_s
    match record:
        case RuntimeDone():
            invoke.invocation.end_s = start_s + record.metrics.duration_ms / 1000
            invoke.invocation.failed = record.status is not Status.SUCCESS
        case Report():
            invoke.end_s = start_s + record.metrics.duration_ms / 1000
            invoke.failed = record.status is not Status.SUCCESS
            done_s = invoke.invocation.end_s
            if done_s is None:
                invoke.invocation.end_s = invoke.end_s
            elif invoke.end_s > done_s:
                invoke.overhead = _Stretch(name="Overhead", start_s=done_s, end_s=invoke.end_s)
        case TraceErrorCause():
            invoke.invocation.cause = record.cause
        case TraceSegment():
            invoke.segments[record.segment_id] = record


def _drawn(invoke: _Invoke, request_id: RequestId, accepted_s: float | None) -> Waterfall:
    started = invoke.start.record
    tracing = started.tracing if isinstance(started, InvokeStart) else None
    header = parse_trace_header("" if tracing is None else tracing.value)
    began = [invoke.invocation.start_s, *(each.start_s for each in invoke.before)]
    start_s = min(began if accepted_s is None else [*began, accepted_s])
    whole = _Stretch(name=invoke.start.function or "", start_s=start_s, end_s=invoke.end_s, failed=invoke.failed)
    rows = [whole.row(0), *(each.row(1) for each in invoke.before), invoke.invocation.row(1)]
    sent = handler_rows(invoke.segments.values(), depth=2)
    rows += sent[: MAX_ROWS - len(rows)]
    truncated = len(rows) >= MAX_ROWS
    if invoke.overhead is not None:
        rows.append(invoke.overhead.row(1))
    return Waterfall(
        request_id=request_id,
        function=invoke.start.function,
        environment=invoke.start.environment,
        trace_id=header.root,
        sampled=header.sampled,
        start_s=start_s,
        end_s=invoke.end_s,
        rows=tuple(rows),
        truncated=truncated,
    )
