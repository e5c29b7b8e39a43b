"""Telemetry events as rows of the log: what kind of row, what it says, and how loud. Pure.

The text of START, END, REPORT and INIT_START comes from the CloudWatch rendering; here it is only laid out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.records import (
    CodeBroken,
    CodeReady,
    EnvironmentOrdered,
    EventsDropped,
    ExtensionLog,
    FunctionLog,
    InvokeStart,
    PlatformFault,
    Record,
    Report,
    RuntimeDone,
)
from lambdatui.telemetry.cloudwatch import log_lines
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.tui import figures
from lambdatui.tui.ports import PastLine
from lambdatui.tui.sanitise import clean, clip
from lambdatui.tui.spans import Line

_PLATFORM_BEGINNINGS = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START ", "INIT_REPORT ")


class Kind(StrEnum):
    OUTPUT = "output"
    MORE = "more"
    """A further row of one output record, such as a line of its traceback."""
    EXTENSION = "extension"
    PLATFORM = "platform"
    REPORT = "report"
    RULE = "rule"
    BAD_RULE = "bad rule"


@dataclass(slots=True, kw_only=True)
class LogLine:
    """One row; made 50 000 times a second at worst, hence neither frozen nor cleaned: cleaning happens when drawn."""

    kind: Kind
    time_s: float
    text: str
    function: FunctionName | None = None
    environment: EnvironmentId | None = None
    request_id: RequestId | None = None
    record: Record | None = None


def rows(event: TelemetryEvent) -> Iterator[LogLine]:
    """The rows an event adds to the log; most events add none."""
    record = event.record
    match record:
        case FunctionLog():
            yield from _output(event, record)
        case ExtensionLog():
            for line in record.lines:
                yield _plain(event, line, Kind.EXTENSION)
        case CodeReady():
            yield _rule(event, f"{_names(record.files)} → ready in {figures.duration(record.save_to_ready_ms)}")
        case CodeBroken():
            place = record.file if record.line is None else f"{record.file}:{record.line}"
            yield _rule(event, f"{place} {record.message}", Kind.BAD_RULE)
        case EnvironmentOrdered():
            yield _rule(event, f"{event.environment}: {record.order}, ordered by hand")
        case EventsDropped():
            yield _rule(event, f"{record.count:,} events dropped: this screen was too slow", Kind.BAD_RULE)
        case _:
            yield from _platform(event)


def recalled(line: PastLine) -> Iterator[LogLine]:
    """A line of the history; the platform's own lines are known by how they begin."""
    kind = Kind.PLATFORM if line.line.startswith(_PLATFORM_BEGINNINGS) else Kind.OUTPUT
    for part in _parts(line.line):
        yield LogLine(
            kind=kind,
            time_s=line.time_s,
            text=clip(part),
            function=line.function,
            environment=line.environment,
            request_id=line.request_id,
        )
        kind = Kind.MORE


def rule(time_s: float, text: str, *, bad: bool = False) -> LogLine:
    """A line across the log, said by the screen itself."""
    return LogLine(kind=Kind.BAD_RULE if bad else Kind.RULE, time_s=time_s, text=text)


def _output(event: TelemetryEvent, record: FunctionLog) -> Iterator[LogLine]:
    for line in record.lines:
        kind = Kind.OUTPUT
        parts = _parts(line) if "\n" in line or "\r" in line else (line,)
        for part in parts:
            yield LogLine(
                kind=kind,
                time_s=event.time_s,
                text=clip(part),
                function=event.function,
                environment=event.environment,
                request_id=record.request_id,
            )
            kind = Kind.MORE


def _plain(event: TelemetryEvent, text: str, kind: Kind) -> LogLine:
    return LogLine(
        kind=kind,
        time_s=event.time_s,
        text=clip(text),
        function=event.function,
        environment=event.environment,
        request_id=getattr(event.record, "request_id", None),
    )


def _parts(line: str) -> list[str]:
    """The rows of a framed record, whose inner line ends may be LF, CR or both; the last one is no row of its own."""
    return line.rstrip("\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _platform(event: TelemetryEvent) -> Iterator[LogLine]:
    record = event.record
    request_id = record.request_id if isinstance(record, InvokeStart | Report | RuntimeDone | PlatformFault) else None
    for text in log_lines(event):
        yield LogLine(
            kind=Kind.REPORT if isinstance(record, Report) and text.startswith("REPORT") else Kind.PLATFORM,
            time_s=event.time_s,
            text=text,
            function=event.function,
            environment=event.environment,
            request_id=request_id,
            record=record,
        )


def _rule(event: TelemetryEvent, text: str, kind: Kind = Kind.RULE) -> LogLine:
    return LogLine(kind=kind, time_s=event.time_s, text=text, function=event.function, environment=event.environment)


def _names(files: tuple[str, ...]) -> str:
    names = [file.rsplit("/", 1)[-1] for file in files]
    return ", ".join(names[:2] or ["configuration"]) + (f" +{len(names) - 2}" if len(names) > 2 else "")


# --- layout of one row ---------------------------------------------------------------------------------------------

_LAMBDA_FORMAT = re.compile(r"^\[(?P<level>[A-Z]+)\]\t\S+Z\t[0-9a-f-]{36}\t(?P<message>.*)$", re.DOTALL)
_NODE_FORMAT = re.compile(r"^\S+Z\t[0-9a-f-]{36}\t(?P<level>[A-Z]+)\t(?P<message>.*)$", re.DOTALL)
_LEVEL = re.compile(r"^\[?(?P<level>TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b\]?[:\s]?\s*")
_TONES = {
    "TRACE": "faint", "DEBUG": "dim", "INFO": "info", "WARN": "warn", "WARNING": "warn",
    "ERROR": "bad", "CRITICAL": "bad", "FATAL": "bad",
}  # fmt: skip
_SHORT = {"WARNING": "WARN", "CRITICAL": "CRIT"}


def lay_out(line: LogLine, width: int, *, short: bool = False) -> Line:
    """The whole row for a view of ``width`` cells; longer rows are scrolled to. ``short`` narrows the left columns."""
    if line.kind in (Kind.RULE, Kind.BAD_RULE):
        return _across(line, width)
    if line.kind is Kind.MORE:
        prefix = " " * (15 if short else 18)
        return ((prefix, "faint"), ("▏", "bad"), (clean(line.text), "dim"))
    stamp = figures.clock(line.time_s, short=short)
    prefix = f"{stamp} {figures.short_id(line.request_id) or '    '} "
    head = ((prefix, "faint"),)
    if line.request_id and line.text.startswith(its := f"RequestId: {line.request_id} "):
        # A fault of the platform: the columns on the left say whose.
        return (*head, ("▏", "bad"), (clean(line.text.removeprefix(its)), "bad"))
    match line.kind:
        case Kind.REPORT if isinstance(line.record, Report):
            return (*head, *_report(line.record, short=short))
        case Kind.EXTENSION:
            return (*head, ("◇", "info"), (clean(line.text), "dim"))
        case Kind.PLATFORM | Kind.REPORT:
            return (*head, (" ", "faint"), (_platform_text(line), _platform_tone(line)))
    return (*head, *_message(line.text))


def _message(text: str) -> Line:
    level = ""
    if (found := _LAMBDA_FORMAT.match(text) or _NODE_FORMAT.match(text)) is not None:
        level, text = found["level"], found["message"]
    elif (found := _LEVEL.match(text)) is not None:
        level, text = found["level"], text[found.end() :]
    tone = _TONES.get(level, "faint")
    text = clean(text)
    if not level:
        return (("▏", "faint"), (text, "plain"))
    return (
        ("▏", tone),
        (f"{_SHORT.get(level, level):<5} ", f"{tone} bold"),
        (text, "bad" if tone == "bad" else "plain"),
    )


def _platform_text(line: LogLine) -> str:
    """The text without what the columns on the left say already."""
    text = line.text
    if line.request_id and text.startswith("REPORT"):
        text = text.replace(f"RequestId: {line.request_id}\t", "")
    elif line.request_id and text.startswith(("START", "END")):
        text = text.replace(line.request_id, f"{line.request_id[:8]}…")
    return clean(text.replace("\t", "  "))


def _platform_tone(line: LogLine) -> str:
    return "bad" if isinstance(line.record, PlatformFault) else "faint"


def _report(report: Report, *, short: bool) -> Line:
    metrics = report.metrics
    failed = report.status is not Status.SUCCESS
    used = "–" if metrics.max_memory_used_mb is None else str(metrics.max_memory_used_mb)
    billed = f"{metrics.billed_duration_ms:>{2 if short else 4}} ms"
    memory = f"{used} MB" if short else f"{used:>4}/{metrics.memory_size_mb} MB"
    spans: list[tuple[str, str]] = [
        ("▏", "bad" if failed else "ok"),
        ("REPORT ", "dim"),
        (f"{figures.duration(metrics.duration_ms):>8}", "bad bold" if failed else "ok bold"),
        (f" billed {billed} {memory}", "dim"),
    ]
    if metrics.init_duration_ms is not None:
        spans.append((f" init {figures.duration(metrics.init_duration_ms)}", "init"))
    if metrics.restore_duration_ms is not None:
        spans.append((f" restore {figures.duration(metrics.restore_duration_ms)}", "init"))
    if failed:
        spans.append((f" ✖ {clean(report.error_type or report.status.value)}", "bad bold"))
    return tuple(spans)


def _across(line: LogLine, width: int) -> Line:
    bad = line.kind is Kind.BAD_RULE
    mark = "✖" if bad else "⟳"
    text = f"── {mark} {clean(line.text)} "
    rest = max(2, width - len(text))
    return ((text, "bad bold" if bad else "accent"), ("─" * rest, "bad" if bad else "accent"))
