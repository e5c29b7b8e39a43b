"""Cold against warm as rows of the screen: figures, distributions over one axis, and sentences to point at. Pure."""

from collections.abc import Iterator

from lambdatui.telemetry.distribution import Distribution
from lambdatui.telemetry.start_figures import StartFigures
from lambdatui.tui import figures, plots
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, left

PACKAGES_SHOWN = 8
LEAST_MS = 0.01
"""Where a logarithmic axis begins at the latest: it has no zero."""
_NOTE = (
    "Measured on this machine at its full speed. Lambda's Init Duration is the same span; to place an environment and "
    "to fetch its code comes before that, and is not simulated."
)


def rows(found: StartFigures, room: int) -> tuple[Line, ...]:
    """The whole picture, for a view ``room`` cells wide; sentences are one row each, to be broken by the view."""
    return (
        *_table(found),
        EMPTY,
        *_plots(found, room),
        EMPTY,
        *_imports(found, room),
        *((("• ", "accent"), (sentence, "plain")) for sentence in sentences(found)),
        (("• ", "accent"), (_NOTE, "dim")),
    )


def sentences(found: StartFigures) -> Iterator[str]:
    """What the figures say, each on its own true."""
    whole, warm = found.whole.p50, found.warm.p50
    before, prepared = ("restore", found.restore) if found.restore.values else ("init", found.init)
    if whole is not None and prepared.p50 is not None:
        yield (
            f"The caller of a cold start waits {figures.duration(whole)}: {figures.duration(prepared.p50)} of "
            f"{before}, and {figures.duration(found.first.p50)} for the first invoke "
            f"(medians of {len(found.whole.values)})."
        )
    if whole is not None and warm:
        yield f"A warm start takes {figures.duration(warm)}: the cold one is {_times(whole / warm)} that."
    if (penalty := found.penalty_ms) is not None and warm is not None:
        yield _penalty(penalty, warm)
    if found.imports_ms is not None and found.packages:
        dearest = found.packages[0]
        yield (
            f"In one more environment every import was timed: {figures.duration(found.imports_ms)} for the handler's "
            f"module and all it imports, {dearest.share:.0%} of it in {clean(dearest.name)} itself. "
            "Timing adds a little; what the runtime has loaded already costs nothing and is not counted."
        )
    for error, count in found.errors.items():
        yield f"{count} invokes failed with {clean(error)}; they are in no figure here."


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def _penalty(penalty_ms: float, warm_ms: float) -> str:
    if penalty_ms > max(0.5, warm_ms / 4):
        return (
            f"The first invoke takes {figures.duration(penalty_ms)} longer than the next, init aside: what the handler "
            "does once (connections, caches, late imports) falls there."
        )
    return "Init aside, the first invoke is hardly slower than the next: the handler does nothing only once."


def _named(found: StartFigures) -> tuple[tuple[str, Distribution, str], ...]:
    return (
        ("restore", found.restore, "init") if found.restore.values else ("init", found.init, "init"),
        ("first invoke", found.first, "invoke"),
        ("cold, whole", found.whole, "warn"),
        ("warm invoke", found.warm, "ok"),
    )


def _table(found: StartFigures) -> Iterator[Line]:
    columns = "".join(name.rjust(10) for name in ("p50", "p95", "max"))
    yield ((left("", 14) + columns + "n".rjust(6), "dim"),)
    for name, values, tone in _named(found):
        cells = "".join(figures.duration(value).rjust(10) for value in (values.p50, values.p95, values.most))
        yield ((left(name, 14), tone), (cells, "plain"), (str(len(values.values)).rjust(6), "dim"))


def _plots(found: StartFigures, room: int) -> Iterator[Line]:
    measured = [value for _, values, _ in _named(found) for value in values.values]
    if not measured:
        yield (("nothing measured", "dim"),)
        return
    least, most = max(LEAST_MS, min(measured)), max(measured)
    width = max(10, room - 15)
    for name, values, tone in _named(found):
        yield ((left(name, 14), "dim"), (plots.strip(values.values, least, most, width), tone))
    yield ((left("", 14) + plots.axis(least, most, width), "faint"),)


def _imports(found: StartFigures, room: int) -> Iterator[Line]:
    if not found.packages:
        return
    yield (("What init imports, by package, without what each imports from others", "plain bold"),)
    width = max(4, min(30, room - 42))
    for cost in found.packages[:PACKAGES_SHOWN]:
        yield (
            (left(clean(cost.name), 20), "plain"),
            (figures.duration(cost.self_ms).rjust(10) + f"{cost.share:6.0%}  ", "plain"),
            (figures.bar(cost.share, width), "init"),
        )
    if rest := found.packages[PACKAGES_SHOWN:]:
        spent = sum(cost.self_ms for cost in rest)
        yield ((left(f"{len(rest)} more", 20) + figures.duration(spent).rjust(10), "dim"),)
    yield EMPTY
