import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import InitializationType, InitPhase, Phase, ProvisionedStatus, Status
from lambdatui.model.records import (
    CodeBroken,
    CodeChanged,
    CodeReady,
    EngineStarted,
    EnvironmentFrozen,
    EnvironmentPhase,
    EnvironmentThawed,
    FunctionSummary,
    HistoryTrouble,
    InitMetrics,
    InitReport,
    InitStart,
    InvokeAccepted,
    InvokeThrottled,
    LogsDropped,
    PlatformExtension,
    ProjectLoaded,
    ProvisionedConcurrency,
    QueueMoved,
    Record,
    ScratchChanged,
    ScratchFile,
    Span,
    TelemetrySubscription,
)
from lambdatui.model.views import ExtensionView, FunctionView, ProvisionedView, QueuedEventView, Views
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.samples import E1A, NOON_S, ORDERS, REQUEST, event, report
from tests.unit.telemetry.streams import LOADED, streams


def fold(*records: Record, views: Views | None = None, every_s: float = 1.0) -> Views:
    """The views after these records of environment e1a, which happened ``every_s`` apart."""
    start = views or Views()
    events = [event(record, seq=start.seq + n, at=NOON_S + n * every_s) for n, record in enumerate(records, 1)]
    return apply(start, events)


def phase(phase: Phase, *, generation: int = 1, request_id: RequestId | None = None, reason: str = "") -> Record:
    return EnvironmentPhase(phase=phase, generation=generation, request_id=request_id, reason=reason)


INVOKE = phase(Phase.INVOKE, request_id=REQUEST)
READY = phase(Phase.READY)
DEAD = phase(Phase.DEAD)


def test_no_events_leave_the_very_same_views() -> None:
    views = Views()
    assert apply(views, []) is views


def test_views_carry_the_number_of_the_last_event() -> None:
    assert fold(READY, INVOKE).seq == 2


def test_what_no_event_touched_is_shared_with_the_views_before() -> None:
    before = fold(LOADED, INVOKE)
    after = fold(phase(Phase.READY), views=before)
    assert after.functions["thumbnailer"] is before.functions["thumbnailer"]  # type: ignore[index]


def test_views_before_stay_as_they_were() -> None:
    before = fold(LOADED, READY)
    fold(INVOKE, report(), views=before)
    assert before == fold(LOADED, READY)


# Environments


def test_environment_appears_with_its_first_phase() -> None:
    environment = fold(phase(Phase.INIT, generation=0, reason="cold")).environments[E1A]
    assert (environment.function, environment.phase, environment.reason) == (ORDERS, Phase.INIT, "cold")
    assert environment.since_s == NOON_S + 1


def test_frozen_environment_shows_as_frozen_until_it_is_thawed() -> None:
    frozen = fold(READY, EnvironmentFrozen())
    assert frozen.environments[E1A].frozen
    assert not fold(EnvironmentThawed(frozen_ms=1), views=frozen).environments[E1A].frozen


def test_environment_that_is_reset_while_frozen_is_not_frozen_any_more() -> None:
    assert not fold(READY, EnvironmentFrozen(), phase(Phase.RESETTING)).environments[E1A].frozen


def test_frozen_time_of_an_environment_adds_up() -> None:
    views = fold(phase(Phase.READY), EnvironmentThawed(frozen_ms=1500.0), EnvironmentThawed(frozen_ms=20.5))
    assert views.environments[E1A].frozen_ms == 1520.5


def test_extension_shows_its_state_and_what_it_listens_to() -> None:
    views = fold(
        phase(Phase.INIT),
        TelemetrySubscription(name="listener", state="Subscribed", types=("platform", "function")),
        PlatformExtension(name="listener", state="Ready", events=("INVOKE", "SHUTDOWN")),
        PlatformExtension(name="broken", state="LaunchError", error_type="PermissionDenied"),
    )
    assert views.environments[E1A].extensions == (
        ExtensionView(
            name="listener", state="Ready", events=("INVOKE", "SHUTDOWN"), subscribed=("platform", "function")
        ),
        ExtensionView(name="broken", state="LaunchError", error_type="PermissionDenied"),
    )


def test_dead_environment_can_be_looked_back_at_for_five_minutes() -> None:
    dead = fold(READY, DEAD)
    assert E1A in apply(dead, [other_environment(seq=3, after_s=301.9)]).environments
    assert E1A not in apply(dead, [other_environment(seq=3, after_s=302)]).environments


def test_dead_environment_has_no_files() -> None:
    file = ScratchFile(path="a", size_bytes=1, modified_s=0.0)
    listed = ScratchChanged(files=(file,), total_bytes=1)
    views = fold(READY, listed, DEAD, listed)
    assert views.environments[E1A].files == ()
    assert views.environments[E1A].files_bytes == 0


def test_late_event_does_not_raise_a_forgotten_environment() -> None:
    gone = apply(fold(READY, DEAD), [other_environment(seq=3, after_s=400)])
    late = fold(ScratchChanged(files=(), total_bytes=0), EnvironmentFrozen(), views=gone)
    assert E1A not in late.environments


def test_environment_shows_the_memory_of_its_last_report() -> None:
    views = fold(READY, report(max_memory_used_mb=31), report(max_memory_used_mb=None))
    assert views.environments[E1A].memory_used_mb == 31
    assert views.environments[E1A].invokes == 2


def test_environment_shows_what_lies_in_its_tmp() -> None:
    files = (ScratchFile(path="a.bin", size_bytes=7, modified_s=1.0),)
    environment = fold(READY, ScratchChanged(files=files, total_bytes=7)).environments[E1A]
    assert (environment.files, environment.files_bytes) == (files, 7)


def other_environment(*, seq: int, after_s: float) -> TelemetryEvent:
    return event(READY, seq=seq, at=NOON_S + after_s)._replace(environment=EnvironmentId("e1b"))


# Numbers


def test_cold_and_failed_invokes_are_counted_from_reports() -> None:
    reports = (report(init_duration_ms=80.0), report(status=Status.ERROR), report(status=Status.TIMEOUT), report())
    metrics = fold(LOADED, READY, *reports).functions[ORDERS].metrics
    assert (metrics.invocations, metrics.errors, metrics.cold_starts) == (4, 2, 1)
    assert metrics.init_durations_ms == (80.0,)


def test_restored_invoke_is_a_cold_start_without_an_init() -> None:
    views = fold(LOADED, READY, report(restore_duration_ms=107.3, billed_restore_duration_ms=108), report())
    restored, warm = views.reports
    assert (restored.cold, restored.start_duration_ms, warm.cold) == (True, 107.3, False)
    metrics = views.functions[ORDERS].metrics
    assert (metrics.cold_starts, metrics.init_durations_ms) == (1, ())


def test_percentiles_are_measured_values_of_the_last_512() -> None:
    old = [report(duration_ms=99_999.0)]
    recent = [report(duration_ms=float(ms)) for ms in range(512, 0, -1)]
    metrics = fold(LOADED, *old, *recent).functions[ORDERS].metrics
    assert (metrics.p50_ms, metrics.p95_ms, len(metrics.durations_ms)) == (256.0, 487.0, 512)
    assert metrics.invocations == 513


def test_invokes_in_flight_are_environments_that_run_one() -> None:
    running = fold(LOADED, READY, INVOKE)
    assert running.functions[ORDERS].metrics.in_flight == 1
    assert fold(READY, views=running).functions[ORDERS].metrics.in_flight == 0


def test_environment_that_dies_in_an_invoke_is_in_flight_no_more() -> None:
    assert fold(LOADED, INVOKE, phase(Phase.SHUTDOWN), DEAD).functions[ORDERS].metrics.in_flight == 0


def test_throttles_are_counted() -> None:
    assert fold(LOADED, InvokeThrottled(request_id=REQUEST, reason="limit")).functions[ORDERS].metrics.throttles == 1


def test_last_200_reports_are_kept_in_order() -> None:
    ids = [RequestId(f"r{n}") for n in range(205)]
    views = fold(LOADED, *(report(request_id=id_) for id_ in ids))
    assert [each.request_id for each in views.reports] == ids[-200:]


def test_report_is_cold_when_it_has_an_init_duration() -> None:
    (cold,) = fold(report(init_duration_ms=80.0)).reports
    assert cold.cold
    assert (cold.function, cold.environment, cold.time_s) == (ORDERS, E1A, NOON_S + 1)


# The queue


def moved(id_: str, state: str, due_in_s: float | None = None) -> QueueMoved:
    return QueueMoved(request_id=RequestId(id_), state=state, attempt=1, due_in_s=due_in_s)


def test_waiting_event_shows_when_it_is_due() -> None:
    assert fold(moved("a", "waiting", 60.0)).queue == {
        "a": QueuedEventView(
            request_id=RequestId("a"),
            function=ORDERS,
            state="waiting",
            attempt=1,
            since_s=NOON_S + 1,
            due_s=NOON_S + 61,
        )
    }


def test_last_100_finished_events_are_kept_and_every_waiting_one() -> None:
    finished = [moved(f"f{n}", "failed" if n % 2 else "succeeded") for n in range(105)]
    views = fold(moved("w", "waiting"), *finished)
    assert list(views.queue) == ["w", *(f"f{n}" for n in range(5, 105))]


# Code


def test_save_shows_as_a_reload_that_is_not_ready_yet() -> None:
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",))).functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.files, reload.changed_s, reload.save_to_ready_ms) == (
        3,
        ("a.py",),
        NOON_S + 2,
        None,
    )


def test_first_environment_on_the_new_code_makes_the_reload_ready() -> None:
    ready = [CodeReady(revision=3, files=("a.py",), save_to_ready_ms=ms) for ms in (11.0, 400.0)]
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), *ready).functions[ORDERS].reload
    assert reload is not None
    assert reload.save_to_ready_ms == 11.0


def test_environment_on_older_code_says_nothing_of_the_newest_save() -> None:
    late = CodeReady(revision=2, files=("a.py",), save_to_ready_ms=900.0)
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), late).functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.save_to_ready_ms) == (3, None)


def test_broken_save_shows_file_and_line_until_the_next_save() -> None:
    broken = CodeBroken(file="a.py", line=12, message="invalid syntax")
    views = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), broken)
    reload = views.functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.broken) == (3, "a.py:12: invalid syntax")
    fixed = fold(CodeChanged(revision=4, files=("a.py",)), views=views).functions[ORDERS].reload
    assert fixed is not None
    assert fixed.broken is None


# The engine and its project


def test_project_names_the_functions_with_what_is_known_of_them() -> None:
    summary = FunctionSummary(name=ORDERS, runtime="python3.12", handler="app.handler", memory_mb=256, timeout_s=3)
    loaded = ProjectLoaded(
        functions=(ORDERS, "mailer"), problems=("template.yaml:3: no Handler",), summaries=(summary,)
    )
    views = fold(loaded)
    assert list(views.functions) == [ORDERS, "mailer"]
    assert views.functions[ORDERS] == FunctionView(
        name=ORDERS, runtime="python3.12", handler="app.handler", memory_mb=256, timeout_s=3
    )
    assert views.engine.problems == ("template.yaml:3: no Handler",)


def test_project_that_is_read_again_keeps_the_numbers_of_its_functions() -> None:
    views = fold(LOADED, report(), LOADED)
    assert views.functions[ORDERS].metrics.invocations == 1


def test_function_that_left_the_project_does_not_come_back_with_a_late_report() -> None:
    views = fold(LOADED, report(), ProjectLoaded(functions=("thumbnailer",), problems=()), report())
    assert list(views.functions) == ["thumbnailer"]


def test_trouble_with_the_history_is_a_problem_until_it_is_over_also_when_the_project_is_read_again() -> None:
    loaded = ProjectLoaded(functions=("f",), problems=("template.yaml:3: no handler",))
    views = fold(loaded, HistoryTrouble(problem="disk is full"))
    assert views.engine.problems == ("template.yaml:3: no handler", "disk is full")
    views = fold(loaded, HistoryTrouble(problem="disk is full"), ProjectLoaded(functions=("f",), problems=()))
    assert views.engine.problems == ("disk is full",)
    views = fold(loaded, HistoryTrouble(problem="disk is full"), HistoryTrouble(problem=""))
    assert views.engine.problems == ("template.yaml:3: no handler",)


def test_engine_that_says_its_url_later_started_when_it_started() -> None:
    free = CapabilityReport(capability=Capability.FREEZE, enforcement=Enforcement.ENFORCED, how="cgroup")
    first = EngineStarted(project="acme", root="/acme", backend="process", capabilities=(free,))
    engine = fold(first, replace(first, url="http://127.0.0.1:9001")).engine
    assert (engine.started_s, engine.url, engine.capabilities) == (NOON_S + 1, "http://127.0.0.1:9001", (free,))


# Folding


@given(events=streams(), cuts=st.lists(st.integers(min_value=0, max_value=60), max_size=8))
def test_folding_in_any_split_gives_the_same_picture(events: list[TelemetryEvent], cuts: list[int]) -> None:
    assert folded(events, [0, *sorted(cuts), len(events)]) == apply(Views(), events)


@given(events=streams())
def test_folding_one_by_one_gives_the_same_picture(events: list[TelemetryEvent]) -> None:
    assert folded(events, range(len(events) + 1)) == apply(Views(), events)


def test_busy_stream_gives_the_same_picture_in_any_split() -> None:
    """Long enough for every limit: rings, time line, buried environments, finished events."""
    records = [each for n in range(600) for each in (*one_invoke(n), moved(f"q{n}", "succeeded"))]
    events = [event(LOADED), *(event(record, seq=n, at=NOON_S + n * 0.05) for n, record in enumerate(records, 2))]
    whole = apply(Views(), events)
    assert folded(events, [0, 1, 700, 701, 1500, len(events)]) == whole
    assert len(whole.environments[E1A].segments) <= 400


def one_invoke(number: int) -> tuple[Record, ...]:
    thawed = EnvironmentThawed(frozen_ms=1.0)
    return (thawed, INVOKE, report(duration_ms=float(number % 97)), READY, EnvironmentFrozen())


def folded(events: list[TelemetryEvent], edges: Sequence[int]) -> Views:
    views = Views()
    for start, end in itertools.pairwise(edges):
        views = apply(views, events[start:end])
    return views


def test_extension_shows_how_much_telemetry_it_was_too_slow_for() -> None:
    lost = LogsDropped(name="tail", dropped_records=3, dropped_bytes=99, reason="slow")
    views = fold(phase(Phase.INIT), PlatformExtension(name="tail", state="Ready"), lost, lost)
    assert [each.lost_records for each in views.environments[E1A].extensions] == [6]


def test_report_of_a_restored_invoke_carries_its_duration() -> None:
    views = fold(phase(Phase.INIT), report(restore_duration_ms=712.5))
    assert views.reports[0].restore_duration_ms == 712.5


# Experiments


def accepted(request_id: RequestId = REQUEST, *, kind: str = "RequestResponse") -> Record:
    return InvokeAccepted(request_id=request_id, invocation_type=kind, payload_bytes=2, experiment=Experiment.TRIAL)


def test_times_of_experiments_are_kept_out_of_the_percentiles_and_beside_them() -> None:
    slow = accepted(RequestId("slow")), report(request_id=RequestId("slow"), duration_ms=900, init_duration_ms=400)
    metrics = fold(LOADED, report(duration_ms=10), *slow, report(duration_ms=20)).functions[ORDERS].metrics
    assert (metrics.invocations, metrics.cold_starts, metrics.experiments) == (3, 1, 1)
    assert (metrics.durations_ms, metrics.init_durations_ms, metrics.p95_ms) == ((10, 20), (), 20)
    assert metrics.overall is not None
    assert (metrics.overall.durations_ms, metrics.overall.p50_ms, metrics.overall.p95_ms) == ((10, 900, 20), 20, 900)


def test_without_experiments_there_is_no_second_set_of_times() -> None:
    assert fold(LOADED, report()).functions[ORDERS].metrics.overall is None


def test_report_of_an_experiment_says_so_and_is_the_end_of_it() -> None:
    views = fold(LOADED, READY, accepted(), report(), report(request_id=RequestId("other")))
    assert [each.experiment for each in views.reports] == [Experiment.TRIAL, None]
    assert views.experiments == {}


def test_every_attempt_of_an_asynchronous_event_is_part_of_its_experiment() -> None:
    queued = [QueueMoved(request_id=REQUEST, state=state, attempt=1) for state in ("running", "waiting", "running")]
    ended = QueueMoved(request_id=REQUEST, state="failed", attempt=2)
    views = fold(LOADED, READY, accepted(kind="Event"), queued[0], report(), *queued[1:], report(), ended)
    assert [each.experiment for each in views.reports] == [Experiment.TRIAL] * 2
    assert views.experiments == {}


def test_throttled_invocation_is_no_longer_waited_for() -> None:
    assert fold(LOADED, accepted(), InvokeThrottled(request_id=REQUEST, reason="r")).experiments == {}


# Provisioned concurrency


def provisioned(available: int, status: ProvisionedStatus, *, requested: int = 2) -> Record:
    return ProvisionedConcurrency(requested=requested, available=available, status=status)


def test_function_shows_how_much_of_its_provisioned_concurrency_is_there() -> None:
    views = fold(LOADED, provisioned(0, ProvisionedStatus.IN_PROGRESS), provisioned(2, ProvisionedStatus.READY))
    assert views.functions[ORDERS].provisioned == ProvisionedView(
        requested=2, available=2, status=ProvisionedStatus.READY
    )


def test_function_that_provisions_nothing_any_more_shows_nothing_of_it() -> None:
    views = fold(LOADED, provisioned(2, ProvisionedStatus.READY), provisioned(0, ProvisionedStatus.READY, requested=0))
    assert views.functions[ORDERS].provisioned is None


def made(initialization_type: InitializationType) -> Record:
    return InitStart(
        initialization_type=initialization_type,
        phase=InitPhase.INIT,
        function_name=ORDERS,
        function_version="$LATEST",
        instance_id="stream",
        instance_max_memory=128,
    )


@pytest.mark.parametrize(
    ("initialization_type", "counts"),
    [(InitializationType.PROVISIONED_CONCURRENCY, (1, 0)), (InitializationType.ON_DEMAND, (0, 1))],
)
def test_invokes_are_counted_by_whether_they_ran_in_what_was_provisioned(
    initialization_type: InitializationType, counts: tuple[int, int]
) -> None:
    told = provisioned(2, ProvisionedStatus.READY)
    views = fold(LOADED, told, phase(Phase.INIT), made(initialization_type), report(), told)
    view = views.functions[ORDERS].provisioned
    assert view is not None
    assert (view.invocations, view.spillover) == counts


def test_environment_shows_what_it_was_made_for() -> None:
    init = made(InitializationType.PROVISIONED_CONCURRENCY)
    assert fold(phase(Phase.INIT), init).environments[E1A].is_provisioned


def test_billed_time_and_peak_memory_add_up_over_invokes() -> None:
    metrics = (
        fold(LOADED, READY, report(max_memory_used_mb=31), report(max_memory_used_mb=90), report())
        .functions[ORDERS]
        .metrics
    )
    assert metrics.peak_memory_mb == 90
    assert metrics.billed_ms == 3 * 214
    assert metrics.billed_gb_s == pytest.approx(3 * 0.214 * 128 / 1024)


def test_init_that_failed_by_itself_costs_what_its_report_says() -> None:
    billed = InitMetrics(duration_ms=300.1, billed_duration_ms=301, memory_size_mb=128)
    failed = InitReport(phase=InitPhase.INIT, status=Status.ERROR, metrics=billed)
    metrics = fold(LOADED, READY, failed).functions[ORDERS].metrics
    assert metrics.billed_ms == 301
    assert metrics.billed_gb_s == pytest.approx(0.301 * 128 / 1024)


def test_init_that_is_billed_with_an_invoke_costs_nothing_by_itself() -> None:
    went_well = InitReport(phase=InitPhase.INIT, status=Status.SUCCESS, metrics=InitMetrics(duration_ms=300.1))
    assert fold(LOADED, READY, went_well).functions[ORDERS].metrics.billed_ms == 0


def test_time_of_extensions_after_the_runtime_is_a_metric_of_the_function() -> None:
    spans = (Span(name="extensionOverhead", start_s=1.0, duration_ms=12.5),)
    metrics = fold(LOADED, READY, report(), replace(report(), spans=spans)).functions[ORDERS].metrics
    assert metrics.post_runtime_extensions_ms == (12.5,)
