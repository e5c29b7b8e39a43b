"""The ruler, and the mark of a moment."""

import pytest

from lambdatui.tui import time_axis
from lambdatui.tui.spans import plain
from lambdatui.tui.time_window import Moment, TimeWindow

NOW_S = 1_000_020.0


def test_live_axis_has_a_tick_every_quarter_where_there_is_room() -> None:
    window = TimeWindow()
    axis = time_axis.axis(window.grid(NOW_S, 60), window)
    assert len(axis) == 60
    assert [axis.index(label) for label in ("60s", "45s", "30s", "15s")] == [2, 17, 32, 47]
    assert axis.endswith("now┘")


def test_held_axis_tells_the_time_of_day() -> None:
    window = TimeWindow(end_s=NOW_S - 30.5)
    axis = time_axis.axis(window.grid(NOW_S, 80), window)
    assert axis.startswith("└ 13:45:30 ")
    assert "now" not in axis
    assert "┴ +15s " in axis


def test_held_axis_of_a_short_time_keeps_the_labels_that_fit() -> None:
    window = TimeWindow(span_s=0.02, end_s=NOW_S)
    axis = time_axis.axis(window.grid(NOW_S, 52), window)
    assert axis.startswith("└ 13:46:")
    assert "┴ +10ms " in axis
    assert "+5ms" not in axis


@pytest.mark.parametrize("width", range(1, 90))
def test_axis_is_as_wide_as_asked(width: int) -> None:
    for window in (TimeWindow(), TimeWindow(span_s=0.02, end_s=NOW_S)):
        assert len(time_axis.axis(window.grid(NOW_S, width), window)) == width


def test_axis_points_at_the_moment() -> None:
    window = TimeWindow(end_s=NOW_S, moment=Moment(time_s=NOW_S - 30.5))
    assert time_axis.axis(window.grid(NOW_S, 60), window).index("▲") == 28


def test_mark_keeps_the_glyph_and_adds_to_its_tone() -> None:
    assert time_axis.pointed((("▓▓", "init"), ("──", "frozen")), 1, "reverse") == (
        ("▓", "init"),
        ("▓", "init reverse"),
        ("──", "frozen"),
    )


def test_mark_is_a_bar_where_nothing_was() -> None:
    assert plain(time_axis.pointed((("    ", "faint"),), 2, "reverse")) == "  │ "


def test_mark_outside_of_the_row_changes_nothing() -> None:
    line = (("──", "frozen"),)
    assert time_axis.pointed(line, 7, "reverse") == time_axis.pointed(line, -1, "reverse") == line


def test_pointer_does_not_cover_a_part_of_a_label() -> None:
    window = TimeWindow(end_s=NOW_S, moment=Moment(time_s=NOW_S - 42.5))
    axis = time_axis.axis(window.grid(NOW_S, 60), window)
    assert axis[axis.index("▲") - 1 : axis.index("▲") + 2] == "─▲─"
    assert "+30s" in axis
