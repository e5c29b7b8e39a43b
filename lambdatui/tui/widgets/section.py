"""A part of the environment screen: a frame with a number, and rows that are given anew several times a second."""

from collections.abc import Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from lambdatui.tui.sanitise import clean
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import Line, plain


class SectionRows(Lines):
    """Drawn anew only where they have changed; whoever reads further down stays there."""

    class Resized(Message):
        """There is another room for rows than those that were given were made for."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def give(self, rows: Sequence[Line]) -> None:
        if tuple(rows) != self._given:
            super().give(rows)


class Section(Vertical):
    """``show`` takes rows and what the title says of them. Rows that are too long go on ``hang`` cells to the right."""

    def __init__(self, number: int, title: str, name: str, *, hang: int = 0) -> None:
        super().__init__(id=f"section-{name}", classes="pane")
        self.number, self.title = number, title
        self.rows = SectionRows((), wrap=True, hang=hang)
        self.rows.id = f"rows-{name}"
        self._state: str | None = None

    def on_mount(self) -> None:
        self.mount(self.rows)
        self.entitle("")

    def show(self, rows: Sequence[Line], state: str = "") -> None:
        self.rows.give(rows)
        self.entitle(state)

    def entitle(self, state: str) -> None:
        if state != self._state:  # setting a title draws the whole frame anew
            self._state = state
            said = [(f" · {clean(state)}", "$secondary")] if state else []
            self.border_title = Content.assemble(f"{self.number} {self.title}", *said)

    def copy(self) -> str:
        """All of it, as text."""
        return "\n".join(plain(row).rstrip() for row in self.rows.given)
