"""Asks for one line of text, says at once what is wrong with it, and takes it only when nothing is."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from lambdatui.tui.sanitise import clean
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import EMPTY, Line
from lambdatui.tui.widgets.line_view import TONE_CLASSES


def anything(_: str) -> str:
    """For texts of which none is wrong."""
    return ""


class Ask(ModalScreen[str | None]):
    """``complaint`` says what is wrong with a text, empty when nothing is; ``notes`` stand under the field.

    ``secret``: what is typed is not shown.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", show=False)]

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        placeholder: str = "",
        notes: tuple[Line, ...] = (),
        complaint: Callable[[str], str] = anything,
        secret: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._text, self._placeholder = title, text, placeholder
        self._notes, self._complaint, self._secret = notes, complaint, secret
        self._lines = Lines((), wrap=True)
        self._lines.id = "ask-notes"

    def compose(self) -> ComposeResult:
        field = Input(
            self._text, placeholder=self._placeholder, password=self._secret, compact=True, classes="filter-bar"
        )
        field.cursor_blink = False
        box = Vertical(field, self._lines, classes="dialog -ask")
        box.border_title = Content(clean(self._title))
        box.border_subtitle = Content("⏎ take · esc close")
        yield box

    def on_mount(self) -> None:
        self._tell("")

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._tell(self._complaint(message.value) if message.value.strip() else "")

    @on(Input.Submitted)
    def _taken(self, message: Input.Submitted) -> None:
        complaint = self._complaint(message.value)
        if complaint:
            self._tell(complaint)
        else:
            self.dismiss(message.value)

    def _tell(self, complaint: str) -> None:
        said: Line = (("✖ ", "bad"), (clean(complaint), "bad")) if complaint else EMPTY
        self._lines.give((said, *self._notes))
