"""An environment's time as a row of cells. Pure: segments and a clock reading in, glyphs and tones out.

In a cell a failure wins, then work (init, invoke, shutdown), then provisioning, then waiting; among equals the longest
share. An init, an invoke or a failure that lost its only cell takes the next one if nothing but waiting is there: a
cold start is over in milliseconds, and is still seen as init, then invoke, then frozen.
Glyph and colour both name the phase, so that nothing is lost without colour.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Status
from lambdatui.model.views import PhaseSegment, ReportView
from lambdatui.model.views import Span as SpanOf
from lambdatui.tui import figures
from lambdatui.tui.spans import Line, width
from lambdatui.tui.time_window import Grid, TimeWindow

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
_FAILED, _WORKING, _WAITING = 4, 2, 0
_RANK = {
    SpanOf.KILLED: _FAILED,
    SpanOf.RESET: 3,
    SpanOf.PROVISION: 1,
    SpanOf.INIT: _WORKING,
    SpanOf.INVOKE: _WORKING,
    SpanOf.SHUTDOWN: _WORKING,
    SpanOf.IDLE: _WAITING,
    SpanOf.FROZEN: _WAITING,
}
_RANKED = {span: (rank, span.value) for span, rank in _RANK.items()}
_AT_REST = (SpanOf.IDLE, SpanOf.FROZEN, SpanOf.RESET)
_SHARES = "▂▃▄▅▆▇█"
_INSTANT_S = 1e-9


@dataclass(slots=True)
class _Mark:
    """All of one tone in one cell. ``whole``: it is in no other cell."""

    segment: PhaseSegment
    tone: str
    rank: int
    whole: bool
    share: float = 0.0

    @property
    def span(self) -> SpanOf:
        return self.segment.span

    @property
    def start_s(self) -> float:
        return self.segment.start_s

    @property
    def must_be_seen(self) -> bool:
        return self.whole and (self.rank > _WORKING or self.span in (SpanOf.INIT, SpanOf.INVOKE))


def row(
    segments: Sequence[PhaseSegment],
    now_s: float,
    width: int,
    failed: Collection[RequestId] = frozenset(),
    grid: Grid | None = None,
) -> Line:
    """A row's cells, equal neighbours joined into one span. ``failed`` requests are drawn as errors.

    Without a ``grid`` it is the last minute in ``width`` cells.
    """
    return _joined(_marks(segments, now_s, grid or TimeWindow().grid(now_s, width), failed))


def stretch_at(
    segments: Sequence[PhaseSegment], now_s: float, grid: Grid, cell: int, failed: Collection[RequestId] = frozenset()
) -> PhaseSegment | None:
    """What a cell of the row shows; None where the environment was not there."""
    mark = _marks(segments, now_s, grid, failed)[cell] if 0 <= cell < grid.width else None
    return None if mark is None else mark.segment


def _marks(
    segments: Sequence[PhaseSegment], now_s: float, grid: Grid, failed: Collection[RequestId]
) -> list[_Mark | None]:
    """What each cell shows."""
    start_s, cell_s, width, end_of_row_s = grid.start_s, grid.cell_s, grid.width, grid.end_s
    cells: list[dict[str, _Mark]] = [{} for _ in range(width)]
    for segment in segments[_first_shown(segments, start_s) :]:
        if segment.start_s >= end_of_row_s:
            break
        end_s = now_s if segment.end_s is None else segment.end_s
        first = int((segment.start_s - start_s) // cell_s)
        last = int((end_s - start_s) // cell_s)
        bad = segment.request_id in failed and segment.span is SpanOf.INVOKE
        rank, tone = (_FAILED, "killed") if bad else _RANKED[segment.span]
        for index in range(max(0, first), min(width - 1, last) + 1):
            mark = cells[index].get(tone)
            if mark is None:
                mark = cells[index][tone] = _Mark(segment, tone, rank, first == last)
            if first < index < last:
                mark.share = 1.0
                continue
            left_s = start_s + index * cell_s
            share = (min(end_s, left_s + cell_s) - max(segment.start_s, left_s)) / cell_s
            mark.share += share if share > _INSTANT_S else _INSTANT_S
    return _chosen(cells)


def _first_shown(segments: Sequence[PhaseSegment], start_s: float) -> int:
    """Segments follow each other: what ended before the row begins is passed over without looking at it."""
    return max(0, bisect_left(segments, start_s, key=lambda segment: segment.start_s) - 1)


def _chosen(cells: Sequence[dict[str, _Mark]]) -> list[_Mark | None]:
    """What each cell shows."""
    shown = [next(iter(cell.values()), None) if len(cell) < 2 else max(cell.values(), key=_weight) for cell in cells]
    last = len(cells) - 1
    for index, cell in enumerate(cells):
        if len(cell) < 2:
            continue
        here = shown[index]
        lost = [mark for mark in cell.values() if mark is not here and mark.must_be_seen]
        if here is None or not lost:
            continue
        other = max(lost, key=lambda mark: (mark.rank, mark.span is SpanOf.INVOKE, mark.share))
        pair = sorted((here, other), key=lambda mark: mark.start_s)
        if index < last and _waits(shown[index + 1]):
            shown[index : index + 2] = pair
        elif index == last > 0 and (shown[last - 1] is None or _waits(shown[last - 1])):
            shown[last - 1 :] = pair  # what follows is not there yet; one cell on, the two stand where they stood
    return shown


def _weight(mark: _Mark) -> tuple[int, float]:
    return mark.rank, mark.share


def _waits(mark: _Mark | None) -> bool:
    return mark is not None and mark.rank == _WAITING


def _glyph(mark: _Mark) -> str:
    if mark.span is SpanOf.INVOKE:
        return _SHARES[min(6, int(mark.share * 7))]
    return GLYPHS[mark.span]


def _joined(marks: Sequence[_Mark | None]) -> Line:
    spans: list[tuple[str, str]] = []
    for mark in marks:
        glyph, tone = (" ", "faint") if mark is None else (_glyph(mark), mark.tone)
        if spans and spans[-1][1] == tone:
            spans[-1] = (spans[-1][0] + glyph, tone)
        else:
            spans.append((glyph, tone))
    return tuple(spans)


def legend(room: int = 96) -> tuple[Line, ...]:
    """Every glyph with its word, in as many rows as it takes; closer together where there is little room."""
    entries = [(glyph, word.value, word.value) for word, glyph in GLYPHS.items()]
    entries.insert(3, (_SHARES[0], "short", SpanOf.INVOKE.value))
    gap = 2 if sum(len(word) + 4 for _, word, _ in entries) - 2 <= room else 1
    rows: list[Line] = [()]
    for glyph, word, tone in entries:
        if rows[-1] and width(rows[-1]) + gap + len(word) + 2 > room:
            rows.append(())
        space = ((" " * gap, "faint"),) if rows[-1] else ()
        rows[-1] = (*rows[-1], *space, (glyph, tone), (f" {word}", "faint"))
    return tuple(rows)


def trail(segments: Sequence[PhaseSegment], now_s: float, reports: Sequence[ReportView] = ()) -> Line:
    """The last invoke from its cold start on, in words: ``init 18.6 ms → invoke 0.59 ms → frozen 4 s``.

    An invoke that was reported has the report's numbers.
    """
    last = max((at for at, each in enumerate(segments) if each.span is SpanOf.INVOKE), default=len(segments) - 1)
    before = next((at for at in range(last - 1, -1, -1) if _RANK[segments[at].span] > _WAITING), last)
    first = before if before >= 0 and segments[before].span is SpanOf.INIT else last
    report = next((one for one in reversed(reports) if segments and one.request_id == segments[last].request_id), None)
    spans: list[tuple[str, str]] = []
    for segment in segments[first:]:
        lasting = segment.end_s is None or segment.end_s - segment.start_s >= 1.0
        if _RANK[segment.span] == _WAITING and not lasting:
            continue
        spans += [(" → ", "faint")] if spans else []
        bad = segment.span is SpanOf.INVOKE and report is not None and report.status is not Status.SUCCESS
        tone = SpanOf.KILLED.value if bad else segment.span.value
        spans += [(f"{segment.span.value} ", tone), (_length(segment, now_s, report), "dim")]
    return tuple(spans)


def _length(segment: PhaseSegment, now_s: float, report: ReportView | None) -> str:
    length_s = (now_s if segment.end_s is None else segment.end_s) - segment.start_s
    if segment.span in _AT_REST:
        return figures.age(length_s)
    if report is not None and segment.span is SpanOf.INVOKE:
        return figures.duration(report.duration_ms)
    if report is not None and segment.span is SpanOf.INIT and report.init_duration_ms is not None:
        return figures.duration(report.init_duration_ms)
    return figures.duration(max(0.0, length_s) * 1000)
