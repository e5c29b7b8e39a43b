"""One environment with the lid off: asked for several times a second, ordered about with keys, copied as a test."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.ids import EnvironmentId
from lambdatui.model.orders import EXPLAINED, Order
from lambdatui.model.phase import Phase, Status
from lambdatui.model.views import EnvironmentView
from lambdatui.tui import actions, arrangement, environment_rows, extension_rows, figures, order_words, place_rows
from lambdatui.tui.actions import Scope
from lambdatui.tui.arrangement import SIX_FROM_COLUMNS, SIX_FROM_ROWS
from lambdatui.tui.calls import NOT_ATTACHED, Refusal, T, attempt
from lambdatui.tui.feed import Feed
from lambdatui.tui.messages import PaneWanted
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.screens.dialogs import Question
from lambdatui.tui.screens.environment_errands import copy_test
from lambdatui.tui.spans import EMPTY
from lambdatui.tui.widgets.bars import KeyBar, TabStrip
from lambdatui.tui.widgets.environment_head import EnvironmentHead
from lambdatui.tui.widgets.line_view import TONE_CLASSES
from lambdatui.tui.widgets.section import Section, SectionRows

LOOK_S = 0.25
SECTIONS = (
    (1, "Machine", "machine"), (2, "Inputs", "inputs"), (3, "Processes", "processes"), (4, "Variables", "variables"),
    (5, "Extensions", "extensions"), (6, "Place", "place"), (7, "/tmp", "tmp"),
)  # fmt: skip
_HANGS = {"machine": 12, "inputs": 5, "place": 3}
"""Under what the rest of a long row stands: what a fact says, what an input led to, a path."""
_TABS = tuple((number, title, title[:4]) for number, title, _ in SECTIONS)
ENDED = Refusal(message="it has ended; this is how it was last seen", hint="esc leaves")


class EnvironmentScreen(Screen[None]):
    """``feed`` has the client and the views; ``send`` invokes the workbench's function with its event."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.ENVIRONMENT)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.ENVIRONMENT,)
    HORIZONTAL_BREAKPOINTS = arrangement.BREAKPOINTS

    def __init__(
        self, feed: Feed, environment: EnvironmentId, wall: Callable[[], float], send: Callable[[], None]
    ) -> None:
        super().__init__(id="environment")
        self._feed = feed
        self._send = send
        self._wall = wall
        self.environment = environment
        self.detail: EnvironmentDetail | None = None
        self._refusal: Refusal | None = None
        self._asking = False
        self._reveal = False
        self._zoomed = False
        self.head = EnvironmentHead(wall)
        self.tabs = TabStrip(_TABS)
        self.sections = {
            name: Section(number, title, name, hang=_HANGS.get(name, 2)) for number, title, name in SECTIONS
        }
        self._current = self.sections["machine"]
        self.key_bar = KeyBar()

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.tabs
        yield Container(*self.sections.values(), id="sections")
        yield self.key_bar

    def on_mount(self) -> None:
        self.key_bar.show(Scope.ENVIRONMENT)
        self._enter(self._current)
        self.call_after_refresh(self._current.rows.focus)
        self._show()
        self._look()
        self.set_interval(LOOK_S, self._look)

    @property
    def view(self) -> EnvironmentView | None:
        return self._feed.views.environments.get(self.environment)

    # --- looking ---

    def _look(self) -> None:
        """Ask again, unless the answer to the last question is still on its way, or nothing will change any more."""
        over = self._refusal is ENDED or (self.detail is not None and self.detail.machine.phase is Phase.DEAD)
        if self._asking or (self._ended and over):
            self._show()
            return
        self._asking = True
        self._run(f"environment:{self.environment}", self._ask_for(self.environment))

    @property
    def _ended(self) -> bool:
        view = self.view
        return view is None or view.phase is Phase.DEAD

    async def _ask_for(self, environment: EnvironmentId) -> None:
        try:
            found = await self._ask(lambda client: client.environment(environment, reveal=self._reveal))
        finally:
            self._asking = False
        if environment != self.environment:
            return
        if isinstance(found, Refusal):
            self._refusal = ENDED if self._ended else found
        else:
            self.detail, self._refusal = found, None
        self._show()

    def _show(self) -> None:
        view = self.view
        reports = self._feed.views.reports
        failed = frozenset(report.request_id for report in reports if report.status is not Status.SUCCESS)
        self.head.show(view, self.detail, self._refusal, failed)
        function = view.function if view is not None else self.detail.function if self.detail is not None else ""
        self.sections["machine"].entitle(f"{self.environment} · {function}")
        if view is not None:
            state = f"{len(view.files)} files, {figures.size(view.files_bytes)}" if view.files else ""
            self.sections["tmp"].show(environment_rows.scratch(view.files, view.files_bytes), state)
        if self.detail is not None:
            self._show_detail(self.detail)

    @on(SectionRows.Resized)
    def _resized(self) -> None:
        """Some columns are only for who has the room."""
        if self.detail is not None:
            self._show_detail(self.detail)

    def _show_detail(self, detail: EnvironmentDetail) -> None:
        sections, machine = self.sections, detail.machine
        view = self.view
        last = () if view is None else (EMPTY, *environment_rows.phases(view, self._wall()))
        sections["machine"].rows.give((*environment_rows.machine(detail), *last))
        inputs = sections["inputs"]
        inputs.show(environment_rows.inputs(detail, inputs.rows.room), f"{detail.inputs:,}")
        memory = figures.size(sum(each.memory_kb for each in detail.processes) * 1024)
        many = f"{len(detail.processes)}, {memory} together" if detail.processes else ""
        sections["processes"].show(place_rows.processes(detail, sections["processes"].rows.room), many)
        hidden = sum(each.hidden for each in detail.variables)
        secrets = "secrets shown" if self._reveal else f"{hidden} hidden" if hidden else ""
        sections["variables"].show(environment_rows.variables(detail), secrets)
        self.set_class(bool(machine.extensions), "-extended")
        room = sections["extensions"].rows.room
        count = str(len(machine.extensions)) if machine.extensions else ""
        sections["extensions"].show(extension_rows.extensions(detail, room), count)
        sections["place"].show(place_rows.place(detail, sections["place"].rows.room))

    # --- layout and focus ---

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, columns: int, rows: int) -> None:
        small = columns < SIX_FROM_COLUMNS or rows < SIX_FROM_ROWS
        self.set_class(small or self._zoomed, "-single")
        self.tabs.display = small or self._zoomed

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        section = next((node for node in event.widget.ancestors if isinstance(node, Section)), None)
        if section is not None:
            self._enter(section)

    def _enter(self, section: Section) -> None:
        self._current = section
        for other in self.sections.values():
            other.set_class(other is section, "-shown")
        self.tabs.show(section.number)

    @on(PaneWanted)
    def _section_wanted(self, message: PaneWanted) -> None:
        message.stop()
        self.action_section(message.number)

    def action_section(self, number: int) -> None:
        section = next(each for each in self.sections.values() if each.number == number)
        self._enter(section)
        self.set_focus(section.rows)

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange(self.size.width, self.size.height)

    def action_back(self) -> None:
        if self._zoomed:
            self.action_zoom()
        else:
            self.dismiss(None)

    def action_other(self, by: int) -> None:
        """The next environment of those that live, or the one before."""
        living = [view.id for view in self._feed.views.environments.values() if view.phase is not Phase.DEAD]
        if not living:
            return
        at = living.index(self.environment) if self.environment in living else 0
        self.environment = living[(at + by) % len(living)]
        self.detail, self._refusal, self._asking = None, None, False
        for section in self.sections.values():
            section.show(())
        self._show()
        self._look()

    # --- what keys do ---

    def action_order(self, name: str) -> None:
        self._order(Order(name))

    def action_freeze(self) -> None:
        frozen = self.detail is not None and self.detail.machine.frozen_s is not None
        self._order(Order.THAW if frozen else Order.FREEZE)

    def _order(self, order: Order) -> None:
        """Asks first where something is lost by it; what makes no sense is told at once."""
        why = "" if self.detail is None else self.detail.machine.refusals.get(order, "")
        if why or self._ended:
            self._say(Refusal(message=f"cannot {order} now: {why or 'it has ended'}"))
        elif (asked := order_words.question(order, self.environment, self.view)) is not None:
            self.app.push_screen(Question(*asked, order), lambda sure: self._give(order) if sure else None)
        else:
            self._give(order)

    def _give(self, order: Order) -> None:
        self._run(f"environment:{order}", self._carry_out(order))

    async def _carry_out(self, order: Order) -> None:
        refusal = await self._ask(lambda client: client.order(self.environment, order))
        if isinstance(refusal, Refusal):
            self._say(refusal)
        else:
            self.notify(EXPLAINED[order], title=f"{self.environment}: {order}", timeout=2, markup=False)
            await self._ask_for(self.environment)

    def action_reveal(self) -> None:
        self._reveal = not self._reveal
        self._run("environment:reveal", self._ask_for(self.environment))

    def action_invoke(self) -> None:
        self._send()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._current.copy())
        self.notify(f"{self._current.title}: copied", timeout=1.5, markup=False)

    def action_help(self) -> None:
        from lambdatui.tui.screens.help import KEYS, HelpScreen

        self.app.push_screen(HelpScreen(KEYS, Scope.ENVIRONMENT))

    def action_copy_test(self) -> None:
        self._run("environment:test", self._copy_test())

    async def _copy_test(self) -> None:
        refusal = await copy_test(self.app, self._ask, self.environment)
        if refusal is not None:
            self._say(refusal)

    async def _ask(self, call: Callable[[EngineClient], Awaitable[T]]) -> T | Refusal:
        client = self._feed.client
        return NOT_ATTACHED if client is None else await attempt(call(client))

    def _run(self, name: str, work: Awaitable[None]) -> None:
        self.run_worker(work, name=name, description=name)

    def _say(self, refusal: Refusal) -> None:
        text = " ".join(clean_rows(refusal.message))
        self.notify(text, title=clean(refusal.hint), severity="warning", markup=False)
