"""A list with a cursor: rows keep their identity by key, so that the selection survives every new picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from lambdatui.tui.widgets.line_view import LineView


class RowList(LineView):
    """``head`` rows above the list and ``tail`` rows below are drawn but cannot be selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "move(-10)", "Page up", show=False),
        Binding("pagedown", "move(10)", "Page down", show=False),
        Binding("home,g", "move(-1000000)", "First", show=False),
        Binding("enter", "choose", "Choose", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        list: "RowList"
        key: str

    @dataclass
    class Chosen(Message):
        """Enter or a second click."""

        list: "RowList"
        key: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, classes=classes)
        self.keys: tuple[str, ...] = ()
        self.cursor = 0
        self.head = 0

    @property
    def key(self) -> str | None:
        """The selected row."""
        return self.keys[self.cursor] if self.keys else None

    def set_keys(self, keys: Sequence[str], *, selected: str | None = None, tail: int = 0) -> None:
        """New rows. The cursor stays on ``selected``, or on the key it was on, or at its place."""
        wanted = selected if selected is not None else self.key
        self.keys = tuple(keys)
        if wanted in self.keys:
            self.cursor = self.keys.index(wanted)
        else:
            self.cursor = max(0, min(self.cursor, len(self.keys) - 1))
        self.set_extent(self.head + len(self.keys) + tail)
        self.refresh()

    def row_tone(self, index: int) -> str | None:
        if not self.keys or index - self.head != self.cursor:
            return None
        return "cursor" if self.has_focus else "cursor-blurred"

    def action_move(self, by: int) -> None:
        """Move the cursor; where it is at the end, or there is no row to be at, what stands below is scrolled to."""
        if not self.keys:
            self.scroll_relative(y=by, animate=False)
        elif by > 0 and self.cursor == len(self.keys) - 1:
            self.scroll_end(animate=False)
        else:
            self.point_at(self.cursor + by)

    def action_choose(self) -> None:
        if self.key is not None:
            self.post_message(self.Chosen(self, self.key))

    def point_at(self, position: int) -> None:
        """Move the cursor to a row, as far as there are rows."""
        if not self.keys:
            return
        position = max(0, min(position, len(self.keys) - 1))
        moved = position != self.cursor
        self.cursor = position
        self.reveal(position + self.head)
        self.refresh()
        if moved:
            self.post_message(self.Moved(self, self.keys[position]))

    def reveal(self, index: int) -> None:
        """Scroll as little as needed to see a row."""
        top, height = self.scroll_offset.y, self.size.height
        if index < top:
            self.scroll_to(y=0 if index <= self.head else index, animate=False)
        elif height and index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False)

    def on_click(self, event: events.Click) -> None:
        position = event.y + self.scroll_offset.y - self.head
        if 0 <= position < len(self.keys):
            again = position == self.cursor
            self.point_at(position)
            if again and event.chain > 1:
                self.action_choose()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
