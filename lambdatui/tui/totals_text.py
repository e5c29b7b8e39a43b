"""What the invokes of one function or of all add up to, as the rows at the top of pane 5. Pure.

Counts, times and memory are measured; money is estimated, and always stands behind a ``≈``.
"""

from collections.abc import Sequence

from lambdatui.model import prices
from lambdatui.model.views import FunctionView, MetricsView
from lambdatui.telemetry import totals
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, Span, cut, width


def counts(metrics: MetricsView, room: int) -> Line:
    """How many invokes, cold starts and errors; how long they took: as much as there is room for."""
    plural = ("" if number == 1 else "s" for number in (metrics.invocations, metrics.errors))
    words = tuple(f"{word}{end}" for word, end in zip(("invoke", "error"), plural, strict=True))
    choices = (
        (words, True, (50, 95, 99)), (("inv", "err"), True, (50, 95, 99)), (words, True, (50, 95)),
        (("inv", "err"), True, (95, 99)), (("inv", "err"), True, (95,)),
    )  # fmt: skip
    lines = (_counts(metrics, names, percentiles, cold=cold) for names, cold, percentiles in choices)
    return next((line for line in lines if width(line) <= room), _counts(metrics, ("inv", "err"), (95,), cold=False))


def _counts(metrics: MetricsView, words: tuple[str, ...], percentiles: tuple[int, ...], *, cold: bool) -> Line:
    spans: list[Span] = [(f"{metrics.invocations}", "plain"), (f" {words[0]}  ", "dim")]
    spans += [(f"{metrics.cold_starts}", "init"), (" cold  ", "dim")] if cold else []
    spans += [(f"{metrics.errors}", "bad bold" if metrics.errors else "dim"), (f" {words[1]}", "dim")]
    values = {50: metrics.p50_ms, 95: metrics.p95_ms, 99: metrics.p99_ms}
    for percent in percentiles:
        tone = "plain bold" if percent == 95 else "plain"
        spans += [(f"  p{percent} ", "dim"), (figures.duration(values[percent]), tone)]
    return tuple(spans)


def sparks(metrics: MetricsView, room: int) -> Line:
    """The last durations and inits, each scaled to its greatest."""
    half = max(4, (room - 22) // 2)
    spans: list[Span] = [("duration ", "faint"), (figures.sparkline(metrics.durations_ms, half), "invoke")]
    if metrics.init_durations_ms:
        spans += [("  init ", "faint"), (figures.sparkline(metrics.init_durations_ms, half // 2), "init")]
    if metrics.post_runtime_extensions_ms:
        latest = figures.duration(metrics.post_runtime_extensions_ms[-1])
        spans += [("  then extensions ", "faint"), (latest, "plain")]
    return cut(tuple(spans), room)


def memory_and_cost(views: Sequence[FunctionView], room: int) -> Line:
    """The peak of memory against what is configured, and money: as much of it as there is room for.

    Of several functions the one that has the least memory to spare is named.
    """
    spans = _memory(views)
    estimate = totals.costs(views)
    if estimate is not None:
        spans += [("  ≈ ", "dim"), (figures.dollars(estimate.per_million), "plain"), ("/million", "dim")]
        on = ", ".join(sorted({view.architecture for view in views if view.metrics.invocations}))
        more: tuple[str, ...] = (
            f"  {figures.dollars(estimate.so_far)} so far",
            f"  estimate: {on}, {prices.REGION}, prices of {prices.AS_OF}",
        )
        for text in more:
            if width(spans) + len(text) <= room:
                spans.append((text, "faint"))
    return cut(tuple(spans), room)


def _memory(views: Sequence[FunctionView]) -> list[Span]:
    view = totals.tightest(views)
    if view is None:
        invoked = any(each.metrics.invocations for each in views)
        return [("memory not measured", "faint") if invoked else ("", "faint")]
    peak, configured = view.metrics.peak_memory_mb or 0, view.memory_mb
    tone = "warn bold" if peak > 0.9 * configured else "plain"
    name = f" {clean(view.name)}" if len(views) > 1 else ""
    return [("memory ", "dim"), (f"{peak}", tone), (f" of {configured} MB{name}", "dim")]
