"""Which log lines an event is, in Lambda's text format: the one rendering behind every log people read."""

from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.model.records import (
    ExtensionLog,
    FunctionLog,
    InitReport,
    InitStart,
    InvokeStart,
    LogsSubscription,
    PlatformExtension,
    PlatformFault,
    Record,
    Report,
    RestoreReport,
    RestoreStart,
    TelemetrySubscription,
)
from lambdatui.telemetry import report_line as text
from lambdatui.telemetry.event import TelemetryEvent


def log_lines(event: TelemetryEvent) -> tuple[str, ...]:
    """The lines of one event, without their LFs; none for what CloudWatch never shows.

    A record that the runtime framed is one line even with CRs or LFs in it.
    """
    render = _RENDER.get(type(event.record))
    return render(event.record) if render is not None else ()


def is_logged(event: TelemetryEvent) -> bool:
    """Whether this kind of event can have lines at all; cheaper than rendering them."""
    return type(event.record) in _RENDER


def _perhaps(line: str | None) -> tuple[str, ...]:
    return () if line is None else (line,)


def _fault(record: PlatformFault) -> tuple[str, ...]:
    return tuple(record.message.rstrip("\n").split("\n"))


def _report(record: Report) -> tuple[str, ...]:
    lines = (text.end_line(record), text.report_line(record))
    return lines if record.tracing is None else lines + _perhaps(text.xray_line(record.tracing))


# Any: each function takes the record class it stands beside
_RENDER: Mapping[type[Record], Callable[[Any], tuple[str, ...]]] = {
    InitStart: lambda record: _perhaps(text.init_start_line(record)),
    InitReport: lambda record: _perhaps(text.init_report_line(record)),
    RestoreStart: lambda record: _perhaps(text.restore_start_line(record)),
    RestoreReport: lambda record: (text.restore_report_line(record),),
    PlatformExtension: lambda record: (text.extension_line(record),),
    TelemetrySubscription: lambda record: (text.subscription_line(record),),
    LogsSubscription: lambda record: (text.subscription_line(record),),
    InvokeStart: lambda record: (text.start_line(record),),
    FunctionLog: lambda record: record.lines,
    ExtensionLog: lambda record: record.lines,
    PlatformFault: _fault,
    Report: _report,
}

LOGGED_TYPES: tuple[str, ...] = tuple(record.TYPE for record in _RENDER)
"""Names of the kinds of event that can have lines."""
