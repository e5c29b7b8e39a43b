"""Which panes are shown, by the size of the terminal."""

import pytest

from lambdatui.tui.arrangement import arrange


@pytest.mark.parametrize(
    ("columns", "rows", "shown"),
    [
        (20, 5, (4,)),
        (79, 60, (4,)),
        (80, 19, (4,)),
        (80, 24, (4,)),
        (80, 28, (2, 4)),
        (119, 60, (2, 4)),
        (120, 19, (4,)),
        (120, 24, (3, 4)),
        (120, 28, (1, 2, 3, 4, 5, 6)),
        (300, 27, (3, 4)),
    ],
)
def test_log_is_shown_with_what_there_is_room_for(columns: int, rows: int, shown: tuple[int, ...]) -> None:
    assert arrange(4, 4, columns, rows, zoomed=False).shown == shown


@pytest.mark.parametrize(("number", "shown"), [(1, (1, 2)), (2, (1, 2)), (3, (3,)), (5, (5, 6)), (6, (5, 6))])
def test_short_lists_share_a_small_screen(number: int, shown: tuple[int, ...]) -> None:
    assert arrange(number, number, 80, 24, zoomed=False).shown == shown


def test_focus_on_the_time_line_leaves_what_stands_below_it() -> None:
    assert arrange(2, 5, 100, 30, zoomed=False).shown == (2, 5, 6)


@pytest.mark.parametrize("columns", [60, 100, 140, 200])
def test_zoomed_pane_is_alone(columns: int) -> None:
    assert arrange(3, 3, columns, 40, zoomed=True).shown == (3,)


def test_time_line_is_a_companion_only_of_what_it_does_not_stand_beside_anyhow() -> None:
    assert arrange(4, 4, 100, 30, zoomed=False).has_companion
    assert not arrange(1, 1, 100, 30, zoomed=False).has_companion
    assert not arrange(4, 4, 120, 40, zoomed=False).has_companion
