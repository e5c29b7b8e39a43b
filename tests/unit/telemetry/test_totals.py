"""What several functions' invokes add up to."""

import pytest

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.views import FunctionView, MetricsView, Overall, ReportView
from lambdatui.telemetry import totals
from lambdatui.telemetry.cost import cost


def function(name: str, *, memory_mb: int = 128, metrics: MetricsView | None = None) -> FunctionView:
    return FunctionView(name=FunctionName(name), memory_mb=memory_mb, metrics=metrics or MetricsView())


def report(duration_ms: float, experiment: Experiment | None = None) -> ReportView:
    return ReportView(
        request_id=RequestId(f"r{duration_ms:g}"), function=FunctionName("f"), environment=EnvironmentId("e1"),
        time_s=0.0, status=Status.SUCCESS, error_type=None, duration_ms=duration_ms,
        billed_duration_ms=int(duration_ms), memory_size_mb=128, max_memory_used_mb=None, init_duration_ms=None,
        experiment=experiment,
    )  # fmt: skip


FAST = function("fast", metrics=MetricsView(invocations=3, durations_ms=(1.0, 1.0, 2.0), billed_gb_s=0.5))
SLOW = function("slow", metrics=MetricsView(invocations=1, errors=1, durations_ms=(90.0,), billed_gb_s=2.0))


def test_one_function_is_as_it_says_itself() -> None:
    assert totals.together([SLOW], ()) is SLOW.metrics


def test_counts_add_up_and_percentiles_are_of_all_invokes() -> None:
    found = totals.together([FAST, SLOW], ())
    assert (found.invocations, found.errors) == (4, 1)
    assert (found.p50_ms, found.p99_ms) == (1.0, 90.0)


def test_durations_stand_in_the_order_of_the_reports_without_experiments() -> None:
    found = totals.together([FAST, SLOW], [report(90.0), report(7.0, Experiment.TRIAL), report(1.0)])
    assert found.durations_ms == (90.0, 1.0)


def test_experiments_of_one_function_are_told_apart_in_the_sum() -> None:
    tried = MetricsView(
        durations_ms=(1.0,), experiments=1, overall=Overall(durations_ms=(1.0, 7.0), p50_ms=1.0, p95_ms=7.0)
    )
    found = totals.together([function("tried", metrics=tried), SLOW], [report(7.0, Experiment.TRIAL)])
    assert found.overall is not None
    assert (found.overall.p50_ms, found.overall.p99_ms) == (7.0, 90.0)
    assert found.overall.durations_ms == (7.0,)
    assert totals.together([FAST, SLOW], ()).overall is None


def test_money_is_the_sum_and_a_million_is_of_the_same_mixture() -> None:
    alone = [cost(view) for view in (FAST, SLOW)]
    found = totals.costs([FAST, SLOW, function("idle")])
    assert found is not None
    assert found.so_far == pytest.approx(sum(one.so_far for one in alone if one is not None))
    assert found.per_million == pytest.approx(found.so_far / 4 * 1_000_000)


def test_no_invoke_costs_nothing_that_could_be_told() -> None:
    assert totals.costs([function("idle")]) is None


def test_function_nearest_to_its_memory_is_the_tightest() -> None:
    roomy = function("roomy", memory_mb=1024, metrics=MetricsView(peak_memory_mb=400))
    tight = function("tight", memory_mb=128, metrics=MetricsView(peak_memory_mb=120))
    assert totals.tightest([roomy, tight]) is tight
    assert totals.tightest([FAST]) is None
