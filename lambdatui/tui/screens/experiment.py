"""What the experiments' screens share: a series of trials that runs, is shown as it grows, and can be stopped."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker

from lambdatui.model.experiments import Trial, TrialOrder
from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.tui import actions
from lambdatui.tui.actions import Scope
from lambdatui.tui.calls import NOT_ATTACHED, Refusal, attempt
from lambdatui.tui.feed import Feed
from lambdatui.tui.sanitise import clean
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import Line
from lambdatui.tui.widgets.bars import KeyBar
from lambdatui.tui.widgets.line_view import TONE_CLASSES


class Findings(Lines):
    """What is known so far; drawn anew for the width there is."""

    def __init__(self, screen: "ExperimentScreen") -> None:
        super().__init__((), wrap=True)
        self.id = "findings"
        self._experiment = screen

    def room_changed(self) -> None:
        self.give(self._experiment.findings(self.room))

    def give(self, rows: Sequence[Line]) -> None:
        self._given = tuple(rows)
        self._lay_out()
        self.refresh()


class ExperimentScreen(Screen[None]):
    """``escape`` stops the series, and its environment with it; once more leaves. ``feed`` has the client."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.EXPERIMENT)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.EXPERIMENT,)
    TITLE_TEXT: ClassVar[str] = ""

    def __init__(self, feed: Feed, function: FunctionName, payload: bytes, count: int) -> None:
        super().__init__()
        self.feed = feed
        self.payload = payload or b"{}"
        self.count = count
        self.function: Function | None = None
        self.done: list[Trial] = []
        self.refusal: Refusal | None = None
        self._wanted = function
        self._orders: tuple[TrialOrder, ...] = ()
        self._work: Worker[None] | None = None
        self._findings = Findings(self)
        self._key_bar = KeyBar()

    def orders(self) -> tuple[TrialOrder, ...]:
        """The series, anew for every run."""
        raise NotImplementedError

    def rows(self, room: int) -> tuple[Line, ...]:
        """What the trials that are ``done`` say; ``function`` is known by then."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield Vertical(self._findings, classes="pane", id="experiment")
        yield self._key_bar

    def on_mount(self) -> None:
        self._key_bar.show(Scope.EXPERIMENT)
        self._findings.focus()
        self.action_again()

    @property
    def under_way(self) -> bool:
        return self._work is not None and not self._work.is_finished

    def findings(self, room: int) -> tuple[Line, ...]:
        """What the view shows."""
        if self.refusal is not None:
            return ((("✖ ", "bad"), (clean(self.refusal.message), "plain")), ((clean(self.refusal.hint), "dim"),))
        if not self.done or self.function is None:
            waiting = "the first environment starts…"
            return (((waiting if self.under_way else "stopped before anything was known", "dim"),),)
        return self.rows(room)

    # Keys

    def action_again(self) -> None:
        if not self.under_way:
            self.done, self.refusal = [], None
            self._orders = self.orders()
            self._work = self.run_worker(self._run(), name="experiment", description="experiment", exclusive=True)
        self._show()

    def action_more(self) -> None:
        self._change_count(self.count * 2)

    def action_fewer(self) -> None:
        self._change_count(max(1, self.count // 2))

    def action_sizes(self) -> None:
        """For experiments over memory sizes; the others have none to choose."""

    @property
    def extent(self) -> str:
        """How much is tried, for the lower border."""
        return f"n = {self.count}"

    def action_back(self) -> None:
        if self._work is not None and self.under_way:
            self._work.cancel()
            self.call_after_refresh(self._show)
        else:
            self.dismiss(None)

    def _change_count(self, count: int) -> None:
        if not self.under_way:
            self.count = min(count, 500)
            self.action_again()

    async def _run(self) -> None:
        """One trial after the other; each refreshes what is shown."""
        client = self.feed.client
        if client is None:
            self._refuse(NOT_ATTACHED)
            return
        project = await attempt(client.functions())
        if isinstance(project, Refusal):
            self._refuse(project)
            return
        self.function = next((each for each in project.functions if each.name == self._wanted), None)
        if self.function is None:
            self._refuse(Refusal(message=f"the project has no function {self._wanted} any more", hint="esc leaves"))
            return
        for order in self._orders:
            trial = await attempt(client.trial(self._wanted, order))
            if isinstance(trial, Refusal):
                self._refuse(trial)
                return
            self.done.append(trial)
            self._show()

    def _refuse(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self._show()

    def _show(self) -> None:
        box = self.query_one("#experiment")
        of = f"{len(self.done)} of {len(self._orders)} environments"
        over = len(self.done) == len(self._orders)
        state = "done" if over else f"stopped after {of}" if not self.under_way else f"{of}…"
        box.border_title = Content.assemble(self.TITLE_TEXT, (f" · {clean(self._wanted)} · {state}", "$secondary"))
        box.border_subtitle = Content(self.extent)
        self._findings.give(self.findings(self._findings.room))
