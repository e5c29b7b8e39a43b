"""Which panes of the workbench a terminal shows, by its size. Pure; the style sheet says where they stand.

- fewer than 80 columns: one pane
- from 80: short lists share the screen; with enough rows the time line stays above whatever else is looked at
- from 120: all six in rows; two beside each other where there are few rows
- from 160: all six, reports and /tmp in a column of their own, so that logs and answers have all rows
"""

from dataclasses import dataclass

PAIRS_FROM_COLUMNS = 80
SIX_FROM_COLUMNS = 120
COLUMN_FROM_COLUMNS = 160
SIX_FROM_ROWS = 28
PAIRS_FROM_ROWS = 20
FRAMED_FROM_ROWS = 10
"""Where there are fewer, rows are worth more than frames and keys."""
BREAKPOINTS = [
    (0, "-slim"),
    (PAIRS_FROM_COLUMNS, "-narrow"),
    (SIX_FROM_COLUMNS, "-normal"),
    (COLUMN_FROM_COLUMNS, "-wide"),
]
"""Of every screen, as Textual wants them."""
TIME_LINE = 2
_ALL = (1, 2, 3, 4, 5, 6)
_LISTS = ((1, 2), (5, 6))
_BESIDE = ((1, 2), (3, 4), (5, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """``shown`` by number. ``beside`` each other, or else below each other, unless there is ``room`` for all six."""

    shown: tuple[int, ...]
    room: bool
    beside: bool = False

    @property
    def has_companion(self) -> bool:
        """The time line stands above something that it does not share a screen with otherwise."""
        return not self.room and TIME_LINE in self.shown and 1 not in self.shown and len(self.shown) > 1


def arrange(current: int, main: int, columns: int, rows: int, *, zoomed: bool) -> Arrangement:
    """``current`` has the focus; ``main`` had it last, other than the time line."""
    room = columns >= SIX_FROM_COLUMNS and rows >= SIX_FROM_ROWS
    if zoomed or columns < PAIRS_FROM_COLUMNS or rows < PAIRS_FROM_ROWS:
        return Arrangement(shown=(current,), room=room)
    if room:
        return Arrangement(shown=_ALL, room=True)
    if columns >= SIX_FROM_COLUMNS:
        return Arrangement(shown=_with(_BESIDE, current), room=False, beside=True)
    if rows >= SIX_FROM_ROWS:
        return Arrangement(shown=tuple(sorted({TIME_LINE, *_with(_LISTS, main)})), room=False)
    return Arrangement(shown=_with(_LISTS, current), room=False)


def _with(groups: tuple[tuple[int, ...], ...], number: int) -> tuple[int, ...]:
    return next((group for group in groups if number in group), (number,))
