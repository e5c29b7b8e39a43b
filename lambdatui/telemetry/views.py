"""The one reducer: views plus events are the next views. Every derived number that anybody is shown is made here.

Pure: no clock (events carry their time) and no history (views are all there is), so folding a stream in one go, in any
split, or from the store gives the same picture. Functions come from ``service.projectLoaded`` alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdatui.model import records
from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import InitializationType, Phase
from lambdatui.model.views import (
    EngineView,
    FunctionView,
    ProvisionedView,
    QueuedEventView,
    ReloadView,
    ReportView,
    Views,
)
from lambdatui.telemetry.embedded_metrics import means_to_be_metrics
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.view_draft import Draft, EnvironmentDraft

# Looked up once: to look up a member of an enum takes Python 3.11 longer than to call a function.
_DEAD, _INVOKE, _READY = Phase.DEAD, Phase.INVOKE, Phase.READY

FILES_KNOWN_S = 0.4
"""So long after an invoke at the latest its /tmp has been looked at; nothing changes it while nothing runs."""


def apply(views: Views, events: Sequence[TelemetryEvent]) -> Views:
    """The views after ``events``, which follow ``views.seq``. Parts that nothing touched are shared."""
    if not events:
        return views
    draft, fold_of = Draft(views), _FOLD.get
    for event in events:
        record = event.record
        if (fold := fold_of(type(record))) is not None:
            fold(draft, event, record)
        if event.time_s >= draft.burial_due_s:
            draft.bury(event.time_s)
    return draft.finish(events[-1].seq)


# Environments


def _phase(draft: Draft, event: TelemetryEvent, record: records.EnvironmentPhase) -> None:
    environment = draft.environment(event.environment)
    before = None if environment is None else environment.phase
    if environment is None:
        if event.environment is None or event.function is None:
            return
        environment = draft.new_environment(event.environment, event.function)
    phase, request_id, time_s = record.phase, record.request_id, event.time_s
    was_busy, is_busy = before is _INVOKE, phase is _INVOKE
    if is_busy and not was_busy:
        settled = before is not _READY or time_s - environment.since_s >= FILES_KNOWN_S
        environment.invoke_begins(request_id, files_are_known=settled)
    environment.timeline.enter_phase(before, phase, time_s, request_id)
    environment.phase = phase
    environment.generation = record.generation
    environment.frozen = False
    environment.since_s = time_s
    environment.reason = record.reason
    environment.request_id = request_id
    if phase is _DEAD:
        environment.no_files()
        draft.buries(time_s)
    if is_busy is not was_busy and (metrics := draft.metrics(environment.function)) is not None:
        metrics.in_flight += is_busy - was_busy


def _init_start(draft: Draft, event: TelemetryEvent, record: records.InitStart) -> None:
    if (environment := draft.environment(event.environment)) is not None:
        environment.initialization_type = record.initialization_type


def _restore_start(draft: Draft, event: TelemetryEvent, record: records.RestoreStart) -> None:
    if (environment := draft.environment(event.environment)) is not None:
        environment.initialization_type = InitializationType.SNAP_START


def _frozen(draft: Draft, event: TelemetryEvent, record: records.EnvironmentFrozen) -> None:
    environment = draft.environment(event.environment)
    if environment is not None and environment.phase is not _DEAD:
        environment.frozen = True
        environment.timeline.freeze(event.time_s)


def _thawed(draft: Draft, event: TelemetryEvent, record: records.EnvironmentThawed) -> None:
    environment = draft.environment(event.environment)
    if environment is not None:
        environment.frozen = False
        environment.frozen_ms += record.frozen_ms
        environment.timeline.thaw(environment.phase, event.time_s, environment.request_id)


def _scratch(draft: Draft, event: TelemetryEvent, record: records.ScratchChanged) -> None:
    environment = draft.environment(event.environment)
    if environment is not None and environment.phase is not _DEAD:
        environment.files = record.files
        environment.files_bytes = record.total_bytes
        environment.files_truncated = record.truncated


# Extensions


def _extension(draft: Draft, event: TelemetryEvent, record: records.PlatformExtension) -> None:
    if (environment := draft.environment(event.environment)) is not None:
        known = environment.extension(record.name)
        changed = replace(known, state=record.state, events=record.events, error_type=record.error_type)
        environment.set_extension(changed)


def _subscribed(
    draft: Draft, event: TelemetryEvent, record: records.TelemetrySubscription | records.LogsSubscription
) -> None:
    if (environment := draft.environment(event.environment)) is not None:
        environment.set_extension(replace(environment.extension(record.name), subscribed=record.types))


def _lost(draft: Draft, event: TelemetryEvent, record: records.LogsDropped) -> None:
    if (environment := draft.environment(event.environment)) is not None:
        before = environment.extension(record.name)
        environment.set_extension(replace(before, lost_records=before.lost_records + record.dropped_records))


# Invocations


def _init_report(draft: Draft, event: TelemetryEvent, record: records.InitReport) -> None:
    """One that failed in its own phase has a price of its own."""
    billed_ms, memory_mb = record.metrics.billed_duration_ms, record.metrics.memory_size_mb
    if billed_ms is not None and memory_mb is not None and (metrics := draft.metrics(event.function)) is not None:
        metrics.costs(billed_ms, memory_mb)


def _report(draft: Draft, event: TelemetryEvent, record: records.Report) -> None:
    request_id, numbers = record.request_id, record.metrics
    experiment = draft.experiments.get(request_id)
    if (environment := draft.environment(event.environment)) is not None:
        environment.invokes += 1
        if numbers.max_memory_used_mb is not None:
            environment.memory_used_mb = numbers.max_memory_used_mb
        if experiment is None:
            _count_provisioned(draft, event, environment)
    if (metrics := draft.metrics(event.function)) is not None:
        metrics.reported(record, experiment=experiment is not None)
    if event.function is not None and event.environment is not None:
        draft.reports.append(
            ReportView(
                request_id=request_id,
                function=event.function,
                environment=event.environment,
                time_s=event.time_s,
                status=record.status,
                error_type=record.error_type,
                duration_ms=numbers.duration_ms,
                billed_duration_ms=numbers.billed_duration_ms,
                memory_size_mb=numbers.memory_size_mb,
                max_memory_used_mb=numbers.max_memory_used_mb,
                init_duration_ms=numbers.init_duration_ms,
                restore_duration_ms=numbers.restore_duration_ms,
                experiment=experiment,
            )
        )
    if experiment is not None:
        draft.experiment_over(request_id)


def _accepted(draft: Draft, event: TelemetryEvent, record: records.InvokeAccepted) -> None:
    if record.experiment is not None:
        draft.experiment_began(record.request_id, record.experiment)


def _logged(draft: Draft, event: TelemetryEvent, record: records.FunctionLog) -> None:
    """Log lines are not views; what matters here are the metrics that some of them carry."""
    carrying = [line for line in record.lines if means_to_be_metrics(line)]
    if carrying and (embedded := draft.embedded(event.function)) is not None:
        embedded.add(carrying, event.time_s)


def _throttled(draft: Draft, event: TelemetryEvent, record: records.InvokeThrottled) -> None:
    metrics = draft.metrics(event.function)
    if metrics is not None:
        metrics.throttles += 1
    draft.experiment_over(record.request_id)


def _provisioned(draft: Draft, event: TelemetryEvent, record: records.ProvisionedConcurrency) -> None:
    if event.function in draft.functions:
        functions = draft.functions
        before = functions[event.function].provisioned
        view = ProvisionedView(
            requested=record.requested,
            available=record.available,
            status=record.status,
            reason=record.status_reason,
            invocations=0 if before is None else before.invocations,
            spillover=0 if before is None else before.spillover,
        )
        functions[event.function] = replace(functions[event.function], provisioned=view if view.requested else None)


def _count_provisioned(draft: Draft, event: TelemetryEvent, environment: EnvironmentDraft) -> None:
    """An invoke was reported: in what was provisioned, or because there was not enough of it."""
    function = None if event.function is None else draft.functions.get(event.function)
    if function is None or function.provisioned is None:
        return
    inside = environment.initialization_type is InitializationType.PROVISIONED_CONCURRENCY
    counted = replace(
        function.provisioned,
        invocations=function.provisioned.invocations + inside,
        spillover=function.provisioned.spillover + (not inside),
    )
    draft.functions[function.name] = replace(function, provisioned=counted)


def _queued(draft: Draft, event: TelemetryEvent, record: records.QueueMoved) -> None:
    if event.function is None:
        return
    draft.queue_event(
        QueuedEventView(
            request_id=record.request_id,
            function=event.function,
            state=record.state,
            attempt=record.attempt,
            since_s=event.time_s,
            due_s=None if record.due_in_s is None else event.time_s + record.due_in_s,
            error_type=record.error_type,
        )
    )
    draft.experiment_over(record.request_id)


# Code


def _code_changed(draft: Draft, event: TelemetryEvent, record: records.CodeChanged) -> None:
    view = ReloadView(revision=record.revision, files=record.files, changed_s=event.time_s)
    _set_reload(draft, event, lambda _: view)


def _code_ready(draft: Draft, event: TelemetryEvent, record: records.CodeReady) -> None:
    """The first environment on the newest save counts; stragglers of an older save do not."""

    def ready(before: ReloadView | None) -> ReloadView:
        took_ms = record.save_to_ready_ms
        if before is None or before.revision < record.revision:
            changed_s = event.time_s - took_ms / 1000
            return ReloadView(
                revision=record.revision, files=record.files, changed_s=changed_s, save_to_ready_ms=took_ms
            )
        if before.revision > record.revision or before.save_to_ready_ms is not None:
            return before
        return replace(before, save_to_ready_ms=took_ms, broken=None)

    _set_reload(draft, event, ready)


def _code_broken(draft: Draft, event: TelemetryEvent, record: records.CodeBroken) -> None:
    where = record.file if record.line is None else f"{record.file}:{record.line}"
    fresh = ReloadView(revision=0, files=(record.file,), changed_s=event.time_s)
    _set_reload(draft, event, lambda before: replace(before or fresh, broken=f"{where}: {record.message}"))


def _set_reload(draft: Draft, event: TelemetryEvent, change: Callable[[ReloadView | None], ReloadView]) -> None:
    if event.function in draft.functions:
        view = draft.functions[event.function]
        draft.functions[event.function] = replace(view, reload=change(view.reload))


# The engine


def _engine_started(draft: Draft, event: TelemetryEvent, record: records.EngineStarted) -> None:
    draft.engine = EngineView(
        project=record.project,
        root=record.root,
        url=record.url,
        backend=record.backend,
        started_s=draft.engine.started_s or event.time_s,
        speed=record.speed,
        reloading=record.reloading,
        capabilities=record.capabilities,
        problems=draft.engine.problems,
        history_problem=draft.engine.history_problem,
    )


def _project_loaded(draft: Draft, event: TelemetryEvent, record: records.ProjectLoaded) -> None:
    summaries = {summary.name: summary for summary in record.summaries}
    names = [FunctionName(name) for name in record.functions]
    draft.drop_functions_but(set(names))
    views = {}
    for name in names:
        view = draft.functions.get(name) or FunctionView(name=name)
        if (known := summaries.get(name)) is not None:
            view = replace(
                view,
                runtime=known.runtime,
                handler=known.handler,
                memory_mb=known.memory_mb,
                timeout_s=known.timeout_s,
                ephemeral_storage_mb=known.ephemeral_storage_mb,
                architecture=known.architecture,
                events=known.events,
                problems=known.problems,
                logging=known.logging,
                session=known.session,
            )
        views[name] = view
    draft.functions = views
    _set_problems(draft, record.problems, draft.engine.history_problem)


def _history_trouble(draft: Draft, event: TelemetryEvent, record: records.HistoryTrouble) -> None:
    before = draft.engine
    _set_problems(draft, [each for each in before.problems if each != before.history_problem], record.problem)


def _set_problems(draft: Draft, of_project: Iterable[str], of_history: str) -> None:
    problems = (*of_project, of_history) if of_history else tuple(of_project)
    draft.engine = replace(draft.engine, problems=problems, history_problem=of_history)


# Any: each function takes the record class it stands beside
_FOLD: Mapping[type[records.Record], Callable[[Draft, TelemetryEvent, Any], None]] = {
    records.EnvironmentPhase: _phase,
    records.InitStart: _init_start,
    records.RestoreStart: _restore_start,
    records.EnvironmentFrozen: _frozen,
    records.EnvironmentThawed: _thawed,
    records.ScratchChanged: _scratch,
    records.PlatformExtension: _extension,
    records.TelemetrySubscription: _subscribed,
    records.LogsSubscription: _subscribed,
    records.LogsDropped: _lost,
    records.Report: _report,
    records.InitReport: _init_report,
    records.InvokeAccepted: _accepted,
    records.FunctionLog: _logged,
    records.InvokeThrottled: _throttled,
    records.ProvisionedConcurrency: _provisioned,
    records.QueueMoved: _queued,
    records.CodeChanged: _code_changed,
    records.CodeReady: _code_ready,
    records.CodeBroken: _code_broken,
    records.EngineStarted: _engine_started,
    records.ProjectLoaded: _project_loaded,
    records.HistoryTrouble: _history_trouble,
}
