"""What opens above the workbench: a question, the sample catalogue, a file. Escape closes each."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from lambdatui.tui.ports import SampleInfo
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, flow, left, width
from lambdatui.tui.widgets.line_view import TONE_CLASSES, LineView
from lambdatui.tui.widgets.row_list import RowList

_CLOSE: list[BindingType] = [Binding("escape", "dismiss(None)", "Close", show=False)]


class Lines(LineView):
    """Given rows, scrolled; ``wrap``: broken at the width there is, what is broken off ``hang`` cells to the right."""

    def __init__(self, rows: Sequence[Line], *, wrap: bool = False, hang: int = 0) -> None:
        super().__init__()
        self._hang = hang
        self._given = self._rows = tuple(rows)
        self._wrap = wrap

    def on_mount(self) -> None:
        super().on_mount()
        self._lay_out()

    @property
    def given(self) -> tuple[Line, ...]:
        """As they were given, not broken."""
        return self._given

    def give(self, rows: Sequence[Line]) -> None:
        """Other rows than before."""
        self._given = tuple(rows)
        self._lay_out()
        self.refresh()

    def room_changed(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        self._rows = flow(self._given, self.room, hang=self._hang) if self._wrap else self._given
        self.set_extent(len(self._rows), max((width(row) for row in self._rows), default=0))

    def row(self, index: int, room: int) -> Line:
        return self._rows[index]


class Question(ModalScreen[bool]):
    """Asks once before something is destroyed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "dismiss(True)", "Yes"),
        Binding("n,escape", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str, detail: str, verb: str) -> None:
        super().__init__()
        self._question, self._verb = clean(question), verb
        self._details = tuple(clean(line) for line in detail.splitlines())

    def compose(self) -> ComposeResult:
        rows: tuple[Line, ...] = (
            ((self._question, "plain bold"),),
            *(((line, "dim"),) for line in self._details),
            EMPTY,
            (("y", "accent bold"), (f" {self._verb}    ", "dim"), ("n", "accent bold"), (" keep it", "dim")),
        )
        lines = Lines(rows)
        lines.styles.height = len(rows)
        yield Vertical(lines, classes="dialog -question")


class SampleRows(RowList):
    """The catalogue: best matches first, each with its service and title."""

    def __init__(self, samples: Sequence[SampleInfo], fitting: frozenset[str]) -> None:
        super().__init__(id="sample-rows")
        self._samples = {sample.name: sample for sample in samples}
        self._fitting = fitting

    def narrow(self, text: str) -> None:
        words = text.lower().split()
        self.cursor = 0
        self.set_keys([name for name, sample in self._samples.items()
                       if all(word in f"{name} {sample.service} {sample.title}".lower() for word in words)],
                      tail=1)  # fmt: skip

    def row(self, index: int, room: int) -> Line:
        if index >= len(self.keys):
            return () if self.keys else (("Nothing in the catalogue matches.", "dim"),)
        sample = self._samples[self.keys[index]]
        fits = sample.name in self._fitting
        return (
            ("● " if fits else "  ", "ok"),
            (left(clean(sample.name), 24) + " ", "plain" if fits else "dim"),
            (left(clean(sample.service), 14) + " ", "info"),
            (clean(sample.title), "dim"),
        )


class Picker(ModalScreen[str | None]):
    """Type to narrow, arrows to move, enter to take; ``samples`` come ranked, ``fitting`` are marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        *_CLOSE,
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, samples: Sequence[SampleInfo], fitting: frozenset[str], function: str) -> None:
        super().__init__()
        self._rows = SampleRows(samples, fitting)
        self._function = function

    def compose(self) -> ComposeResult:
        field = Input(placeholder="type to narrow: s3, http, fifo …", compact=True, classes="filter-bar")
        field.cursor_blink = False
        box = Vertical(field, self._rows, classes="dialog -picker")
        box.border_title = Content.assemble("Sample events", (f" · {clean(self._function)}", "$secondary"))
        box.border_subtitle = Content("● fits the function · ⏎ take · esc close")
        yield box

    def on_mount(self) -> None:
        self._rows.narrow("")

    def action_move(self, by: int) -> None:
        self._rows.action_move(by)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._rows.narrow(message.value)

    @on(Input.Submitted)
    @on(RowList.Chosen)
    def _taken(self) -> None:
        if self._rows.key is not None:
            self.dismiss(self._rows.key)


class Reader(ModalScreen[None]):
    """A text to read: a file of /tmp, the keys, the problems."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [*_CLOSE, Binding("q", "dismiss(None)", show=False)]

    def __init__(self, title: str, rows: Sequence[Line], subtitle: str = "esc close", *, wrap: bool = False) -> None:
        super().__init__()
        self._title, self._rows, self._subtitle, self._wrap = title, rows, subtitle, wrap

    def compose(self) -> ComposeResult:
        box = Vertical(Lines(self._rows, wrap=self._wrap), classes="dialog -reader")
        box.border_title = Content(clean(self._title))
        box.border_subtitle = Content(clean(self._subtitle))
        yield box
