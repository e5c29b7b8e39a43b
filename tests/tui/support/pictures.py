"""Views as an engine would have them in a few situations; times count back from the tests' clock."""

from dataclasses import replace

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.function import Problem, Severity
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import ScratchFile
from lambdatui.model.views import (
    EngineView,
    EnvironmentView,
    FunctionView,
    MetricsView,
    PhaseSegment,
    QueuedEventView,
    ReloadView,
    ReportView,
    Span,
    Views,
)
from tests.tui.support.fake_client import NOW_S

API = FunctionName("orders-api")
THUMBS = FunctionName("thumbnailer")
WORKER = FunctionName("order-worker")


def request(number: int) -> RequestId:
    return RequestId(f"{0x7F3C + number * 977:04x}a0b1-22c3-44d4-85e5-{number:012d}")


ENGINE = EngineView(
    project="acme-orders",
    root="/home/ada/src/acme-orders",
    url="http://127.0.0.1:9001",
    backend="process · namespaces",
    started_s=NOW_S - 862,
)


def empty() -> Views:
    """An engine on a directory without functions."""
    return Views(seq=1, engine=ENGINE)


def idle() -> Views:
    """Functions, and nothing has run."""
    functions = (
        FunctionView(name=API, runtime="python3.11", handler="app.lambda_handler", memory_mb=128, timeout_s=5,
                     ephemeral_storage_mb=512, events=("HttpApi",)),
        FunctionView(name=THUMBS, runtime="python3.11", handler="app.lambda_handler", memory_mb=256, timeout_s=10,
                     ephemeral_storage_mb=512, events=("S3",)),
        FunctionView(name=WORKER, runtime="python3.11", handler="app.lambda_handler", memory_mb=128, timeout_s=5,
                     ephemeral_storage_mb=512, events=("SQS",)),
    )  # fmt: skip
    return Views(seq=1, engine=ENGINE, functions={view.name: view for view in functions})


def _beats(start: float, *parts: tuple[Span, float, int | None]) -> tuple[PhaseSegment, ...]:
    """Segments one after the other from ``start`` seconds ago; the last one lasts."""
    at, segments = NOW_S - start, []
    for index, (span, length_s, number) in enumerate(parts):
        last = index == len(parts) - 1
        segments.append(
            PhaseSegment(
                span=span,
                start_s=at,
                end_s=None if last else at + length_s,
                request_id=None if number is None else request(number),
            )
        )
        at += length_s
    return tuple(segments)


def _environments() -> tuple[EnvironmentView, ...]:
    busy = _beats(
        54, (Span.PROVISION, 1.2, None), (Span.INIT, 3.4, 1), (Span.INVOKE, 2.2, 1), (Span.FROZEN, 9.0, None),
        (Span.INVOKE, 0.6, 2), (Span.FROZEN, 4.0, None), (Span.INVOKE, 3.1, 3), (Span.IDLE, 1.5, None),
        (Span.FROZEN, 8.0, None), (Span.INVOKE, 0.4, 4), (Span.FROZEN, 12.0, None), (Span.INVOKE, 3.0, 9),
    )  # fmt: skip
    calm = _beats(
        38, (Span.PROVISION, 0.8, None), (Span.INIT, 2.0, 5), (Span.INVOKE, 1.3, 5), (Span.FROZEN, 6.0, None),
        (Span.INVOKE, 2.0, 6), (Span.FROZEN, 30.0, None),
    )  # fmt: skip
    reset = _beats(
        21, (Span.PROVISION, 0.7, None), (Span.INIT, 2.1, 7), (Span.INVOKE, 5.0, 7), (Span.RESET, 20.0, None),
    )  # fmt: skip
    killed = _beats(48, (Span.PROVISION, 0.9, None), (Span.INIT, 2.2, 8), (Span.INVOKE, 7.0, 8),
                    (Span.SHUTDOWN, 2.0, None), (Span.KILLED, 1.0, None))  # fmt: skip
    killed = (*killed[:-1], PhaseSegment(span=Span.KILLED, start_s=NOW_S - 35.9, end_s=NOW_S - 35.2))
    files = (
        ScratchFile(path="cache", size_bytes=0, modified_s=NOW_S - 50, is_dir=True),
        ScratchFile(path="cache/model.bin", size_bytes=12_582_912, modified_s=NOW_S - 50),
        ScratchFile(path="cache/labels.json", size_bytes=4_310, modified_s=NOW_S - 50),
        ScratchFile(path="uploads", size_bytes=0, modified_s=NOW_S - 20, is_dir=True),
        ScratchFile(path="uploads/cat.thumb.png", size_bytes=48_220, modified_s=NOW_S - 3),
        ScratchFile(path="orders.sqlite", size_bytes=221_184, modified_s=NOW_S - 31),
    )
    before = (
        *files[:3],
        ScratchFile(path="orders.sqlite", size_bytes=212_992, modified_s=NOW_S - 48),
        ScratchFile(path="upload.part", size_bytes=48_220, modified_s=NOW_S - 5),
    )
    return (
        EnvironmentView(id=EnvironmentId("e1a"), function=API, phase=Phase.INVOKE, since_s=NOW_S - 3.0,
                        request_id=request(9), invokes=5, memory_used_mb=118, segments=busy, files=files,
                        files_before=before, files_since=request(9), files_invokes=1,
                        files_bytes=sum(file.size_bytes for file in files)),
        EnvironmentView(id=EnvironmentId("e1b"), function=API, phase=Phase.READY, frozen=True, since_s=NOW_S - 25.9,
                        invokes=2, memory_used_mb=96, segments=calm),
        EnvironmentView(id=EnvironmentId("e1c"), function=API, phase=Phase.RESET, since_s=NOW_S - 13.2, invokes=1,
                        reason="Sandbox.Timedout", segments=reset),
        EnvironmentView(id=EnvironmentId("e19"), function=API, phase=Phase.DEAD, since_s=NOW_S - 35.2, invokes=1,
                        reason="killed", memory_used_mb=90, segments=killed),
        EnvironmentView(id=EnvironmentId("e2a"), function=THUMBS, phase=Phase.INIT, since_s=NOW_S - 0.4,
                        segments=_beats(0.7, (Span.PROVISION, 0.3, None), (Span.INIT, 0.4, None))),
    )  # fmt: skip


def _reports() -> tuple[ReportView, ...]:
    rows = (
        (5, 51.0, Status.SUCCESS, None, 2203.4, 412.2, 96),
        (1, 48.0, Status.SUCCESS, None, 2187.9, 398.0, 101),
        (2, 38.5, Status.SUCCESS, None, 611.3, None, 104),
        (3, 31.0, Status.SUCCESS, None, 118.21, None, 110),
        (6, 24.0, Status.ERROR, None, 31.07, None, 110),
        (7, 13.2, Status.TIMEOUT, "Sandbox.Timedout", 5000.0, 401.7, 128),
        (4, 9.0, Status.SUCCESS, None, 9.41, None, 118),
    )
    return tuple(
        ReportView(request_id=request(number), function=API, environment=EnvironmentId("e1a"), time_s=NOW_S - ago_s,
                   status=status, error_type=error, duration_ms=duration_ms, billed_duration_ms=int(duration_ms) + 1,
                   memory_size_mb=128, max_memory_used_mb=used, init_duration_ms=init_ms)
        for number, ago_s, status, error, duration_ms, init_ms, used in rows
    )  # fmt: skip


def busy() -> Views:
    """A morning in full swing: every phase, failures, a queue, files, a reload just now."""
    base = idle()
    durations = (2203.4, 2187.9, 611.3, 118.21, 31.07, 5000.0, 9.41, 12.0, 118.0, 96.2, 240.0, 88.1, 93.0, 101.4)
    metrics = MetricsView(
        invocations=41, errors=2, throttles=1, cold_starts=4, in_flight=1, durations_ms=durations,
        init_durations_ms=(412.2, 398.0, 401.7, 377.9), p50_ms=96.2, p95_ms=2187.9,
        p99_ms=5000.0, peak_memory_mb=118, billed_ms=12_345, billed_gb_s=1.543,
    )  # fmt: skip
    reload = ReloadView(revision=3, files=("api/app.py",), changed_s=NOW_S - 2, save_to_ready_ms=12.4)
    functions = dict(base.functions)
    functions[API] = FunctionView(
        name=API, runtime="python3.11", handler="app.lambda_handler", memory_mb=128, timeout_s=5,
        ephemeral_storage_mb=512, events=("HttpApi",),
        metrics=metrics, reload=reload,
    )  # fmt: skip
    mailer = FunctionName("mailer")
    functions[mailer] = FunctionView(
        name=mailer, runtime="python3.13", handler="mail.handler", memory_mb=128, timeout_s=3,
        ephemeral_storage_mb=512,
        problems=("template.yaml:61: python3.13 was not found. Install it with `uv python install 3.13`.",),
    )  # fmt: skip
    queue = (
        QueuedEventView(request_id=request(20), function=API, state="waiting", attempt=2, since_s=NOW_S - 8,
                        due_s=NOW_S + 52),
        QueuedEventView(request_id=request(21), function=API, state="waiting", attempt=1, since_s=NOW_S - 1),
        QueuedEventView(request_id=request(22), function=API, state="running", attempt=1, since_s=NOW_S - 3),
        QueuedEventView(request_id=request(23), function=API, state="failed", attempt=3, since_s=NOW_S - 40,
                        error_type="ValueError"),
    )  # fmt: skip
    return Views(
        seq=412,
        engine=ENGINE,
        functions=functions,
        environments={view.id: view for view in _environments()},
        queue={event.request_id: event for event in queue},
        reports=_reports(),
    )


def not_isolated() -> Views:
    """The same on a machine without namespaces."""
    reports = tuple(
        CapabilityReport(capability=capability, enforcement=Enforcement.MISSING, how="no user namespaces here")
        for capability in (Capability.OWN_TMP, Capability.READ_ONLY_CODE)
    )
    engine = EngineView(
        project="acme-orders", backend="process · no namespaces", started_s=NOW_S - 5, capabilities=reports
    )
    return Views(seq=1, engine=engine, functions=idle().functions)


def problem(
    message: str, line: int, *, function: str | None = None, severity: Severity = Severity.ERROR, hint: str = "fix it"
) -> Problem:
    """As the control API has it; its text is the sentence on the stream."""
    return Problem(message=message, hint=hint, severity=severity, file="template.yaml", line=line,
                   function=None if function is None else FunctionName(function))  # fmt: skip


PROBLEMS = (
    problem("Oddity is not a property of a function", 21, severity=Severity.WARNING, hint="remove it"),
    problem("nowhere does not exist", 6, function="One", hint="create it, or correct the path"),
    problem("9000 is over 900", 15, function="Two", hint="in seconds, from 1 to 900"),
    problem("the function has no Handler", 16, function="Three", hint="add Handler"),
)


def all_broken() -> Views:
    """Three functions that could not be listed, and a warning before them."""
    return Views(seq=1, engine=replace(ENGINE, problems=tuple(str(one) for one in PROBLEMS)))


def some_broken() -> Views:
    """The same beside functions that work."""
    return replace(all_broken(), functions=idle().functions)


def with_problem(views: Views, name: FunctionName, sentence: str) -> Views:
    """A function that is listed and has something said of it."""
    return replace(views, functions={**views.functions, name: replace(views.functions[name], problems=(sentence,))})


def broken_save() -> Views:
    """The last save does not compile."""
    views = idle()
    reload = ReloadView(
        revision=4,
        files=("api/app.py",),
        changed_s=NOW_S - 4,
        broken="api/app.py:12: SyntaxError: '(' was never closed",
    )
    functions = dict(views.functions)
    functions[API] = FunctionView(
        name=API, runtime="python3.11", handler="app.lambda_handler", memory_mb=128, timeout_s=5,
        ephemeral_storage_mb=512, events=("HttpApi",),
        reload=reload,
    )  # fmt: skip
    return Views(seq=9, engine=ENGINE, functions=functions)
