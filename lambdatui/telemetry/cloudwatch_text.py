"""Which log lines a record is in Lambda's text format."""

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
from lambdatui.telemetry import report_line as platform


def text_lines(record: Record) -> tuple[str, ...]:
    """Without their LFs; none for what CloudWatch never shows.

    A record that the runtime framed is one line even with CRs or LFs in it.
    """
    render = _RENDER.get(type(record))
    return render(record) if render is not None else ()


def _perhaps(line: str | None) -> tuple[str, ...]:
    return () if line is None else (line,)


def _fault(record: PlatformFault) -> tuple[str, ...]:
    return tuple(record.message.rstrip("\n").split("\n"))


def _report(record: Report) -> tuple[str, ...]:
    lines = (platform.end_line(record), platform.report_line(record))
    return lines if record.tracing is None else lines + _perhaps(platform.xray_line(record.tracing))


# Any: each function takes the record class it stands beside
_RENDER: Mapping[type[Record], Callable[[Any], tuple[str, ...]]] = {
    InitStart: lambda record: _perhaps(platform.init_start_line(record)),
    InitReport: lambda record: _perhaps(platform.init_report_line(record)),
    RestoreStart: lambda record: _perhaps(platform.restore_start_line(record)),
    RestoreReport: lambda record: (platform.restore_report_line(record),),
    PlatformExtension: lambda record: (platform.extension_line(record),),
    TelemetrySubscription: lambda record: (platform.subscription_line(record),),
    LogsSubscription: lambda record: (platform.subscription_line(record),),
    InvokeStart: lambda record: (platform.start_line(record),),
    FunctionLog: lambda record: record.lines,
    ExtensionLog: lambda record: record.lines,
    PlatformFault: _fault,
    Report: _report,
}

TEXT_KINDS: frozenset[type[Record]] = frozenset(_RENDER)
"""The kinds of record that can have lines."""
