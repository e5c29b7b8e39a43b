"""The figures of a function: what its invokes, experiments and provisioned environments add up to."""

from dataclasses import replace

import pytest

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import InitializationType, InitPhase, Phase, ProvisionedStatus, Status
from lambdatui.model.records import (
    InitMetrics,
    InitReport,
    InitStart,
    InvokeAccepted,
    InvokeThrottled,
    ProvisionedConcurrency,
    QueueMoved,
    Record,
    Span,
)
from lambdatui.model.views import ProvisionedView
from tests.unit.telemetry.folding import DEAD, INVOKE, READY, fold, phase
from tests.unit.telemetry.samples import E1A, NOON_S, ORDERS, REQUEST, report
from tests.unit.telemetry.streams import LOADED

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
