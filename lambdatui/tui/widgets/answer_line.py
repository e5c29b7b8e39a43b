"""The line under pane 2 where pane 3 is not on the screen: what came of the last send, in one row.

Nothing of a payload is parsed for it, and only its beginning is looked at: pane 3 has done that work already.
"""

from typing import Final

from lambdatui.tui.draft import Sent
from lambdatui.tui.series_run import SeriesRun
from lambdatui.tui.spans import Line, cut, spread, width
from lambdatui.tui.widgets.line_view import LineView

WAY: Final[Line] = (("3", "accent bold"), (" shows it", "faint"))
GAP_CELLS = 2


class AnswerLine(LineView, can_focus=False):
    """Has the class ``-some`` when there is something to show."""

    def __init__(self) -> None:
        super().__init__(id="answer-line")
        self._sent: Sent | SeriesRun | None = None
        self._line: Line = ()

    def show(self, sent: Sent | SeriesRun | None) -> None:
        """Of the selected function. A series goes on in the same object, a send does not."""
        if sent is self._sent and not isinstance(sent, SeriesRun):
            return
        self._sent = sent
        self._line = () if sent is None else sent.in_short()
        self.set_class(sent is not None, "-some")
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        return spread(cut(self._line, room - width(WAY) - GAP_CELLS), WAY, room)
