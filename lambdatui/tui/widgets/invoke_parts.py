"""The parts of pane 3: the line that names the event, the editor, the mode switch, the response."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from lambdatui.model.invocation import InvocationType
from lambdatui.model.views import ReportView
from lambdatui.tui.calls import Refusal
from lambdatui.tui.draft import MODE_WORDS, MODES, Draft, Sent
from lambdatui.tui.event_json import Flaw
from lambdatui.tui.messages import PickerWanted
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.series_run import SeriesRun
from lambdatui.tui.spans import Line, flow, spread
from lambdatui.tui.widgets.line_view import LineView

RECENT_REPORTS = 64


class EventLine(LineView):
    """Which event is in the editor; space or a click opens the catalogue."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,down", "pick", "Choose an event", show=False)]

    def __init__(self) -> None:
        super().__init__(id="event-line")
        self._draft = Draft()
        self._flaw: Flaw | None = None

    def show(self, draft: Draft, flaw: Flaw | None) -> None:
        self._draft, self._flaw = draft, flaw
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        tone = "accent bold" if self.has_focus else "plain"
        name: Line = (("Event ", "dim"), ("▾ ", "accent"), (clean(self._draft.name), tone))
        if self._flaw is not None:
            said = (f"✖ {clean(str(self._flaw))}", "bad")
            row = spread(name, (said,), room)
            return row if said in row else (said,)
        state = "empty payload" if not self._draft.text.strip() else "valid JSON"
        return spread(name, ((f"✔ {state}", "faint"),), room)

    def action_pick(self) -> None:
        self.post_message(PickerWanted())

    def on_click(self) -> None:
        self.action_pick()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


class ModeSwitch(LineView):
    """(•) sync ( ) async ( ) dry run: arrows, space, or a click on the word."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
    ]

    def __init__(self, changed: Callable[[InvocationType], None]) -> None:
        super().__init__(id="mode-switch")
        self._changed = changed
        self.mode = InvocationType.REQUEST_RESPONSE
        self._qualifier: str | None = None

    def show(self, draft: Draft) -> None:
        self.mode, self._qualifier = draft.mode, draft.qualifier
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        spans: list[tuple[str, str]] = []
        for mode in MODES:
            chosen = mode is self.mode
            spans.append(("(•) " if chosen else "( ) ", "accent" if chosen else "faint"))
            tone = "plain bold" if chosen and self.has_focus else "plain" if chosen else "dim"
            spans.append((f"{MODE_WORDS[mode]}   ", tone))
        if self._qualifier is not None:
            spans.append((f"to :{clean(self._qualifier)}", "accent bold"))
        return spread(tuple(spans), (("^j", "accent bold"), (" send", "dim")), room)

    def action_turn(self, by: int) -> None:
        self._changed(MODES[(MODES.index(self.mode) + by) % len(MODES)])

    def on_click(self, event: events.Click) -> None:
        at = 0
        for mode in MODES:
            at += len(MODE_WORDS[mode]) + 7
            if event.x < at:
                self._changed(mode)
                return

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


class EventEditor(TextArea):
    """The JSON of the event. Escape leaves it; everything else is an editor's."""

    class Left(Message):
        """Escape: whoever typed is done."""

    def __init__(self) -> None:
        super().__init__(
            id="event-editor", language="json", soft_wrap=False, tab_behavior="indent", show_line_numbers=True,
            max_checkpoints=200, compact=True,
        )  # fmt: skip
        self.cursor_blink = False
        self.indent_width = 2

    def on_key(self, event: events.Key) -> None:
        """Before the editor's own handler, which would move the focus to whatever comes next."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Left())


EMPTY_ROWS = 6
"""Of what is said where there is no answer."""


class ResponseView(LineView):
    """The last answer. While a new one runs it stays, dimmed, under the ticking clock."""

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="response")
        self._wall = wall
        self._sent: Sent | SeriesRun | None = None
        self._answer: tuple[Line, ...] = ()
        self._head: tuple[Line, ...] = ()
        self._rows: tuple[Line, ...] = ()
        self._laid_out: tuple[tuple[Line, ...], int] = ((), 0)
        self._scene = Scene()

    @property
    def running(self) -> bool:
        return self._sent is not None and self._sent.running

    def tick(self) -> None:
        """Time goes on."""
        self._lay_out()

    def show(self, scene: Scene, sent: Sent | SeriesRun | None) -> None:
        if sent is not self._sent or scene.function != self._scene.function:
            if sent is None or isinstance(sent, SeriesRun):
                self._answer = ()
            elif not sent.running:
                self._answer = sent.rows()
                self.scroll_to(y=0, x=0, animate=False)
            self._sent = sent
        self._scene = scene
        self._lay_out()

    def room_changed(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        """Break long rows at the width there is: those of an answer once, for it may have many."""
        sent, room = self._sent, self.room
        if isinstance(sent, SeriesRun):
            self._rows, self._laid_out = flow(sent.rows(room), room), ((), 0)
        elif self._laid_out != (self._answer, room):
            self._rows, self._laid_out = flow(self._answer, room), (self._answer, room)
        self._head = () if sent is None else flow((self._status(sent),), room)
        self.set_extent(EMPTY_ROWS if sent is None else len(self._head) + len(self._rows))
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        if self._sent is None:
            return self._empty(index)
        if index < len(self._head):
            return self._head[index]
        index -= len(self._head)
        line = self._rows[index] if index < len(self._rows) else ()
        dimmed = self.running and not isinstance(self._sent, SeriesRun)
        return tuple((text, "faint") for text, _ in line) if dimmed else line

    def _status(self, sent: Sent | SeriesRun) -> Line:
        return sent.head() if isinstance(sent, SeriesRun) else sent.status(self._wall(), self._report(sent))

    def _report(self, sent: Sent) -> ReportView | None:
        """The invoke's own report, which follows its answer by a moment."""
        outcome = sent.outcome
        if outcome is None or isinstance(outcome, Refusal):
            return None
        recent = self._scene.views.reports[-RECENT_REPORTS:]
        return next((report for report in reversed(recent) if report.request_id == outcome.request_id), None)

    def _empty(self, index: int) -> Line:
        rows: tuple[Line, ...]
        if self._scene.loading:
            rows = (((self._scene.loading_text, "dim"),),)
        elif not self._scene.views.functions:
            rows = (
                (("Nothing to invoke until a function exists.", "dim"),),
                (),
                (("?", "accent bold"), ("  how environments, init, freeze and /tmp work", "dim")),
                (("^p", "accent bold"), (" every command", "dim")),
            )
        else:
            rows = (
                (("^j", "accent bold"), (" sends the event to ", "dim"), (clean(self._scene.function or ""), "plain")),
                (("b", "accent bold"), ("  browse sample events", "dim")),
                (
                    ("m", "accent bold"),
                    ("  sync, async or dry run   ", "dim"),
                    ("v", "accent bold"),
                    ("  version", "dim"),
                ),
                (
                    ("r", "accent bold"),
                    ("  repeat, at a rate, in parallel   ", "dim"),
                    ("s", "accent bold"),
                    ("  save", "dim"),
                ),
                (("3 ⏎", "accent bold"), ("  edit here   ", "dim"), ("e", "accent bold"), ("  in $EDITOR", "dim")),
            )
        return rows[index] if index < len(rows) else ()
