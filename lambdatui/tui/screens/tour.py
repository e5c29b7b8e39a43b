"""The tour of the workbench: a few words at its bottom, and the pane that they are about lit up. Escape skips it."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import Line
from lambdatui.tui.tour_stops import STOPS
from lambdatui.tui.widgets.line_view import TONE_CLASSES


class TourScreen(ModalScreen[None]):
    """``look_at`` is called with the number of the pane that a stop is about."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,right,down,tab", "go(1)", "Next", show=False, priority=True),
        Binding("left,up,backspace", "go(-1)", "Back", show=False, priority=True),
        Binding("escape,q", "dismiss(None)", "Skip", show=False),
    ]

    def __init__(self, look_at: Callable[[int], None]) -> None:
        super().__init__()
        self._look_at = look_at
        self._number = 0
        self._lines = Lines((), wrap=True)
        self._box = Vertical(self._lines, classes="dialog -tour")

    def compose(self) -> ComposeResult:
        yield self._box

    def on_mount(self) -> None:
        self._show()

    def action_go(self, by: int) -> None:
        """On or back; on from the last stop ends the tour."""
        if self._number + by >= len(STOPS):
            self.dismiss(None)
            return
        self._number = max(0, self._number + by)
        self._show()

    def _show(self) -> None:
        stop = STOPS[self._number]
        last = self._number == len(STOPS) - 1
        title = f"{self._number + 1}/{len(STOPS)}  {stop.title}"
        self._box.border_title = Content(title)
        self._box.border_subtitle = Content("⏎ start" if last else "⏎ next · ← back · esc skip the tour")
        rows: tuple[Line, ...] = (((stop.text, "plain"),),)
        self._lines.give(rows)
        self._look_at(stop.pane)
