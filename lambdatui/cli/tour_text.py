"""The words of the tour: what one sees at each step, for somebody who has never seen the inside of Lambda. Pure."""

from collections.abc import Iterable, Iterator

from lambdatui.model.function import Function
from lambdatui.model.records import EnvironmentFrozen, Report, ScratchFile
from lambdatui.telemetry.event import TelemetryEvent

RULE = "─" * 100


def opening(project: str, functions: int, backend: str) -> Iterator[str]:
    yield f"{project}: {functions} function{'s' if functions != 1 else ''} on the {backend} backend"
    yield "Each runs twice: INIT and INVOKE in a new execution environment, then INVOKE alone in the same one."


def function_heading(function: Function) -> Iterator[str]:
    yield ""
    yield RULE
    limits = f"{function.memory_mb} MB · {function.timeout_s} s"
    yield f"{function.name} · {function.runtime} · {function.handler} · {limits}"
    yield RULE


def step_heading(title: str, sample: str) -> Iterator[str]:
    yield ""
    yield f"▶ {title} · event {sample}"


def response(payload: bytes, function_error: str | None) -> Iterator[str]:
    """The start of the response; a function error is its document."""
    kind = "response" if function_error is None else f"function error ({function_error})"
    text = payload.decode("utf-8", "replace")
    yield f"  {kind}: {text if len(text) <= 1000 else text[:1000] + ' …'}"


def log(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for part in line.splitlines() or [""]:  # one record may hold a whole traceback
            yield f"  │ {part}"


def numbers(report: Report | None) -> Iterator[str]:
    """What the REPORT line means."""
    if report is None:
        return
    metrics = report.metrics
    if metrics.restore_duration_ms is not None:
        yield (
            f"  cold: the restore took {metrics.restore_duration_ms:.2f} ms, the handler {metrics.duration_ms:.2f} ms; "
            f"{metrics.billed_duration_ms} ms are billed"
        )
    elif metrics.init_duration_ms is None:
        yield f"  warm: no INIT; the handler took {metrics.duration_ms:.2f} ms"
    else:
        yield (
            f"  cold: INIT took {metrics.init_duration_ms:.2f} ms, the handler {metrics.duration_ms:.2f} ms; "
            f"{metrics.billed_duration_ms} ms are billed"
        )


def aftermath(events: Iterable[TelemetryEvent], files: Iterable[ScratchFile]) -> Iterator[str]:
    """What is left of the invoke: the environment, and what lies in its /tmp."""
    for event in events:
        if isinstance(event.record, EnvironmentFrozen):
            yield f"  {event.environment} is frozen until the next invoke"
    for file in files:
        if not file.is_dir:
            yield f"  in /tmp: {file.path}, {file.size_bytes} bytes"


def closing() -> Iterator[str]:
    yield ""
    yield "The environments are gone now, and their /tmp with them. `lambdatui` opens the same in a terminal UI."
