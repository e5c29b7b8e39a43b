"""What the invokes of several functions add up to. Pure; a single function's own view says the same of it alone."""

from collections.abc import Iterable, Sequence
from itertools import chain

from lambdatui.model.views import FunctionView, MetricsView, Overall, ReportView
from lambdatui.telemetry.cost import Cost, cost
from lambdatui.telemetry.percentiles import percentile


def together(views: Sequence[FunctionView], reports: Sequence[ReportView]) -> MetricsView:
    """Percentiles over the last 512 invokes of each function. What is in the order of time, the durations and the
    inits, is that of ``reports``, oldest first. Of memory and of time after the response there is no sum.
    """
    if len(views) == 1:
        return views[0].metrics
    each = [view.metrics for view in views]
    usual = [report for report in reports if report.experiment is None]
    times = _times(chain.from_iterable(one.durations_ms for one in each), usual)
    overall = None
    if any(one.overall is not None for one in each):
        overall = _times(chain.from_iterable((one.overall or one).durations_ms for one in each), reports)
    return MetricsView(
        invocations=sum(one.invocations for one in each),
        errors=sum(one.errors for one in each),
        throttles=sum(one.throttles for one in each),
        cold_starts=sum(one.cold_starts for one in each),
        in_flight=sum(one.in_flight for one in each),
        durations_ms=times.durations_ms,
        init_durations_ms=tuple(one.init_duration_ms for one in usual if one.init_duration_ms is not None),
        p50_ms=times.p50_ms,
        p95_ms=times.p95_ms,
        p99_ms=times.p99_ms,
        billed_ms=sum(one.billed_ms for one in each),
        billed_gb_s=sum(one.billed_gb_s for one in each),
        experiments=sum(one.experiments for one in each),
        overall=overall,
    )


def costs(views: Iterable[FunctionView]) -> Cost | None:
    """Of all that have invokes and a price; a million of them are like those that were, in the same mixture."""
    found = [(view.metrics.invocations, one) for view in views if (one := cost(view)) is not None]
    if not found:
        return None
    so_far = sum(one.so_far for _, one in found)
    return Cost(so_far=so_far, per_million=so_far / sum(invokes for invokes, _ in found) * 1_000_000)


def tightest(views: Iterable[FunctionView]) -> FunctionView | None:
    """The function whose invokes came nearest to its memory; None where nothing was measured."""
    measured = [view for view in views if view.metrics.peak_memory_mb is not None and view.memory_mb]
    return max(measured, key=lambda view: (view.metrics.peak_memory_mb or 0) / view.memory_mb, default=None)


def _times(durations_ms: Iterable[float], reports: Iterable[ReportView]) -> Overall:
    """Percentiles of these durations, beside those of the reports in their order."""
    ordered = sorted(durations_ms)
    return Overall(
        durations_ms=tuple(report.duration_ms for report in reports),
        p50_ms=percentile(ordered, 50),
        p95_ms=percentile(ordered, 95),
        p99_ms=percentile(ordered, 99),
    )
