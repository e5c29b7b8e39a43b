"""What one subscribed extension is sent for an event of the stream, as JSON texts: the shapes of both APIs.

The Telemetry API has AWS's present schema. The Logs API has an older one: no events of init, an END of its own, faults
as text. An extension never gets its own log lines: with them it would have something to say for ever.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdatui.model.error_types import RUNTIME_EXIT_ERROR
from lambdatui.model.records import (
    ExtensionLog,
    FunctionLog,
    InvokeStart,
    LogsDropped,
    LogsSubscription,
    PlatformExtension,
    PlatformFault,
    Record,
    Report,
    RuntimeDone,
)
from lambdatui.telemetry.aws import aws_record, is_platform
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.timestamps import iso_millis

Body = dict[str, Any] | str
"""A ``record``, ready for ``json.dumps``."""

STRINGS_ONLY = frozenset({"2022-07-01", "2020-08-15", "2021-03-18"})
"""Schema versions in which a log line is a string even where it is a JSON object."""
WITH_RUNTIME_DONE = "2021-03-18"
"""The version of the Logs API that knows ``platform.runtimeDone``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """``json_lines``: the function's log format is JSON. ``types`` are platform, function, extension."""

    extension: str
    types: frozenset[str]
    schema_version: str
    logs_api: bool = False
    json_lines: bool = False


def events_for(subscriber: Subscriber, event: TelemetryEvent) -> Iterator[bytes]:
    """One JSON text for each of its events; often none."""
    record = event.record
    if isinstance(record, FunctionLog | ExtensionLog):
        if record.TYPE in subscriber.types and not _own(subscriber, record):
            yield from _log_lines(subscriber, event.time_s, record)
    elif "platform" in subscriber.types and not _of_another(subscriber, record):
        bodies = _logs_api if subscriber.logs_api else _telemetry_api
        for kind, body in bodies(record, subscriber):
            yield _encoded(event.time_s, kind, body)


def _own(subscriber: Subscriber, record: FunctionLog | ExtensionLog) -> bool:
    return isinstance(record, ExtensionLog) and record.extension == subscriber.extension


def _of_another(subscriber: Subscriber, record: Record) -> bool:
    """Only the one that lost something hears of it."""
    return isinstance(record, LogsDropped) and record.name != subscriber.extension


def _log_lines(subscriber: Subscriber, time_s: float, record: FunctionLog | ExtensionLog) -> Iterator[bytes]:
    as_objects = subscriber.json_lines and subscriber.schema_version not in STRINGS_ONLY
    for line in record.lines:
        if as_objects and is_json_object(line):
            yield b'{"time":"%b","type":"%b","record":%b}' % (
                iso_millis(time_s).encode(),
                record.TYPE.encode(),
                line.encode("utf-8", "replace"),
            )
        else:
            yield _encoded(time_s, record.TYPE, line + "\n")


def is_json_object(line: str) -> bool:
    """Whether a log line is a JSON object, and nothing besides."""
    if not (line.startswith("{") and line.rstrip().endswith("}")):
        return False
    try:
        return isinstance(json.loads(line, parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        return False


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _telemetry_api(record: Record, subscriber: Subscriber) -> Iterator[tuple[str, Body]]:
    if is_platform(record):
        yield record.TYPE, aws_record(record)


def _logs_api(record: Record, subscriber: Subscriber) -> Iterator[tuple[str, Body]]:
    match record:
        case PlatformFault():
            yield record.TYPE, record.message
        case InvokeStart():
            yield record.TYPE, {"requestId": record.request_id, "version": record.version}
        case RuntimeDone():
            if subscriber.schema_version == WITH_RUNTIME_DONE:
                yield record.TYPE, {"requestId": record.request_id, "status": record.status.value}
        case Report():
            yield from _end(record)
        case PlatformExtension() | LogsSubscription() | LogsDropped():
            yield record.TYPE, aws_record(record)


def _end(record: Report) -> Iterator[tuple[str, Body]]:
    """What the present schema says in one event were up to three."""
    if record.error_type == RUNTIME_EXIT_ERROR:
        yield "platform.fault", f"RequestId: {record.request_id} Process exited before completing request"
    yield "platform.end", {"requestId": record.request_id}
    body = aws_record(record)
    yield record.TYPE, {"requestId": record.request_id, "metrics": body["metrics"]}


def _encoded(time_s: float, kind: str, body: Body) -> bytes:
    return json.dumps({"time": iso_millis(time_s), "type": kind, "record": body}, separators=(",", ":")).encode()
