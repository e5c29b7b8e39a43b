"""Which log lines an event is, in Lambda's text format: the one rendering behind every log people read."""

from collections.abc import Callable, Mapping
from typing import Any

from lambdatui.model.records import (
    FunctionLog,
    InitReport,
    InitStart,
    InvokeStart,
    PlatformFault,
    Record,
    Report,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.report_line import end_line, init_report_line, init_start_line, report_line, start_line


def log_lines(event: TelemetryEvent) -> tuple[str, ...]:
    """The lines of one event, without their LFs; none for what CloudWatch never shows.

    A record that the runtime framed is one line even with CRs or LFs in it.
    """
    render = _RENDER.get(type(event.record))
    return render(event.record) if render is not None else ()


def is_logged(event: TelemetryEvent) -> bool:
    """Whether this kind of event can have lines at all; cheaper than rendering them."""
    return type(event.record) in _RENDER


def _init_start(record: InitStart) -> tuple[str, ...]:
    line = init_start_line(record)
    return () if line is None else (line,)


def _init_report(record: InitReport) -> tuple[str, ...]:
    line = init_report_line(record)
    return () if line is None else (line,)


def _fault(record: PlatformFault) -> tuple[str, ...]:
    return tuple(record.message.rstrip("\n").split("\n"))


# Any: each function takes the record class it stands beside
_RENDER: Mapping[type[Record], Callable[[Any], tuple[str, ...]]] = {
    InitStart: _init_start,
    InitReport: _init_report,
    InvokeStart: lambda record: (start_line(record),),
    FunctionLog: lambda record: record.lines,
    PlatformFault: _fault,
    Report: lambda record: (end_line(record), report_line(record)),
}

LOGGED_TYPES: tuple[str, ...] = tuple(record.TYPE for record in _RENDER)
"""Names of the kinds of event that can have lines."""
