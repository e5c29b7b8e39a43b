"""Events in AWS's Telemetry API schema 2022-12-13: what a subscribed extension gets.

Families of our own have no place there. Durations have three decimals, times are ISO-8601 with milliseconds, a function
event is one line with its LF. Nothing is parsed here.
"""

from collections.abc import Mapping
from typing import Any

from lambdatui.model.records import (
    FunctionLog,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    Record,
    Report,
    RuntimeDone,
    Span,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.timestamps import iso_millis

AwsEvent = dict[str, Any]
"""``time``, ``type`` and ``record``, ready for ``json.dumps``."""

SYSTEM_RECORDS = (InitStart, InitRuntimeDone, InitReport, InvokeStart, RuntimeDone, Report)


def aws_events(event: TelemetryEvent) -> tuple[AwsEvent, ...]:
    """What a Telemetry API subscriber is sent for this event: several for a batch of function lines, often none.

    ``platform.fault`` is not among them: only the older Logs API had it.
    """
    record = event.record
    time = iso_millis(event.time_s)
    if isinstance(record, FunctionLog):
        return tuple({"time": time, "type": record.TYPE, "record": line + "\n"} for line in record.lines)
    if isinstance(record, SYSTEM_RECORDS):
        return ({"time": time, "type": record.TYPE, "record": aws_record(record)},)
    return ()


def aws_record(record: Record) -> AwsEvent:
    """The ``record`` object of a platform event. Raises TypeError for a record AWS does not know."""
    match record:
        case InitStart():
            return _without_none(
                initializationType=record.initialization_type.value,
                phase=record.phase.value,
                runtimeVersion=record.runtime_version,
                functionName=record.function_name,
                functionVersion=record.function_version,
                instanceId=record.instance_id,
                instanceMaxMemory=record.instance_max_memory,
            )
        case InitRuntimeDone() | InitReport():
            return _init_end(record)
        case InvokeStart():
            return {"requestId": record.request_id, "version": record.version}
        case RuntimeDone():
            return _runtime_done(record)
        case Report():
            return _report(record)
        case _:
            raise TypeError(f"{type(record).__name__} is not part of AWS's schema")


def _init_end(record: InitRuntimeDone | InitReport) -> AwsEvent:
    metrics = {"durationMs": round(record.metrics.duration_ms, 3)} if isinstance(record, InitReport) else None
    return _without_none(
        initializationType=record.initialization_type.value,
        phase=record.phase.value,
        status=record.status.value,
        errorType=record.error_type,
        metrics=metrics,
    )


def _runtime_done(record: RuntimeDone) -> AwsEvent:
    metrics = record.metrics
    return _without_none(
        requestId=record.request_id,
        status=record.status.value,
        errorType=record.error_type,
        metrics=_without_none(durationMs=round(metrics.duration_ms, 3), producedBytes=metrics.produced_bytes),
        spans=[_span(span) for span in record.spans] or None,
    )


def _report(record: Report) -> AwsEvent:
    metrics = record.metrics
    init_ms = metrics.init_duration_ms
    return _without_none(
        requestId=record.request_id,
        status=record.status.value,
        errorType=record.error_type,
        metrics=_without_none(
            durationMs=round(metrics.duration_ms, 3),
            billedDurationMs=metrics.billed_duration_ms,
            memorySizeMB=metrics.memory_size_mb,
            maxMemoryUsedMB=metrics.max_memory_used_mb,
            initDurationMs=None if init_ms is None else round(init_ms, 3),
        ),
    )


def _span(span: Span) -> Mapping[str, Any]:
    return {"name": span.name, "start": iso_millis(span.start_s), "durationMs": round(span.duration_ms, 3)}


def _without_none(**values: object) -> AwsEvent:
    return {key: value for key, value in values.items() if value is not None}
