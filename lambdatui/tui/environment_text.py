"""One environment in words: what it is doing, its phases, extensions, /tmp, and what is enforced around it. Pure."""

from collections.abc import Iterable, Iterator

from lambdatui.model.capability import CapabilityReport, Enforcement
from lambdatui.model.phase import InitializationType, Phase
from lambdatui.model.views import EnvironmentView, ExtensionView, FunctionView, PhaseSegment, Span
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, left

SHOWN_PHASES = 12
_NAME = 16
_TONES = {Span.INIT: "init", Span.INVOKE: "invoke", Span.FROZEN: "frozen", Span.RESET: "reset", Span.KILLED: "killed"}
_MADE = {
    InitializationType.ON_DEMAND: "on demand, for an invoke or a save",
    InitializationType.PROVISIONED_CONCURRENCY: "ahead of any invoke: provisioned concurrency",
    InitializationType.SNAP_START: "to be restored from a snapshot: SnapStart",
}
_ENFORCED = {
    Enforcement.ENFORCED: ("● ", "ok"),
    Enforcement.MEASURED: ("◐ ", "warn"),
    Enforcement.MISSING: ("○ ", "bad"),
}


def rows(
    view: EnvironmentView, function: FunctionView | None, capabilities: Iterable[CapabilityReport], now_s: float
) -> tuple[Line, ...]:
    """Facts, the last phases, extensions, capabilities."""
    return (
        *_facts(view, function, now_s),
        *_heading("Last phases"),
        *_phases(view.segments, now_s),
        *_heading("Extensions"),
        *_extensions(view.extensions),
        *_heading("Around it"),
        *(_capability(report) for report in capabilities),
    )


def _facts(view: EnvironmentView, function: FunctionView | None, now_s: float) -> Iterator[Line]:
    state = "frozen" if view.frozen and view.phase is Phase.READY else view.phase.value
    since = figures.age(now_s - view.since_s)
    yield _fact("state", f"{state} for {since}" + (f", {clean(view.reason)}" if view.reason else ""))
    if view.request_id is not None:
        yield _fact("request", clean(view.request_id))
    yield _fact("made", _MADE[view.initialization_type])
    yield _fact("generation", f"{view.generation}   how often the runtime was started here")
    yield _fact("invokes", str(view.invokes))
    frozen_ms = view.frozen_ms + ((now_s - view.since_s) * 1000 if view.frozen else 0)
    yield _fact("frozen", f"{figures.duration(frozen_ms)} in all: nothing ran in that time")
    limit = f" of {function.memory_mb} MB" if function is not None and function.memory_mb else ""
    memory = "not measured yet" if view.memory_used_mb is None else f"{view.memory_used_mb} MB{limit}"
    yield _fact("memory", memory)
    quota = f" of {function.ephemeral_storage_mb} MB" if function is not None and function.ephemeral_storage_mb else ""
    yield _fact("/tmp", f"{len(view.files)} files, {figures.size(view.files_bytes)}{quota}")


def _fact(name: str, value: str) -> Line:
    return ((left(name, _NAME), "dim"), (value, "plain"))


def _heading(title: str) -> tuple[Line, ...]:
    return (EMPTY, ((title, "accent bold"),))


def _phases(segments: tuple[PhaseSegment, ...], now_s: float) -> Iterator[Line]:
    """The newest last, as they stand on the time line."""
    for segment in segments[-SHOWN_PHASES:]:
        end_s = now_s if segment.end_s is None else segment.end_s
        request = figures.short_id(segment.request_id)
        yield (
            (left(figures.clock(segment.start_s), _NAME), "dim"),
            (left(segment.span, 14), _TONES.get(segment.span, "plain")),
            (figures.duration((end_s - segment.start_s) * 1000).rjust(9), "plain"),
            (f"   {request}", "dim"),
        )


def _extensions(extensions: tuple[ExtensionView, ...]) -> Iterator[Line]:
    if not extensions:
        yield (("none: a layer brings them in its directory extensions/, or the runtime registers some", "dim"),)
    for extension in extensions:
        failed = extension.error_type is not None
        listens = f"   telemetry: {', '.join(extension.subscribed)}" if extension.subscribed else ""
        yield (
            ("✖ " if failed else "● ", "bad" if failed else "ok"),
            (left(clean(extension.name), 24) + " ", "plain"),
            (left(clean(extension.state or "Started"), 12), "bad" if failed else "ok"),
            (f"[{clean(', '.join(extension.events))}]", "dim"),
            (clean(listens), "info"),
            (f"   {clean(extension.error_type)}" if extension.error_type else "", "bad"),
        )


def _capability(report: CapabilityReport) -> Line:
    glyph, tone = _ENFORCED[report.enforcement]
    return ((glyph, tone), (left(report.capability, 40) + " ", "plain"), (report.how, "dim"))
