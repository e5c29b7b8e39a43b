"""Going through time: window and moments without a screen."""

from dataclasses import replace

import pytest

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.views import EnvironmentView, PhaseSegment, Span
from lambdatui.tui import moments
from lambdatui.tui.moments import Place
from lambdatui.tui.time_window import REMEMBERED_S, SPANS_S, Moment, TimeWindow

NOW_S = 1_000_020.0


def segment(span: Span, ago_s: float, until_s: float | None, request_id: str | None = None) -> PhaseSegment:
    end_s = None if until_s is None else NOW_S - until_s
    request = None if request_id is None else RequestId(request_id)
    return PhaseSegment(span=span, start_s=NOW_S - ago_s, end_s=end_s, request_id=request)


INIT = segment(Span.INIT, 30.9, 30.88, "one")
FIRST = segment(Span.INVOKE, 30.88, 30.875, "one")
SECOND = segment(Span.INVOKE, 20.3, 20.298, "two")
VIEW = EnvironmentView(
    id=EnvironmentId("e1"),
    function=FunctionName("f"),
    phase=Phase.READY,
    segments=(INIT, FIRST, segment(Span.FROZEN, 30.875, 20.3), SECOND, segment(Span.FROZEN, 20.298, None)),
)


def place(window: TimeWindow | None = None, view: EnvironmentView | None = VIEW) -> Place:
    return Place(window=window or TimeWindow(), width=60, now_s=NOW_S, view=view)


def stretch(window: TimeWindow) -> PhaseSegment | None:
    assert window.moment is not None
    return window.moment.stretch


def test_first_step_leaves_now_and_holds_the_window() -> None:
    window = moments.stepped(place(), -1)
    assert not window.live
    assert stretch(window) == VIEW.segments[-1]


def test_cell_picks_what_it_shows_and_not_what_lasted_longest() -> None:
    cell = place().grid.cell(SECOND.start_s)
    assert stretch(moments.picked(place(), cell)) == SECOND


def test_step_beyond_now_is_live_again() -> None:
    window = moments.stepped(place(), -1)
    window = moments.stepped(place(window), 2)
    assert window == TimeWindow()


def test_steps_pass_every_cell_also_where_an_invoke_is_drawn_beside_its_init() -> None:
    window = moments.picked(place(), 35)
    seen = []
    for _ in range(20):
        window = moments.stepped(place(window), -1)
        seen.append(stretch(window))
    assert INIT in seen
    assert FIRST in seen
    assert seen[-1] is None


def test_events_are_jumped_to_without_waiting_between_them() -> None:
    window, seen = TimeWindow(), []
    for _ in range(4):
        window = moments.jumped(place(window), -1)
        seen.append(stretch(window))
    assert seen == [SECOND, FIRST, INIT, INIT]
    assert stretch(moments.jumped(place(window), 1)) == FIRST


def test_event_after_the_last_one_is_now() -> None:
    window = moments.jumped(place(), -1)
    assert moments.jumped(place(window), 1).live


def test_zoom_keeps_the_picked_invoke_in_sight_down_to_its_inside() -> None:
    window = moments.jumped(moments_at := place(), -1)
    for _ in SPANS_S:
        window = moments.zoomed(replace(moments_at, window=window), 1)
        grid = window.grid(NOW_S, 60)
        assert 0 <= grid.cell(SECOND.start_s) < 60
    assert window.span_s == SPANS_S[0]
    assert SECOND.end_s is not None
    assert grid.cell(SECOND.end_s) - grid.cell(SECOND.start_s) >= 5


def test_zoom_around_a_cell_leaves_it_in_its_place() -> None:
    before = place()
    time_s = before.grid.middle_s(20)
    window = moments.zoomed(before, 1, cell=20)
    assert abs(window.grid(NOW_S, 60).cell(time_s) - 20) <= 1


def test_zoom_without_a_moment_stays_live() -> None:
    assert moments.zoomed(place(), 1).live


def test_other_environment_is_seen_at_the_same_time() -> None:
    window = moments.jumped(place(), -1)
    other = replace(VIEW, segments=(segment(Span.RESET, 50.0, None),))
    moved = moments.moved_to(place(window, other))
    assert stretch(moved) == other.segments[0]
    assert moved.moment is not None
    assert window.moment is not None
    assert moved.moment.time_s == window.moment.time_s


def test_moment_of_no_environment_is_a_time_alone() -> None:
    assert stretch(moments.stepped(place(view=None), -3)) is None


def test_pan_ends_where_memory_does_and_is_live_at_now() -> None:
    window = TimeWindow()
    for _ in range(100):
        window = window.panned(-0.5, NOW_S)
    assert window.start_s(NOW_S) == pytest.approx(NOW_S - REMEMBERED_S)
    for _ in range(100):
        window = window.panned(0.5, NOW_S)
    assert window.live


def test_moment_outside_of_the_window_moves_it() -> None:
    window = TimeWindow().pointed(Moment(time_s=NOW_S - 200.0), NOW_S)
    assert window.start_s(NOW_S) < NOW_S - 200.0 < window.start_s(NOW_S) + window.span_s
