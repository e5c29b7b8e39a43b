"""A one-line filter that opens at the foot of a pane and closes without a trace."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FilterBar(Input):
    """Posts ``Typed`` at every key and ``Done`` on enter; hidden while it is not in use."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down,tab", "leave", show=False)]

    @dataclass
    class Typed(Message):
        text: str

    class Done(Message):
        """Enter: keep the filter and go back to the rows."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, classes="filter-bar", select_on_focus=False)
        self.display = False
        self.cursor_blink = False

    def open(self, text: str) -> None:
        self.display = True
        self.value = text
        self.cursor_position = len(text)
        self.screen.set_focus(self)  # at once: what is typed next belongs here

    def dismiss(self) -> None:
        self.display = False
        with self.prevent(Input.Changed):
            self.value = ""

    def action_leave(self) -> None:
        self.post_message(self.Done())

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Typed(message.value))

    @on(Input.Submitted)
    def _entered(self, message: Input.Submitted) -> None:
        message.stop()
        if not self.value:
            self.display = False
        self.post_message(self.Done())
