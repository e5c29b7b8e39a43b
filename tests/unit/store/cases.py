"""Invocations, events and whole streams for the tests of the store."""

from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.model.phase import Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    FunctionLog,
    InvokeStart,
    ProjectLoaded,
    Record,
    Report,
    ReportMetrics,
)
from lambdatui.store.queue import QueuedEvent, UnfinishedEvent
from lambdatui.telemetry.event import TelemetryEvent

NOON_S = 1795219595.923417
ORDERS = FunctionName("orders-api")
E1A = EnvironmentId("e1a")


def invocation(request_id: str = "req-1", payload: bytes = b'{"a": 1}') -> Invocation:
    return Invocation(
        request_id=RequestId(request_id),
        function=ORDERS,
        payload=payload,
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders-api",
        timeout_s=3.0,
        trace_id="Root=1-5759e988-bd862e3fe1be46a994272793",
        invocation_type=InvocationType.EVENT,
    )


def queued(request_id: str = "req-1", payload: bytes = b'{"a": 1}', state: str = "waiting") -> QueuedEvent:
    event = AsyncEvent(request_id=RequestId(request_id), state=EventState(state), queued_s=NOON_S, due_s=NOON_S)
    return QueuedEvent(invocation=invocation(request_id, payload), event=event)


def unfinished(accepted: QueuedEvent) -> UnfinishedEvent:
    """As the next engine finds it."""
    return UnfinishedEvent(function=accepted.invocation.function, event=accepted.event)


def one_invoke(request_id: str) -> tuple[Record, ...]:
    """START, one line, END and REPORT, and the freeze that CloudWatch never shows."""
    request = RequestId(request_id)
    return (
        InvokeStart(request_id=request, version="$LATEST"),
        FunctionLog(request_id=request, lines=(f"hello from {request_id}",)),
        Report(
            request_id=request,
            status=Status.SUCCESS,
            metrics=ReportMetrics(duration_ms=1.5, billed_duration_ms=2, memory_size_mb=128, max_memory_used_mb=31),
        ),
        EnvironmentFrozen(),
    )


def stream(*records: Record, start: int = 1, function: FunctionName = ORDERS) -> list[TelemetryEvent]:
    return [
        TelemetryEvent(seq=seq, time_s=NOON_S + seq, record=record, function=function, environment=E1A)
        for seq, record in enumerate(records, start)
    ]


LOADED = ProjectLoaded(functions=(ORDERS,), problems=())
