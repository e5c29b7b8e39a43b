"""Going through the time of one environment: from cell to cell, from event to event, nearer and farther. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from lambdatui.model.ids import RequestId
from lambdatui.model.views import EnvironmentView, PhaseSegment, Span
from lambdatui.tui import timeline
from lambdatui.tui.time_window import Grid, Moment, TimeWindow

_WAITING = frozenset({Span.IDLE, Span.FROZEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the traveller stands: the window, how many cells it has on the screen, and the selected environment."""

    window: TimeWindow
    width: int
    now_s: float
    view: EnvironmentView | None = None
    failed: Collection[RequestId] = frozenset()

    @property
    def grid(self) -> Grid:
        return self.window.grid(self.now_s, self.width)


def picked(place: Place, cell: int) -> TimeWindow:
    """The moment of a cell; a cell before or behind the row moves the window, one after now lets go of it."""
    time_s = place.grid.middle_s(cell)
    if time_s > place.now_s + place.grid.cell_s:
        return place.window.released()
    window = place.window.pointed(Moment(time_s=time_s), place.now_s)
    return _looking(place, window, time_s)


def stepped(place: Place, cells: int) -> TimeWindow:
    """So many cells further; from now where no moment is picked yet."""
    moment = place.window.moment
    start = place.grid.cell(place.now_s) if moment is None else place.grid.cell(moment.time_s)
    return picked(place, start + cells)


def jumped(place: Place, by: int) -> TimeWindow:
    """The event before (-1) or after (1) the moment: an init, an invoke, a reset, an end; never mere waiting."""
    events = [each for each in place.view.segments if each.span not in _WAITING] if place.view is not None else []
    moment = place.window.moment
    here_s = place.now_s if moment is None else moment.stretch.start_s if moment.stretch else moment.time_s
    if by < 0:
        target = next((each for each in reversed(events) if each.start_s < here_s), None)
    else:
        target = next((each for each in events if each.start_s > here_s), None)
    if target is None:
        return place.window.released() if by > 0 else place.window
    moment = Moment(time_s=_seen_s(target, place), stretch=target)
    return place.window.pointed(moment, place.now_s)


def zoomed(place: Place, steps: int, *, cell: int | None = None) -> TimeWindow:
    """Nearer for positive steps: around the cell, or else what was picked, or else with the end in its place."""
    window = place.window
    if cell is not None:
        window = window.zoomed(steps, place.now_s, around_s=place.grid.middle_s(cell))
    elif window.moment is not None and window.moment.stretch is not None:
        seen = replace(window.moment, time_s=_seen_s(window.moment.stretch, place))
        window = replace(window, moment=seen).zoomed(steps, place.now_s)
    else:
        window = window.zoomed(steps, place.now_s)
    return window


def moved_to(place: Place) -> TimeWindow:
    """The same time, in the row of another environment."""
    moment = place.window.moment
    return place.window if moment is None else _looking(place, place.window, moment.time_s)


def kept(place: Place) -> TimeWindow:
    """What was picked, as it is known by now: a stretch that still went on may have ended."""
    moment = place.window.moment
    if moment is None or moment.stretch is None or place.view is None:
        return place.window
    picked, segments = moment.stretch, reversed(place.view.segments)
    now = next((each for each in segments if (each.start_s, each.span) == (picked.start_s, picked.span)), picked)
    return place.window if now == picked else replace(place.window, moment=replace(moment, stretch=now))


def _looking(place: Place, window: TimeWindow, time_s: float) -> TimeWindow:
    """What the row shows there, is what was picked."""
    grid = window.grid(place.now_s, place.width)
    segments = () if place.view is None else place.view.segments
    stretch = timeline.stretch_at(segments, place.now_s, grid, grid.cell(time_s), place.failed)
    return replace(window, moment=Moment(time_s=time_s, stretch=stretch))


def _seen_s(stretch: PhaseSegment, place: Place) -> float:
    """The middle of a stretch that fits into a cell, the cell it begins in of a longer one."""
    end_s = place.now_s if stretch.end_s is None else stretch.end_s
    return stretch.start_s + min(end_s - stretch.start_s, place.grid.cell_s) / 2
