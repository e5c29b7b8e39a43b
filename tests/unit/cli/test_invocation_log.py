"""Which lines of the stream belong to one invocation."""

from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.records import (
    FunctionLog,
    InvokeAccepted,
    InvokeStart,
    PlatformFault,
    QueueMoved,
    Record,
    Report,
    ReportMetrics,
)
from lambdatui.telemetry.event import TelemetryEvent

OURS, THEIRS = RequestId("ours"), RequestId("theirs")


def event(record: Record, environment: str | None = "e1", function: str = "f") -> TelemetryEvent:
    where = None if environment is None else EnvironmentId(environment)
    return TelemetryEvent(seq=1, time_s=0.0, record=record, function=FunctionName(function), environment=where)


def said(text: str, request_id: RequestId | None, environment: str = "e1") -> TelemetryEvent:
    return event(FunctionLog(request_id=request_id, lines=(text,)), environment)


def start(request_id: RequestId, environment: str = "e1") -> TelemetryEvent:
    return event(InvokeStart(request_id=request_id, version="$LATEST"), environment)


def report(request_id: RequestId) -> TelemetryEvent:
    metrics = ReportMetrics(duration_ms=1.0, billed_duration_ms=1, memory_size_mb=128)
    return event(Report(request_id=request_id, status=Status.SUCCESS, metrics=metrics))


def accepted(request_id: RequestId, payload_bytes: int = 2) -> TelemetryEvent:
    record = InvokeAccepted(request_id=request_id, invocation_type="RequestResponse", payload_bytes=payload_bytes)
    return event(record, environment=None)


def test_lines_of_init_come_before_start_of_the_first_invocation() -> None:
    log = InvocationLog("f", request_id=OURS)
    assert log.feed([said("loading", None)]) == []
    lines = log.feed([start(OURS), said("working", OURS), report(OURS)])
    assert [line.split()[0] for line in lines] == ["loading", "START", "working", "END", "REPORT"]
    assert log.environment == "e1"
    assert log.report is not None


def test_what_others_say_at_the_same_time_is_not_ours() -> None:
    log = InvocationLog("f", request_id=OURS)
    theirs = [said("their init", None, "e2"), start(THEIRS, "e2"), said("their work", THEIRS, "e2"), report(THEIRS)]
    other_function = event(FunctionLog(request_id=OURS, lines=("elsewhere",)), function="g")
    assert log.feed([*theirs, other_function, start(OURS)]) == ["START RequestId: ours Version: $LATEST"]
    assert log.report is None


def test_without_an_id_the_first_acceptance_that_looks_like_ours_is_followed() -> None:
    log = InvocationLog("f", payload_bytes=2)
    lines = log.feed([accepted(THEIRS, payload_bytes=99), accepted(OURS), start(OURS)])
    assert lines == ["START RequestId: ours Version: $LATEST"]
    assert log.settle(OURS) == []


def test_a_wrong_guess_is_made_good_once_the_id_is_known() -> None:
    log = InvocationLog("f", payload_bytes=2)
    log.feed([accepted(THEIRS), accepted(OURS), start(THEIRS, "e2"), said("init", None), start(OURS), report(OURS)])
    lines = log.settle(OURS)
    assert [line.split()[0] for line in lines] == ["init", "START", "END", "REPORT"]
    assert log.environment == "e1"


def test_why_an_invocation_could_not_begin_is_kept_for_the_end() -> None:
    log = InvocationLog("f", request_id=OURS)
    assert log.feed([event(PlatformFault(request_id=None, message="no place could be made"))]) == []
    assert log.rest() == ["no place could be made"]
    assert log.rest() == []


def test_a_first_attempt_is_over_when_it_succeeded_or_waits_for_the_next() -> None:
    log = InvocationLog("f", request_id=OURS)
    over = []
    for state, error_type in [("waiting", None), ("running", None), ("waiting", "ValueError")]:
        moved = QueueMoved(request_id=OURS, state=state, attempt=1, error_type=error_type)
        log.feed([event(moved, environment=None)])
        over.append(log.attempt_ended)
    assert over == [False, False, True]
