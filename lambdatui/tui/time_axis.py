"""The ruler under the rows of pane 2, and the mark of a picked moment in a row. Pure."""

from lambdatui.tui import figures
from lambdatui.tui.spans import Line
from lambdatui.tui.time_window import Grid, TimeWindow

_QUARTERS = 4
_COARSE_S = 60.0
"""From so much time in a row on nobody reads milliseconds."""


def axis(grid: Grid, window: TimeWindow) -> str:
    """A tick every quarter where there is room. While the window is live it says how long ago that was; else when the
    row begins, and how much later the others are.
    """
    marks = ["─"] * grid.width
    end = " now┘" if window.live else "┘"
    pointer = None if window.moment is None else grid.cell(window.moment.time_s)
    taken = 0
    for quarter in range(_QUARTERS):
        at = round(grid.width * quarter / _QUARTERS)
        label = f"{'┴' if quarter else '└'} {_label(grid, window, quarter)} "
        hit = pointer is not None and at < pointer < at + len(label)
        if taken <= at and at + len(label) <= grid.width - len(end) and not hit:
            marks[at : at + len(label)] = label
            taken = at + len(label)
    marks[-len(end) :] = end
    text = "".join(marks)[: grid.width]
    return text if pointer is None else _pointed(text, pointer)


def _label(grid: Grid, window: TimeWindow, quarter: int) -> str:
    later_s = window.span_s * quarter / _QUARTERS
    if window.live:
        return span(window.span_s - later_s)
    if quarter:
        return f"+{span(later_s)}"
    return figures.day_time(grid.start_s) if window.span_s >= _COARSE_S else figures.clock(grid.start_s)


def _pointed(text: str, cell: int) -> str:
    return text[:cell] + "▲" + text[cell + 1 :] if 0 <= cell < len(text) else text


def span(seconds: float) -> str:
    """``15m``, ``45s``, ``7.5s``, ``250ms``, ``2.5ms``."""
    if seconds >= 120.0:
        return f"{seconds / 60:g}m"
    return f"{seconds:g}s" if seconds >= 1.0 else f"{seconds * 1000:g}ms"


def pointed(line: Line, cell: int, extra: str) -> Line:
    """``line`` with one cell marked: its tone with ``extra``, a bar where there is nothing."""
    spans: list[tuple[str, str]] = []
    at = 0
    for text, tone in line:
        inside = cell - at
        at += len(text)
        if not 0 <= inside < len(text):
            spans.append((text, tone))
            continue
        glyph = text[inside]
        here = ("│", "accent") if glyph == " " else (glyph, f"{tone} {extra}")
        spans += [part for part in ((text[:inside], tone), here, (text[inside + 1 :], tone)) if part[0]]
    return tuple(spans)
