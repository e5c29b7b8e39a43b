"""Which stretch of time pane 2 shows, and which moment of it was picked. Pure: clock readings in, times out."""

import math
from dataclasses import dataclass, replace

from lambdatui.model.views import PhaseSegment

SPANS_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
"""How much time a row can stand for: from the inside of one cold start to all that is remembered."""
USUAL_S = 60.0
REMEMBERED_S = SPANS_S[-1]
_FINE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of a row: ``width`` of them, ``cell_s`` each. They lie on fixed times, so the past does not shimmer."""

    start_s: float
    cell_s: float
    width: int

    @property
    def end_s(self) -> float:
        return self.start_s + self.width * self.cell_s

    def cell(self, time_s: float) -> int:
        """The cell of a time; outside of the row for a time that it does not show."""
        return math.floor((time_s - self.start_s) / self.cell_s)

    def middle_s(self, cell: int) -> float:
        return self.start_s + (cell + 0.5) * self.cell_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was picked: a time, and what the selected environment did then, if it was there."""

    time_s: float
    stretch: PhaseSegment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """``span_s`` until ``end_s``, None for until now. A picked moment holds the window where it is."""

    span_s: float = USUAL_S
    end_s: float | None = None
    moment: Moment | None = None

    @property
    def live(self) -> bool:
        return self.end_s is None

    @property
    def fine(self) -> bool:
        """So little time that now moves visibly within a second."""
        return self.live and self.span_s < _FINE_S

    def start_s(self, now_s: float) -> float:
        return (now_s if self.end_s is None else self.end_s) - self.span_s

    def grid(self, now_s: float, width: int) -> Grid:
        cell_s = self.span_s / max(1, width)
        last = math.floor((now_s if self.end_s is None else self.end_s) / cell_s)
        return Grid(start_s=(last + 1 - width) * cell_s, cell_s=cell_s, width=width)

    def zoomed(self, steps: int, now_s: float, *, around_s: float | None = None) -> "TimeWindow":
        """Less time for positive steps. ``around_s``, or else the moment, stays in its place; or else the end does."""
        at = min(range(len(SPANS_S)), key=lambda index: abs(SPANS_S[index] - self.span_s))
        span_s = SPANS_S[max(0, min(len(SPANS_S) - 1, at - steps))]
        centre_s = around_s if around_s is not None else self.moment.time_s if self.moment is not None else None
        if centre_s is None or span_s == self.span_s:
            return replace(self, span_s=span_s)
        part = (centre_s - self.start_s(now_s)) / self.span_s
        part = part if 0.0 <= part <= 1.0 else 0.5
        return replace(self, span_s=span_s)._ending(centre_s + (1.0 - part) * span_s, now_s)

    def panned(self, part: float, now_s: float) -> "TimeWindow":
        """Moved by a part of its span, back for a negative one; at now it is live again, unless a moment is held."""
        return self._ending((now_s if self.end_s is None else self.end_s) + part * self.span_s, now_s)

    def pointed(self, moment: Moment, now_s: float) -> "TimeWindow":
        """With this moment, moved no more than it takes to show it."""
        held = replace(self, end_s=now_s if self.end_s is None else self.end_s, moment=moment)
        start_s = held.start_s(now_s)
        if moment.time_s < start_s:
            return held._ending(moment.time_s + 0.9 * self.span_s, now_s)
        if moment.time_s > start_s + self.span_s:
            return held._ending(moment.time_s + 0.1 * self.span_s, now_s)
        return held

    def released(self) -> "TimeWindow":
        """Live, as much time as before."""
        return TimeWindow(span_s=self.span_s)

    def _ending(self, end_s: float, now_s: float) -> "TimeWindow":
        end_s = max(end_s, now_s - REMEMBERED_S + self.span_s)
        if end_s >= now_s:
            return replace(self, end_s=None if self.moment is None else now_s)
        return replace(self, end_s=end_s)
