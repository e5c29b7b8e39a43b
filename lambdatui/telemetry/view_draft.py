"""Views in the making: while a batch is folded, what it touches is mutable; the rest is shared with the views before.

Only ``telemetry.views`` uses this. Each mapping, environment and function is copied at most once per batch.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.prices import MB_PER_GB
from lambdatui.model.records import Report, ScratchFile
from lambdatui.model.records_base import EXTENSION_OVERHEAD
from lambdatui.model.views import (
    EngineView,
    EnvironmentView,
    ExtensionView,
    FunctionView,
    MetricsView,
    Overall,
    QueuedEventView,
    ReportView,
    Views,
)
from lambdatui.telemetry.embedded_metrics_draft import EmbeddedMetricsDraft
from lambdatui.telemetry.percentiles import percentile
from lambdatui.telemetry.timeline import TimeLine

KEPT_DURATIONS = 512
KEPT_REPORTS = 200
KEPT_FINISHED_EVENTS = 100
KEPT_EXPERIMENTS = 2000
"""Those that wait in the queue of asynchronous events included."""
DEAD_SHOWN_S = 300.0
"""How long people can still look back at an environment that is dead, in the time of the stream."""

FINISHED = ("succeeded", "failed")
_SUCCESS = Status.SUCCESS
"""Looked up once: to look up a member of an enum takes Python 3.11 longer than to call a function."""


class EnvironmentDraft:
    """An EnvironmentView that can be changed."""

    def __init__(self, view: EnvironmentView) -> None:
        self.id = view.id
        self.function = view.function
        self.phase = view.phase
        self.generation = view.generation
        self.frozen = view.frozen
        self.since_s = view.since_s
        self.reason = view.reason
        self.request_id: RequestId | None = view.request_id
        self.invokes = view.invokes
        self.memory_used_mb: int | None = view.memory_used_mb
        self.timeline = TimeLine(view.segments)
        self.files: tuple[ScratchFile, ...] = view.files
        self.files_bytes = view.files_bytes
        self.files_truncated = view.files_truncated
        self.files_before: tuple[ScratchFile, ...] = view.files_before
        self.files_since: RequestId | None = view.files_since
        self.files_invokes = view.files_invokes
        self.extensions: tuple[ExtensionView, ...] = view.extensions
        self.initialization_type = view.initialization_type
        self.frozen_ms = view.frozen_ms

    def invoke_begins(self, request_id: RequestId | None, *, files_are_known: bool) -> None:
        """From now on files change because of this invoke; and of those before it, whose files nobody had seen yet."""
        if files_are_known:
            self.files_before, self.files_since, self.files_invokes = self.files, request_id, 0
        self.files_invokes += 1

    def no_files(self) -> None:
        """Its /tmp is gone."""
        self.files, self.files_bytes, self.files_truncated = (), 0, False
        self.files_before, self.files_since, self.files_invokes = (), None, 0

    def extension(self, name: str) -> ExtensionView:
        """As it is known so far."""
        known = (each for each in self.extensions if each.name == name)
        return next(known, ExtensionView(name=name, state=""))

    def set_extension(self, extension: ExtensionView) -> None:
        others = {each.name: each for each in self.extensions}
        self.extensions = tuple({**others, extension.name: extension}.values())

    def finish(self) -> EnvironmentView:
        return EnvironmentView(
            id=self.id,
            function=self.function,
            phase=self.phase,
            generation=self.generation,
            frozen=self.frozen,
            since_s=self.since_s,
            reason=self.reason,
            request_id=self.request_id,
            invokes=self.invokes,
            memory_used_mb=self.memory_used_mb,
            segments=self.timeline.segments(),
            files=self.files,
            files_bytes=self.files_bytes,
            files_truncated=self.files_truncated,
            files_before=self.files_before,
            files_since=self.files_since,
            files_invokes=self.files_invokes,
            extensions=self.extensions,
            initialization_type=self.initialization_type,
            frozen_ms=self.frozen_ms,
        )


class MetricsDraft:
    """A MetricsView that can be changed; percentiles are computed once, when the batch is folded."""

    def __init__(self, view: MetricsView) -> None:
        self.invocations = view.invocations
        self.errors = view.errors
        self.throttles = view.throttles
        self.cold_starts = view.cold_starts
        self.in_flight = view.in_flight
        self.durations_ms = list(view.durations_ms)
        self.init_durations_ms = list(view.init_durations_ms)
        self.peak_memory_mb = view.peak_memory_mb
        self.billed_ms = view.billed_ms
        self.billed_gb_s = view.billed_gb_s
        self.post_runtime_extensions_ms = list(view.post_runtime_extensions_ms)
        self.experiments = view.experiments
        self.all_ms = None if view.overall is None else list(view.overall.durations_ms)

    def reported(self, report: Report, *, experiment: bool) -> None:
        """One invoke is over. Who waited for a restore was a cold start, too, but not one with an init."""
        numbers = report.metrics
        duration_ms, init_ms = numbers.duration_ms, numbers.init_duration_ms
        self.invocations += 1
        if report.status is not _SUCCESS:
            self.errors += 1
        if init_ms is not None or numbers.restore_duration_ms is not None:
            self.cold_starts += 1
        self.costs(numbers.billed_duration_ms, numbers.memory_size_mb)
        used_mb, peak_mb = numbers.max_memory_used_mb, self.peak_memory_mb
        if used_mb is not None and (peak_mb is None or used_mb > peak_mb):
            self.peak_memory_mb = used_mb
        if report.spans:
            self.post_runtime_extensions_ms += (
                span.duration_ms for span in report.spans if span.name == EXTENSION_OVERHEAD
            )
        if experiment:
            self.experiments += 1
            if self.all_ms is None:
                self.all_ms = list(self.durations_ms)
        else:
            self.durations_ms.append(duration_ms)
            if init_ms is not None:
                self.init_durations_ms.append(init_ms)
        if self.all_ms is not None:
            self.all_ms.append(duration_ms)

    def costs(self, billed_ms: int, memory_mb: int) -> None:
        self.billed_ms += billed_ms
        self.billed_gb_s += billed_ms / 1000 * memory_mb / MB_PER_GB

    def finish(self) -> MetricsView:
        durations_ms = self.durations_ms[-KEPT_DURATIONS:]
        ordered = sorted(durations_ms)
        return MetricsView(
            invocations=self.invocations,
            errors=self.errors,
            throttles=self.throttles,
            cold_starts=self.cold_starts,
            in_flight=self.in_flight,
            durations_ms=tuple(durations_ms),
            init_durations_ms=tuple(self.init_durations_ms[-KEPT_DURATIONS:]),
            p50_ms=percentile(ordered, 50),
            p95_ms=percentile(ordered, 95),
            p99_ms=percentile(ordered, 99),
            peak_memory_mb=self.peak_memory_mb,
            billed_ms=self.billed_ms,
            billed_gb_s=self.billed_gb_s,
            post_runtime_extensions_ms=tuple(self.post_runtime_extensions_ms[-KEPT_DURATIONS:]),
            experiments=self.experiments,
            overall=None if self.all_ms is None else _overall(self.all_ms[-KEPT_DURATIONS:]),
        )


def _overall(durations_ms: list[float]) -> Overall:
    ordered = sorted(durations_ms)
    return Overall(
        durations_ms=tuple(durations_ms),
        p50_ms=percentile(ordered, 50),
        p95_ms=percentile(ordered, 95),
        p99_ms=percentile(ordered, 99),
    )


class Draft:
    """All views, while one batch is folded into them."""

    def __init__(self, views: Views) -> None:
        self.engine: EngineView = views.engine
        self.functions: dict[FunctionName, FunctionView] = dict(views.functions)
        self.reports: list[ReportView] = list(views.reports)
        self.burial_due_s = float("inf")
        """When the next of the dead is to be forgotten."""
        for each in views.environments.values():
            if each.phase is Phase.DEAD:
                self.buries(each.since_s)
        self._environments: dict[EnvironmentId, EnvironmentView] = dict(views.environments)
        self._queue: dict[RequestId, QueuedEventView] = dict(views.queue)
        self._touched: dict[EnvironmentId, EnvironmentDraft] = {}
        self._metrics: dict[FunctionName, MetricsDraft] = {}
        self._embedded: dict[FunctionName, EmbeddedMetricsDraft] = {}
        self.experiments: Mapping[RequestId, Experiment] = views.experiments
        self._finished = {key: None for key, event in self._queue.items() if event.state in FINISHED}

    def environment(self, id_: EnvironmentId | None) -> EnvironmentDraft | None:
        """The environment an event is about, None where it is not known (any more)."""
        if id_ is None:
            return None
        if (draft := self._touched.get(id_)) is None and (view := self._environments.get(id_)) is not None:
            draft = self._touched[id_] = EnvironmentDraft(view)
        return draft

    def new_environment(self, id_: EnvironmentId, function: FunctionName) -> EnvironmentDraft:
        view = EnvironmentView(id=id_, function=function, phase=Phase.PROVISIONING)
        self._environments[id_] = view
        draft = self._touched[id_] = EnvironmentDraft(view)
        return draft

    def metrics(self, function: FunctionName | None) -> MetricsDraft | None:
        """The numbers of a function of the project; None for one that is not (any more) in it."""
        if function is None:
            return None
        if (draft := self._metrics.get(function)) is None and (view := self.functions.get(function)) is not None:
            draft = self._metrics[function] = MetricsDraft(view.metrics)
        return draft

    def embedded(self, function: FunctionName | None) -> EmbeddedMetricsDraft | None:
        """The metrics in a function's log lines; None as with ``metrics``."""
        if function is None or function not in self.functions:
            return None
        draft = self._embedded.get(function)
        if draft is None:
            draft = self._embedded[function] = EmbeddedMetricsDraft(self.functions[function].embedded)
        return draft

    def buries(self, dead_since_s: float) -> None:
        """An environment is dead; ``bury`` is due when it was shown for long enough."""
        self.burial_due_s = min(self.burial_due_s, dead_since_s + DEAD_SHOWN_S)

    def bury(self, now_s: float) -> None:
        """Forget the environments that were dead for long enough."""
        if now_s < self.burial_due_s:
            return
        self.burial_due_s = float("inf")
        for id_, view in list(self._environments.items()):
            current = self._touched.get(id_, view)
            if current.phase is not Phase.DEAD:
                continue
            if now_s < current.since_s + DEAD_SHOWN_S:
                self.buries(current.since_s)
            else:
                del self._environments[id_]
                self._touched.pop(id_, None)

    def queue_event(self, event: QueuedEventView) -> None:
        """An asynchronous event moved. The mapping is in the order of the last moves."""
        key = event.request_id
        self._queue.pop(key, None)
        self._finished.pop(key, None)
        self._queue[key] = event
        if event.state in FINISHED:
            self._finished[key] = None
            if len(self._finished) > KEPT_FINISHED_EVENTS:
                oldest = next(iter(self._finished))
                del self._finished[oldest], self._queue[oldest]

    def experiment_began(self, request_id: RequestId, experiment: Experiment) -> None:
        kept = dict(islice(self.experiments.items(), max(0, len(self.experiments) - KEPT_EXPERIMENTS + 1), None))
        self.experiments = {**kept, request_id: experiment}

    def experiment_over(self, request_id: RequestId) -> None:
        """Nothing more comes of the invocation; of an asynchronous one, only what its queue says ends it."""
        waiting = self._queue.get(request_id)
        if request_id in self.experiments and (waiting is None or waiting.state in FINISHED):
            self.experiments = {key: value for key, value in self.experiments.items() if key != request_id}

    def drop_functions_but(self, kept: set[FunctionName]) -> None:
        self.functions = {name: view for name, view in self.functions.items() if name in kept}
        self._metrics = {name: draft for name, draft in self._metrics.items() if name in kept}
        self._embedded = {name: draft for name, draft in self._embedded.items() if name in kept}

    def finish(self, seq: int) -> Views:
        for name, metrics in self._metrics.items():
            self.functions[name] = replace(self.functions[name], metrics=metrics.finish())
        for name, embedded in self._embedded.items():
            self.functions[name] = replace(self.functions[name], embedded=embedded.finish())
        for id_, draft in self._touched.items():
            self._environments[id_] = draft.finish()
        return Views(
            seq=seq,
            engine=self.engine,
            functions=self.functions,
            environments=self._environments,
            queue=self._queue,
            reports=tuple(self.reports[-KEPT_REPORTS:]),
            experiments=self.experiments,
        )
