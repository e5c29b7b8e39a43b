"""Cold against warm: fresh environments one after the other, and what a cold start costs."""

from typing import ClassVar

from lambdatui.model.experiments import TrialOrder, start_orders
from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.start_figures import start_figures
from lambdatui.tui import starts_text
from lambdatui.tui.feed import Feed
from lambdatui.tui.screens.experiment import ExperimentScreen
from lambdatui.tui.spans import Line

STARTS = 20


class ColdWarmScreen(ExperimentScreen):
    """``payload`` is the event that every invoke gets."""

    TITLE_TEXT: ClassVar[str] = "Cold against warm"

    def __init__(self, feed: Feed, function: FunctionName, payload: bytes) -> None:
        super().__init__(feed, function, payload, STARTS)

    def orders(self) -> tuple[TrialOrder, ...]:
        return start_orders(self.payload, self.count)

    def rows(self, room: int) -> tuple[Line, ...]:
        return starts_text.rows(start_figures(self.done), room)
