"""The history: every past invocation, searched, looked at, compared, and sent again to the code as it is now."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome
from lambdatui.tui import actions, arrangement, figures, history_text
from lambdatui.tui.actions import Scope
from lambdatui.tui.call_text import Dialect, call_text
from lambdatui.tui.calls import NOT_ATTACHED, Refusal, T, attempt
from lambdatui.tui.feed import Feed
from lambdatui.tui.looking_back import PastSearch
from lambdatui.tui.messages import PastEventWanted
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import Line
from lambdatui.tui.trace_text import trace_rows
from lambdatui.tui.widgets.bars import KeyBar
from lambdatui.tui.widgets.line_view import TONE_CLASSES
from lambdatui.tui.widgets.row_list import RowList

REPORTED_WITHIN_S = 3.0
"""Extensions may go on for as long after the answer, before there is a REPORT."""
SHOWN = 500
"""How many invocations are listed at most; a search finds the older ones."""
LOOK_S = 1.0
SEARCH = "fn:orders-api  status:error  dur:>100  cold  text …"


_NOTHING: tuple[Line, ...] = (
    (("No invocation in the history is like that.", "dim"),),
    (),
    (("/", "accent bold"), ("   search for something else; nothing at all finds everything", "dim")),
    (("esc", "accent bold"), (" back to the workbench, to invoke", "dim")),
)


class HistoryRows(RowList):
    """The invocations found, newest first; marked ones are what a comparison or a replay is about."""

    def __init__(self) -> None:
        super().__init__(id="history-rows")
        self.found: dict[str, InvocationSummary] = {}
        self.marked: set[str] = set()
        self.asking = True

    def show(self, found: Sequence[InvocationSummary], selected: str | None = None) -> None:
        self.asking = False
        self.found = {summary.request_id: summary for summary in found}
        self.marked &= set(self.found)
        self.set_keys(tuple(self.found), selected=selected, tail=0 if found else len(_NOTHING))
        self.reveal(self.cursor)

    def row(self, index: int, room: int) -> Line:
        if not self.keys:
            return (("asking the engine…", "dim"),) if self.asking else _NOTHING[index]
        key = self.keys[index]
        return history_text.list_row(self.found[key], marked=key in self.marked, room=room)

    def mark(self) -> None:
        if self.key is not None:
            self.marked ^= {self.key}
            self.action_move(1)
            self.refresh()

    def chosen(self) -> tuple[str, ...]:
        """The marked ones, oldest first, or the one under the cursor."""
        marked = tuple(key for key in reversed(self.keys) if key in self.marked)
        return marked or ((self.key,) if self.key is not None else ())


class DetailView(Lines):
    """What is known of the selected invocation."""

    def __init__(self) -> None:
        super().__init__((), wrap=True)
        self.id = "history-detail"

    def show(self, rows: Sequence[Line]) -> None:
        self.give(rows)
        self.scroll_home(animate=False)


class HistoryScreen(Screen[None]):
    """``feed`` has the client; the list is asked for when the screen opens and after every search and replay.

    It opens with ``past``, what was picked on the time line; a step back is everything that ``search`` finds.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.HISTORY)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.HISTORY,)
    AUTO_FOCUS = ""  # of the search: keys that are typed as it opens are no text
    HORIZONTAL_BREAKPOINTS = arrangement.BREAKPOINTS

    def __init__(self, feed: Feed, search: str, past: PastSearch | None = None) -> None:
        super().__init__(id="history")
        self._feed = feed
        self._usual = search
        self._picked = past
        self._search = search if past is None else past.text
        self.rows = HistoryRows()
        self.detail = DetailView()
        self.key_bar = KeyBar()
        self._shown: InvocationDetail | None = None
        self._instead = False  # a comparison, a trace or calls stand where the invocation stood
        self._listed = 0

    def compose(self) -> ComposeResult:
        field = Input(
            self._search,
            placeholder=SEARCH,
            compact=True,
            id="history-search",
            classes="filter-bar",
            select_on_focus=False,
        )
        field.cursor_blink = False
        found = Vertical(self.rows, classes="pane", id="history-list")
        found.border_title = Content("History")
        shown = Vertical(self.detail, classes="pane", id="history-shown")
        yield field
        yield Horizontal(found, shown, id="history-panes")
        yield self.key_bar

    def on_mount(self) -> None:
        self.key_bar.show(Scope.HISTORY)
        self.set_focus(self.rows)
        self.refresh_list()
        self.set_interval(LOOK_S, self._look)

    def _look(self) -> None:
        """Whatever finished since the list was made belongs into it."""
        if self._finished() != self._listed:
            self.refresh_list()

    def _finished(self) -> int:
        return sum(function.metrics.invocations for function in self._feed.views.functions.values())

    def refresh_list(self) -> None:
        """Ask for the list anew."""
        self._run("history", self._list())

    # Keys

    def action_search(self) -> None:
        self.set_focus(self.query_one("#history-search", Input))

    def action_mark(self) -> None:
        self.rows.mark()

    def action_back(self) -> None:
        if isinstance(self.focused, Input):
            self.rows.focus()
        elif self._instead and self.rows.key is not None:
            self._run("history: detail", self._show(self.rows.key))
        elif self._picked is not None:
            self.query_one("#history-search", Input).value = self._usual
            self._look_for(self._usual)
        else:
            self.dismiss(None)

    def action_use(self) -> None:
        if self._shown is not None:
            self.post_message(PastEventWanted(self._shown))

    def action_save(self) -> None:
        if self._shown is not None:
            self._run("save", self._save(self._shown))

    def action_source(self) -> None:
        if self._shown is not None:
            self._run("source", self._open_source(self._shown))

    def action_replay(self) -> None:
        self._run("history: replay", self._replay(self.rows.chosen()))

    def action_compare(self) -> None:
        chosen = self.rows.chosen()
        if len(chosen) == 2:
            self._run("history: compare", self._compare(chosen[0], chosen[1]))
        else:
            self._say(Refusal(message="mark two invocations to compare them", hint="space marks"))

    def action_trace(self) -> None:
        if self.rows.key is not None:
            self._run("history: trace", self._trace(self.rows.key))

    def action_copy_as(self) -> None:
        shown = self._shown
        if shown is None:
            return
        url = self._feed.views.engine.url or "http://127.0.0.1:9001"
        texts = [call_text(each, url, shown.summary.function, shown.invocation.payload) for each in Dialect]
        self.app.copy_to_clipboard(texts[0])
        rows: list[Line] = []
        for dialect, text in zip(Dialect, texts, strict=True):
            rows += [((str(dialect), "accent bold"),), *(((row, "plain"),) for row in clean_rows(text)), ()]
        self._show_instead(rows)
        self.notify("The curl command was copied", timeout=1.5, markup=False)

    @on(Input.Submitted, "#history-search")
    def _searched(self, message: Input.Submitted) -> None:
        self.rows.focus()
        self._look_for(message.value)

    def _look_for(self, text: str) -> None:
        """Another search than before: it is no longer about the moment that was picked."""
        self._picked = self._picked if self._picked is not None and text == self._picked.text else None
        self._search = text
        self.refresh_list()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        self._run("history: detail", self._show(message.key))

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.detail.focus()

    # What the engine is asked

    async def _list(self) -> None:
        self._listed = self._finished()
        found = await self._ask(lambda client: client.invocations(self._search, limit=SHOWN))
        if isinstance(found, Refusal):
            self._say(found)
            return
        self.rows.show(found, None if self._picked is None or self.rows.keys else self._picked.request_id)
        title = f"{len(found)}{' newest' if len(found) == SHOWN else ''}"
        if self._picked is not None:
            title += f" · {clean(self._picked.environment)} until {figures.clock(self._picked.time_s)} · esc all"
        self.query_one("#history-list").border_title = Content.assemble("History", (f" · {title}", "$secondary"))
        if self.rows.key is None:
            self._shown = None
            self.detail.show(())
        elif self._shown is None or self._shown.summary.request_id != self.rows.key:
            await self._show(self.rows.key)

    def _show_instead(self, rows: Sequence[Line]) -> None:
        self._instead = True
        self.detail.show(rows)

    async def _show(self, request_id: str) -> None:
        self._instead = False
        found = await self._ask(lambda client: client.invocation(request_id))
        if isinstance(found, Refusal):
            self.detail.show(((("✖ ", "bad"), (clean(found.message), "plain")),))
        elif request_id == self.rows.key:  # the cursor may be elsewhere by now
            self._shown = found
            self.detail.show(history_text.detail_rows(found))

    async def _compare(self, older: str, newer: str, *, wait_s: float = 0) -> None:
        from lambdatui.client import compare_bodies

        before, after = await self._past(older), await self._past(newer, wait_s=wait_s)
        if before is None or after is None:
            return
        events = compare_bodies(before.invocation.payload, after.invocation.payload)
        responses = compare_bodies(before.response or b"", after.response or b"")
        self._show_instead(history_text.comparison_rows(before, after, events, responses))

    async def _replay(self, chosen: Sequence[str]) -> None:
        """One after the other; a single one is then compared with what it was."""
        answered = []
        for request_id in chosen:
            detail = await self._past(request_id)
            again = None if detail is None else await self._send(detail)
            if again is None:
                return
            answered.append((request_id, again))
        await self._list()
        if len(answered) == 1:
            await self._compare(*answered[0], wait_s=REPORTED_WITHIN_S)
        elif answered:
            self.notify(f"{len(answered)} events were sent again", timeout=2, markup=False)

    async def _trace(self, request_id: str) -> None:
        found = await self._ask(lambda client: client.trace(request_id))
        if isinstance(found, Refusal):
            self._say(found)
        else:
            self._show_instead(trace_rows(found, self.detail.room))

    async def _save(self, detail: InvocationDetail) -> None:
        from lambdatui.tui.screens.event_errands import save_event

        suggestion = detail.summary.sample or f"{detail.summary.function}-{detail.summary.request_id[:4]}"
        outcome = await save_event(self, self._ask, suggestion, detail.invocation.payload)
        if isinstance(outcome, Refusal):
            self._say(outcome)

    async def _open_source(self, detail: InvocationDetail) -> None:
        """At the line that the answer blames, if it does."""
        from lambdatui.tui.screens.opening import open_source

        summary = detail.summary
        project = await self._ask(lambda client: client.functions())
        if isinstance(project, Refusal):
            self._say(project)
            return
        function = next((each for each in project.functions if each.name == summary.function), None)
        if function is None:
            self._say(Refusal(message=f"the project has no function {summary.function} any more"))
            return
        failed = summary.outcome in (Outcome.ERROR, Outcome.TIMEOUT)
        refusal = await open_source(self.app, function, detail.response if failed else None)
        if refusal is not None:
            self._say(refusal)

    async def _past(self, request_id: str, *, wait_s: float = 0) -> InvocationDetail | None:
        """None once the refusal has been shown."""
        found = await self._ask(lambda client: client.invocation(request_id, wait_s=wait_s))
        if isinstance(found, Refusal):
            self._say(found)
            return None
        return found

    async def _send(self, detail: InvocationDetail) -> str | None:
        """The id of the new invocation; None once the refusal has been shown."""
        function, payload = detail.summary.function, detail.invocation.payload
        answer = await self._ask(lambda client: client.invoke(function, payload))
        if isinstance(answer, Refusal):
            self._say(answer)
            return None
        return str(answer.request_id)

    async def _ask(self, call: Callable[[EngineClient], Awaitable[T]]) -> T | Refusal:
        client = self._feed.client
        return NOT_ATTACHED if client is None else await attempt(call(client))

    def _run(self, name: str, work: Awaitable[None]) -> None:
        self.run_worker(work, name=name, description=name, exclusive=name == "history: detail", group=name)

    def _say(self, refusal: Refusal) -> None:
        text = " ".join(clean_rows(refusal.message))
        self.notify(text, title=clean(refusal.hint), severity="error", markup=False)
