"""What ``?`` opens: the keys, made from the table of actions, and a page for every concept. Escape closes it."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen

from lambdatui.concepts.pages import CONCEPTS, page
from lambdatui.tui import help_text
from lambdatui.tui.actions import Scope
from lambdatui.tui.spans import Line
from lambdatui.tui.widgets.line_view import TONE_CLASSES, LineView
from lambdatui.tui.widgets.row_list import RowList

KEYS = "keys"
TOPICS = (KEYS, *CONCEPTS)


class Topics(RowList):
    """The keys, then the concepts in the order in which they are best read."""

    def __init__(self, topic: str) -> None:
        super().__init__(id="help-topics")
        self.set_keys(TOPICS, selected=topic)

    def row(self, index: int, room: int) -> Line:
        key = self.keys[index]
        return ((" " + ("Keys" if key == KEYS else page(key).title), "plain"),)


class Text(LineView):
    """The page, laid out for the room there is."""

    can_focus = False

    def __init__(self, topic: str, pane: Scope | None) -> None:
        super().__init__(id="help-text")
        self._topic = topic
        self._pane = pane
        self._rows: list[Line] = []

    def show(self, topic: str) -> None:
        self._topic = topic
        self.room_changed()
        self.scroll_home(animate=False)

    def room_changed(self) -> None:
        if self._topic == KEYS:
            self._rows = help_text.key_rows(self.room, self._pane)
        else:
            self._rows = help_text.concept_rows(page(self._topic), self.room)
        self.set_extent(len(self._rows))
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        return self._rows[index] if index < len(self._rows) else ()


class HelpScreen(ModalScreen[None]):
    """``topic`` is a concept or KEYS; the keys of ``pane``, where the focus was, come first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss(None)", "Close", show=False),
        Binding("pagedown,space,right", "scroll(1)", "Down", show=False, priority=True),
        Binding("pageup,left", "scroll(-1)", "Up", show=False, priority=True),
    ]

    def __init__(self, topic: str = KEYS, pane: Scope | None = None) -> None:
        super().__init__()
        self._topics = Topics(topic)
        self._text = Text(topic, pane)

    def compose(self) -> ComposeResult:
        box = Horizontal(self._topics, self._text, classes="dialog -help")
        box.border_title = Content("Help")
        box.border_subtitle = Content("↑ ↓ topic · space scroll · esc close")
        yield box

    def on_mount(self) -> None:
        self._topics.focus()

    def action_scroll(self, pages: int) -> None:
        step: Callable[..., None] = self._text.scroll_page_down if pages > 0 else self._text.scroll_page_up
        step(animate=False)

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self._text.show(message.key)
