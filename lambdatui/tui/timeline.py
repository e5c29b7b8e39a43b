"""An environment's last minute as a row of cells. Pure: segments and a clock reading in, glyphs and tones out.

In a cell a failure wins, then work (provision, init, invoke, shutdown), then waiting; among equals the longest share.
Glyph and colour both name the phase, so that nothing is lost without colour.
"""

import math
from collections.abc import Collection, Sequence

from lambdatui.model.ids import RequestId
from lambdatui.model.views import PhaseSegment
from lambdatui.model.views import Span as SpanOf
from lambdatui.tui.spans import Line

WINDOW_S = 60.0
GLYPHS = {
    SpanOf.PROVISION: "░",
    SpanOf.INIT: "▓",
    SpanOf.INVOKE: "█",
    SpanOf.IDLE: "·",
    SpanOf.FROZEN: "─",
    SpanOf.RESET: "↻",
    SpanOf.SHUTDOWN: "▒",
    SpanOf.KILLED: "✖",
}
_RANK = {
    SpanOf.KILLED: 3,
    SpanOf.RESET: 2,
    SpanOf.PROVISION: 1,
    SpanOf.INIT: 1,
    SpanOf.INVOKE: 1,
    SpanOf.SHUTDOWN: 1,
    SpanOf.IDLE: 0,
    SpanOf.FROZEN: 0,
}
_SHARES = "▂▃▄▅▆▇█"
_INSTANT_S = 1e-9


def window(now_s: float, width: int) -> tuple[float, float]:
    """(start, seconds per cell) of a row that ends now. Cells lie on a fixed grid, so the past does not shimmer."""
    cell_s = WINDOW_S / max(1, width)
    return (math.floor(now_s / cell_s) + 1 - width) * cell_s, cell_s


def row(
    segments: Sequence[PhaseSegment], now_s: float, width: int, failed: Collection[RequestId] = frozenset()
) -> Line:
    """``width`` cells ending now, equal neighbours joined into one span. ``failed`` requests are drawn as errors."""
    start_s, cell_s = window(now_s, width)
    cells: list[tuple[int, float, str, str] | None] = [None] * width
    for segment in segments:
        end_s = now_s if segment.end_s is None else segment.end_s
        first = max(0, int((segment.start_s - start_s) / cell_s))
        last = min(width - 1, int((end_s - start_s) / cell_s))
        bad = segment.request_id in failed and segment.span is SpanOf.INVOKE
        for index in range(first, last + 1) if end_s >= start_s else ():
            left_s = start_s + index * cell_s
            share = (min(end_s, left_s + cell_s) - max(segment.start_s, left_s)) / cell_s
            _offer(cells, index, segment.span, max(share, _INSTANT_S), bad)
    return _joined(cells)


def _offer(cells: list[tuple[int, float, str, str] | None], index: int, span: SpanOf, share: float, bad: bool) -> None:
    rank = _RANK[span] + (2 if bad else 0)
    held = cells[index]
    tone = "killed" if bad else span.value
    if held is not None and held[3] == tone:
        share += held[1]
    if held is None or (rank, share) > (held[0], held[1]):
        cells[index] = (rank, share, _glyph(span, share), tone)


def _glyph(span: SpanOf, share: float) -> str:
    if span is SpanOf.INVOKE:
        return _SHARES[min(6, int(share * 7))]
    return GLYPHS[span]


def _joined(cells: Sequence[tuple[int, float, str, str] | None]) -> Line:
    spans: list[tuple[str, str]] = []
    for cell in cells:
        glyph, tone = (" ", "faint") if cell is None else (cell[2], cell[3])
        if spans and spans[-1][1] == tone:
            spans[-1] = (spans[-1][0] + glyph, tone)
        else:
            spans.append((glyph, tone))
    return tuple(spans)


def axis(width: int) -> str:
    """The ruler under the rows: a tick every 15 s, labelled, ``now`` at its end."""
    marks = ["─"] * width
    for seconds in (60, 45, 30, 15):
        at = round(width * (1 - seconds / WINDOW_S))
        label = f"┴ {seconds}s " if seconds != 60 else "└ 60s "
        if at + len(label) <= width - 5:
            marks[at : at + len(label)] = label
    marks[-5:] = " now┘"
    return "".join(marks)[:width]


def legend(room: int = 96) -> Line:
    """Every glyph with its word; closer together where there is little room."""
    gap = "  " if room >= 84 else " "
    spans: list[tuple[str, str]] = []
    for word, glyph in GLYPHS.items():
        spans += [(glyph, word.value), (f" {word.value}{gap}", "faint")]
    return tuple(spans)
