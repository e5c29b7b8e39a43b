"""The ruler under the rows of pane 2, and the mark of a picked moment in a row. Pure."""

from lambdatui.tui import figures
from lambdatui.tui.spans import Line
from lambdatui.tui.time_window import Grid, TimeWindow

_QUARTERS = (4, 3, 2, 1)


def axis(grid: Grid, window: TimeWindow) -> str:
    """A tick every quarter where there is room: how long ago while the window is live, else the time of day."""
    marks = ["─"] * grid.width
    end = " now┘" if window.live else "┘"
    for quarter in _QUARTERS:
        at = round(grid.width * (1 - quarter / 4))
        tick = "└" if quarter == _QUARTERS[0] else "┴"
        label = f"{tick} {_label(grid, window, quarter)} "
        room = grid.width - len(end) - at if quarter == 1 else round(grid.width / 4) - 1
        if len(label) <= room:
            marks[at : at + len(label)] = label
    marks[-len(end) :] = end
    text = "".join(marks)[: grid.width]
    return text if window.moment is None else _pointed(text, grid.cell(window.moment.time_s))


def _label(grid: Grid, window: TimeWindow, quarter: int) -> str:
    if window.live:
        return span(window.span_s * quarter / 4)
    at_s = grid.end_s - window.span_s * quarter / 4
    return figures.day_time(at_s) if window.span_s >= 60.0 else figures.clock(at_s, short=window.span_s < 1.0)


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
