"""A series as rows of the screen: how far it is, what came of it, how long callers waited. Pure."""

from collections.abc import Iterator

from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.series_figures import SeriesFigures
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, left

GOOD = frozenset({"ok", "accepted", "would run"})


def head(found: SeriesFigures, *, running: bool, stopping: bool = False) -> Line:
    """How far it is."""
    count = f"{found.done} of {found.plan.times}"
    if running:
        state = "stopping " if stopping else "series "
        more: Line = ((f"  {found.running} running", "dim"), ("  esc", "accent bold"), (" stops", "dim"))
        return (("● ", "invoke"), (state, "invoke bold"), (count, "plain bold"), *(more if not stopping else more[:1]))
    tone = "bad" if found.failed else "ok"
    stopped = "" if found.done >= found.plan.times else "  stopped"
    return (("✖ " if found.failed else "✔ ", tone), ("series ", f"{tone} bold"), (count, "plain bold"),
            (stopped, "warn"))  # fmt: skip


def rows(found: SeriesFigures, room: int) -> tuple[Line, ...]:
    """What is under the head line."""
    return (
        _bar(found, room),
        *_outcomes(found),
        *(_waits(found) if found.waited.values else ()),
        _pace(found),
        *((_late(found),) if found.late else ()),
    )


def title(function: FunctionName | str, found: SeriesFigures) -> str:
    """``orders-api · 100 invokes, 8 at once, 20/s``."""
    plan = found.plan
    parts = [f"{plan.times} invoke{'s' if plan.times > 1 else ''}"]
    usual = 1 if plan.rate_per_s is None else plan.times
    parts += [] if plan.parallel == usual else [f"{plan.parallel} at once"]
    parts += [] if plan.rate_per_s is None else [f"{plan.rate_per_s:g}/s"]
    return f"{clean(function)} · {', '.join(parts)}"


def _bar(found: SeriesFigures, room: int) -> Line:
    """One bar: good, bad, what is left."""
    cells = max(8, min(40, room - 2))
    bad = -(-found.failed * cells // found.plan.times)
    good = (found.done - found.failed) * cells // found.plan.times
    return (("█" * good, "ok"), ("▚" * bad, "bad"), ("░" * (cells - good - bad), "faint"))


def _outcomes(found: SeriesFigures) -> Iterator[Line]:
    names = max((len(clean(name)) for name in found.outcomes), default=0)
    for name, count in found.outcomes.items():
        good = name in GOOD
        yield ((left(clean(name), min(names, 40)) + "  ", "ok" if good else "bad"), (f"{count:>6,}", "plain bold"))


def _waits(found: SeriesFigures) -> tuple[Line, ...]:
    waited = found.waited
    return (
        (("callers waited  ", "dim"), ("p50 ", "dim"), (figures.duration(waited.p50), "plain bold"),
         ("  p95 ", "dim"), (figures.duration(waited.p95), "plain bold"),
         ("  max ", "dim"), (figures.duration(waited.most), "plain")),
    )  # fmt: skip


def _pace(found: SeriesFigures) -> Line:
    per_s = "–" if found.per_s is None else f"{found.per_s:.1f}/s"
    return ((f"{found.elapsed_s:.1f} s, {per_s}", "dim"),)


def _late(found: SeriesFigures) -> Line:
    return ((f"{found.late} began late: {found.plan.parallel} at once were not enough for this rate", "warn"),)
