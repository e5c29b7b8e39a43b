"""The trace of an invoke as rows: what the platform did, and the handler's own segments in it."""

import json
from typing import Any

from lambdatui.model.error_cause import CauseException, ErrorCause
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import (
    InitMetrics,
    InitReport,
    InitStart,
    InvokeAccepted,
    InvokeStart,
    Record,
    RuntimeDone,
    RuntimeDoneMetrics,
    TraceErrorCause,
    TraceSegment,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.trace_rows import TraceRow
from lambdatui.telemetry.waterfall import MAX_ROWS, Waterfall, waterfall, waterfall_json
from tests.unit.telemetry.samples import E1A, ORDERS, REQUEST, TRACING, event, report

TRACE = "1-6920f8ab-0123456789abcdef01234567"
START_S = 1000.0


def at(second: float, record: Record) -> TelemetryEvent:
    return event(record, at=second)


def init(start_s: float, end_s: float, status: Status = Status.SUCCESS) -> list[TelemetryEvent]:
    begin = InitStart(
        phase=InitPhase.INIT, function_name=ORDERS, function_version="1", instance_id="i", instance_max_memory=128
    )
    end = InitReport(phase=InitPhase.INIT, status=status, metrics=InitMetrics(duration_ms=1.0))
    return [at(start_s, begin), at(end_s, end)]


def start() -> TelemetryEvent:
    return at(START_S, InvokeStart(request_id=REQUEST, version="1", tracing=TRACING))


def done(duration_ms: float, status: Status = Status.SUCCESS) -> TelemetryEvent:
    return at(
        START_S + 1,
        RuntimeDone(request_id=REQUEST, status=status, metrics=RuntimeDoneMetrics(duration_ms=duration_ms)),
    )


def ended(duration_ms: float, status: Status = Status.SUCCESS) -> TelemetryEvent:
    return at(START_S + 1, report(duration_ms=duration_ms, status=status))


def sent(segment_id: str, parent_id: str | None = None, start_s: float = 1.0, **more: Any) -> TelemetryEvent:
    document = {"id": segment_id, "name": segment_id, "start_time": start_s, "end_time": start_s + 1, **more}
    return at(
        START_S + 1,
        TraceSegment(
            request_id=REQUEST,
            trace_id=TRACE,
            segment_id=segment_id,
            parent_id=parent_id,
            name=segment_id,
            start_s=start_s,
            end_s=start_s + 1,
            document=json.dumps(document),
        ),
    )


def trace(*events: TelemetryEvent) -> Waterfall:
    found = waterfall(events, REQUEST)
    assert found is not None
    return found


def tree(*events: TelemetryEvent) -> list[tuple[int, str]]:
    """Depth and name of what the handler sent."""
    return [(row.depth, row.name) for row in trace(start(), *events).rows if row.depth > 1]


def test_invoke_that_has_not_started_has_no_trace() -> None:
    assert waterfall(init(1.0, 2.0), REQUEST) is None


def test_cold_invoke_is_init_invocation_and_overhead() -> None:
    accepted = InvokeAccepted(request_id=REQUEST, invocation_type="RequestResponse", payload_bytes=2)
    found = trace(at(998.0, accepted), *init(998.5, 999.5), start(), done(250.0), ended(375.0))
    assert found == Waterfall(
        request_id=REQUEST,
        function=ORDERS,
        environment=E1A,
        trace_id=TRACE,
        sampled=True,
        start_s=998.0,
        end_s=1000.375,
        rows=(
            TraceRow(name="orders-api", depth=0, start_s=998.0, end_s=1000.375),
            TraceRow(name="Init", depth=1, start_s=998.5, end_s=999.5),
            TraceRow(name="Invocation", depth=1, start_s=1000.0, end_s=1000.25),
            TraceRow(name="Overhead", depth=1, start_s=1000.25, end_s=1000.375),
        ),
    )


def test_warm_invoke_has_no_init() -> None:
    earlier = at(900.0, InvokeStart(request_id=RequestId("another"), version="1"))
    names = [row.name for row in trace(*init(800.0, 801.0), earlier, start(), ended(1.0)).rows]
    assert names == ["orders-api", "Invocation"]


def test_running_invoke_has_no_end() -> None:
    found = trace(start())
    assert (found.end_s, [row.end_s for row in found.rows]) == (None, [None, None])


def test_failure_is_shown_where_it_happened() -> None:
    rows = trace(*init(998.0, 999.0, Status.TIMEOUT), start(), done(1.0, Status.ERROR), ended(1.0, Status.ERROR)).rows
    assert [row.status for row in rows] == ["fault", "fault", "fault"]


def test_cause_of_a_failure_is_shown_beside_the_invocation_and_stands_whole_in_the_json() -> None:
    cause = ErrorCause(exceptions=(CauseException(type="ValueError", message="boom"),), working_directory="/var/task")
    told = at(START_S + 0.5, TraceErrorCause(request_id=REQUEST, cause=cause))
    trace = waterfall([start(), told, done(10.0, Status.ERROR), ended(10.0, Status.ERROR)], REQUEST)
    assert trace is not None
    (row,) = [row for row in trace.rows if row.name == "Invocation"]
    assert (row.detail, row.cause) == ("ValueError: boom", cause)
    (shown,) = [row["cause"] for row in json.loads(waterfall_json(trace))["rows"] if "cause" in row]
    assert shown["exceptions"] == [{"message": "boom", "type": "ValueError", "stack": []}]


def test_second_attempt_replaces_the_first() -> None:
    later = at(2000.0, InvokeStart(request_id=REQUEST, version="1"))
    assert trace(start(), sent("a"), ended(1.0), later).rows[1].start_s == 2000.0


def test_segments_are_nested_by_document_and_by_parent_and_siblings_follow_their_start() -> None:
    inner = [
        {"id": "late", "name": "late", "start_time": 3.0, "end_time": 4.0},
        {"id": "soon", "name": "soon", "start_time": 2.0, "end_time": 3.0},
    ]
    streamed = sent("streamed", parent_id="soon", start_s=2.5)
    assert tree(streamed, sent("second", start_s=9.0), sent("first", subsegments=inner)) == [
        (2, "first"),
        (3, "soon"),
        (4, "streamed"),
        (3, "late"),
        (2, "second"),
    ]


def test_segment_that_comes_again_replaces_what_it_was() -> None:
    unfinished = sent("a", end_time=None, in_progress=True)
    rows = trace(start(), unfinished, sent("a")).rows
    assert [(row.name, row.end_s) for row in rows[2:]] == [("a", 2.0)]


def test_parents_in_a_circle_are_shown_once_each() -> None:
    assert sorted(name for _, name in tree(sent("a", parent_id="b"), sent("b", parent_id="a"))) == ["a", "b"]


def test_row_says_what_was_called_and_how_it_went() -> None:
    http = {"request": {"method": "GET", "url": "https://a/b"}, "response": {"status": 503}}
    (row,) = trace(start(), sent("a", http=http, fault=True, annotations={"user": "x", "list": []})).rows[2:]
    assert (row.detail, row.status, row.annotations) == ("GET https://a/b → 503", "fault", {"user": "x"})


def test_call_of_an_aws_service_names_operation_and_resource() -> None:
    (row,) = trace(start(), sent("DynamoDB", aws={"operation": "GetItem", "table_name": "orders"})).rows[2:]
    assert row.detail == "GetItem orders"


def test_nonsense_in_known_places_is_passed_over() -> None:
    (row,) = trace(start(), sent("a", http=[], aws="x", sql={"sanitized_query": 7}, end_time=-5, annotations=3)).rows[
        2:
    ]
    assert (row.detail, row.end_s, row.annotations) == ("", None, {})


def test_handler_that_sends_without_end_is_cut_off_and_it_is_said() -> None:
    inner = [{"id": str(number), "name": "n", "start_time": 1.0, "end_time": 2.0} for number in range(MAX_ROWS + 10)]
    found = trace(start(), sent("a", subsegments=inner), ended(1.0))
    assert (len(found.rows), found.truncated) == (MAX_ROWS, True)


def test_trace_is_json() -> None:
    document = json.loads(waterfall_json(trace(start(), done(250.0), ended(250.0))))
    assert document["traceId"] == TRACE
    assert document["rows"][1] == {
        "name": "Invocation",
        "depth": 1,
        "startS": 1000.0,
        "endS": 1000.25,
        "status": "",
        "detail": "",
        "segmentId": "",
        "annotations": {},
    }
