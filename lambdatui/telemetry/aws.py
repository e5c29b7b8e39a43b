"""Events in AWS's Telemetry API schema 2022-12-13: what a subscribed extension gets.

Families of our own have no place there. Durations have three decimals, times are ISO-8601 with milliseconds, a function
event is one line with its LF. Nothing is parsed here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.model.records import (
    ExtensionLog,
    FunctionLog,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    LogsDropped,
    LogsSubscription,
    PlatformExtension,
    Record,
    Report,
    RestoreReport,
    RestoreRuntimeDone,
    RestoreStart,
    RuntimeDone,
    Span,
    TelemetrySubscription,
    Tracing,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.timestamps import iso_millis

AwsEvent = dict[str, Any]
"""``time``, ``type`` and ``record``, ready for ``json.dumps``."""


def aws_events(event: TelemetryEvent) -> tuple[AwsEvent, ...]:
    """What a Telemetry API subscriber is sent for this event: several for a batch of function lines, often none.

    ``platform.fault`` is not among them: only the older Logs API had it.
    """
    record = event.record
    time = iso_millis(event.time_s)
    if isinstance(record, FunctionLog | ExtensionLog):
        return tuple({"time": time, "type": record.TYPE, "record": line + "\n"} for line in record.lines)
    if is_platform(record):
        return ({"time": time, "type": record.TYPE, "record": aws_record(record)},)
    return ()


def is_platform(record: Record) -> bool:
    """Whether it is a ``platform.*`` event of AWS's schema."""
    return type(record) in _BODY


def aws_record(record: Record) -> AwsEvent:
    """The ``record`` object of a platform event. Raises TypeError for a record AWS does not know."""
    body = _BODY.get(type(record))
    if body is None:
        raise TypeError(f"{type(record).__name__} is not part of AWS's schema")
    return body(record)


def _init_start(record: InitStart) -> AwsEvent:
    return _without_none(
        initializationType=record.initialization_type.value,
        phase=record.phase.value,
        **_instance(record),
        tracing=_tracing(record.tracing),
    )


def _instance(record: InitStart | RestoreStart) -> AwsEvent:
    return {
        "runtimeVersion": record.runtime_version,
        "runtimeVersionArn": record.runtime_version_arn,
        "functionName": record.function_name,
        "functionVersion": record.function_version,
        "instanceId": record.instance_id,
        "instanceMaxMemory": record.instance_max_memory,
    }


def _init_end(record: InitRuntimeDone | InitReport) -> AwsEvent:
    return _without_none(
        initializationType=record.initialization_type.value,
        phase=record.phase.value,
        status=record.status.value,
        errorType=record.error_type,
        metrics=_duration(record.metrics.duration_ms) if isinstance(record, InitReport) else None,
        spans=_spans(record.spans),
        tracing=_tracing(record.tracing),
    )


def _restore_end(record: RestoreRuntimeDone | RestoreReport) -> AwsEvent:
    return _without_none(
        status=record.status.value,
        errorType=record.error_type,
        metrics=_duration(record.metrics.duration_ms) if isinstance(record, RestoreReport) else None,
        spans=_spans(record.spans),
        tracing=_tracing(record.tracing) if isinstance(record, RestoreRuntimeDone) else None,
    )


def _start(record: InvokeStart) -> AwsEvent:
    return _without_none(
        requestId=record.request_id,
        functionArn=record.function_arn,
        version=record.version,
        tracing=_tracing(record.tracing),
        tenantId=record.tenant_id,
    )


def _runtime_done(record: RuntimeDone) -> AwsEvent:
    metrics = record.metrics
    return _without_none(
        requestId=record.request_id,
        status=record.status.value,
        errorType=record.error_type,
        metrics=_without_none(durationMs=round(metrics.duration_ms, 3), producedBytes=metrics.produced_bytes),
        spans=_spans(record.spans),
        tracing=_tracing(record.tracing),
        tenantId=record.tenant_id,
    )


def _report(record: Report) -> AwsEvent:
    metrics = record.metrics
    return _without_none(
        requestId=record.request_id,
        status=record.status.value,
        errorType=record.error_type,
        metrics=_without_none(
            durationMs=round(metrics.duration_ms, 3),
            billedDurationMs=metrics.billed_duration_ms,
            memorySizeMB=metrics.memory_size_mb,
            maxMemoryUsedMB=metrics.max_memory_used_mb,
            initDurationMs=_rounded(metrics.init_duration_ms),
            restoreDurationMs=_rounded(metrics.restore_duration_ms),
        ),
        spans=_spans(record.spans),
        tracing=_tracing(record.tracing),
        tenantId=record.tenant_id,
    )


def _extension(record: PlatformExtension) -> AwsEvent:
    return _without_none(name=record.name, state=record.state, events=list(record.events), errorType=record.error_type)


def _subscription(record: TelemetrySubscription | LogsSubscription) -> AwsEvent:
    return {"name": record.name, "state": record.state, "types": list(record.types)}


def _dropped(record: LogsDropped) -> AwsEvent:
    return {
        "droppedBytes": record.dropped_bytes,
        "droppedRecords": record.dropped_records,
        "reason": record.reason,
    }


def _duration(duration_ms: float) -> AwsEvent:
    return {"durationMs": round(duration_ms, 3)}


def _rounded(duration_ms: float | None) -> float | None:
    return None if duration_ms is None else round(duration_ms, 3)


def _spans(spans: tuple[Span, ...]) -> list[AwsEvent] | None:
    return [
        {"name": span.name, "start": iso_millis(span.start_s), "durationMs": round(span.duration_ms, 3)}
        for span in spans
    ] or None


def _tracing(tracing: Tracing | None) -> AwsEvent | None:
    return None if tracing is None else _without_none(spanId=tracing.span_id, type=tracing.type, value=tracing.value)


def _without_none(**values: object) -> AwsEvent:
    return {key: value for key, value in values.items() if value is not None}


# Any: each function takes the record class it stands beside
_BODY: Mapping[type[Record], Callable[[Any], AwsEvent]] = {
    InitStart: _init_start,
    InitRuntimeDone: _init_end,
    InitReport: _init_end,
    RestoreStart: lambda record: _without_none(**_instance(record)),
    RestoreRuntimeDone: _restore_end,
    RestoreReport: _restore_end,
    InvokeStart: _start,
    RuntimeDone: _runtime_done,
    Report: _report,
    PlatformExtension: _extension,
    TelemetrySubscription: _subscription,
    LogsSubscription: _subscription,
    LogsDropped: _dropped,
}
