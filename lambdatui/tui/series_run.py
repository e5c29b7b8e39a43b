"""A series that pane 3 shows: it runs, is stopped, has ended, or was refused."""

from typing import TYPE_CHECKING

from lambdatui.model.ids import FunctionName
from lambdatui.tui import series_text
from lambdatui.tui.calls import Refusal
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line

if TYPE_CHECKING:
    from lambdatui.client.series import Series


class SeriesRun:
    """``series`` counts while it runs; ``refusal`` is why it ended before its time."""

    def __init__(self, function: FunctionName, series: "Series") -> None:
        self.function = function
        self.series = series
        self.running = True
        self.refusal: Refusal | None = None

    def head(self) -> Line:
        return series_text.head(self.series.figures, running=self.running, stopping=self.series.stopping)

    def in_short(self) -> Line:
        """In one row."""
        if self.refusal is None:
            return self.head()
        return (("✖ ", "bad"), (clean(self.refusal.message), "bad"), (f"  {clean(self.refusal.hint)}", "dim"))

    def rows(self, room: int) -> tuple[Line, ...]:
        """What is under the head line."""
        refused: tuple[Line, ...] = ()
        if self.refusal is not None:
            refused = (
                (("✖ ", "bad"), (clean(self.refusal.message), "bad")),
                ((clean(self.refusal.hint), "dim"),),
                EMPTY,
            )
        found = self.series.figures
        return (*refused, ((series_text.title(self.function, found), "dim"),), *series_text.rows(found, room))
