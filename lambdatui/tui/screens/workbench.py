"""The workbench: lays the panes out, holds what is selected, and turns keys into calls of the engine."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.orders import Order
from lambdatui.tui import actions, arrangement
from lambdatui.tui.actions import Scope
from lambdatui.tui.arrangement import Arrangement
from lambdatui.tui.feed import Feed
from lambdatui.tui.messages import (
    EnvironmentSelected,
    FileOpened,
    FunctionSelected,
    OlderLinesWanted,
    PaneWanted,
    PastInvokeWanted,
    PickerWanted,
    RequestSelected,
    SampleWanted,
    WindowMoved,
)
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Link, Scene, pick_environment, pick_function
from lambdatui.tui.screens.errands import Errands
from lambdatui.tui.screens.ways import Ways
from lambdatui.tui.widgets.bars import KeyBar, TabStrip
from lambdatui.tui.widgets.environments_pane import EnvironmentsPane
from lambdatui.tui.widgets.functions_pane import FunctionsPane
from lambdatui.tui.widgets.header import Header, Notice
from lambdatui.tui.widgets.invoke_pane import InvokePane
from lambdatui.tui.widgets.line_view import TONE_CLASSES
from lambdatui.tui.widgets.logs_pane import LogsPane
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.reports_pane import ReportsPane
from lambdatui.tui.widgets.scratch_pane import ScratchPane

if TYPE_CHECKING:
    from lambdatui.model.function import Problem
    from lambdatui.model.history import InvocationDetail
    from lambdatui.model.views import Views

COPY_SHOWN = 48
"""Cells of a copied text from which on only its length is told."""
TICK_S = 0.1
SLOW_TICKS = 10


class Workbench(Ways):
    """Six panes over one ``Scene``; ``show`` takes a new picture, selections change the scene in place."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.WORKBENCH)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.WORKBENCH, *actions.PANES)
    HORIZONTAL_BREAKPOINTS = arrangement.BREAKPOINTS
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Both panes paint themselves; the whole screen each time would be slow to read over a slow line."""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-middling"), (42, "-tall")]  # noqa: RUF012  Textual declares it as an instance variable

    def __init__(self, feed: Feed, wall: Callable[[], float]) -> None:
        super().__init__(feed, wall)
        self.scene = Scene()
        self.header = Header(wall)
        self.notice = Notice(wall)
        self.tabs = TabStrip()
        self.functions = FunctionsPane(wall)
        self.environments = EnvironmentsPane(wall)
        self.invoke = InvokePane(wall, self.environments.answer)
        self.logs = LogsPane(feed.ring)
        self.reports = ReportsPane()
        self.scratch = ScratchPane(wall)
        self.key_bar = KeyBar()
        self.errands = Errands(self, feed, wall)
        self._ticks = 0
        self._wanted_environment: EnvironmentId | None = None
        self._current: Pane = self.functions
        self._main: Pane = self.functions
        self._zoomed = False

    @property
    def panes(self) -> tuple[Pane, ...]:
        return (self.functions, self.environments, self.invoke, self.logs, self.reports, self.scratch)

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.notice
        yield self.tabs
        yield Container(*self.panes, id="panes")
        yield self.key_bar

    def on_mount(self) -> None:
        self._enter(self.functions)
        self.header.show(self.scene)
        self.notice.show(self.scene)
        self.call_after_refresh(self.functions.take_focus)
        self.set_interval(TICK_S, self.tick)
        self.call_after_refresh(self.invoke.mount_editor)

    # --- the picture ---

    def show(self, views: "Views", link: Link, problems: "tuple[Problem, ...]" = ()) -> None:
        """A new picture from the feed. While paused only the header takes it."""
        function = pick_function(views, self.scene.function)
        latest = replace(self.scene, views=views, link=link, problems=problems, function=function)
        if self.scene.paused:
            self.header.show(latest)
            self.notice.show(latest)
            return
        self.stage(latest)

    def stage(self, scene: Scene | None = None) -> None:
        """Hand a scene down to every pane."""
        before, scene = self.scene, self.scene if scene is None else scene
        # What was picked stays picked, whatever other environments do meanwhile.
        held = before.environment if scene.moment is not None else None
        scene = replace(scene, environment=pick_environment(scene, self._wanted_environment or held))
        self.scene = replace(scene, window=self.environments.looking(scene))
        self.logs.scene = self.scene
        if before.looks_like(self.scene):
            return
        self.header.show(self.scene)
        self.notice.show(self.scene)
        for pane in self.panes:
            pane.scene = self.scene

    def tick(self) -> None:
        """Time moves between pictures: finely while something runs, once a second otherwise."""
        self._ticks += 1
        slow = self._ticks % SLOW_TICKS == 0
        if slow:
            self.header.refresh()
            self.notice.show(self.scene)
        if not self.scene.paused and (slow or self.environments.busy):
            self.environments.tick()
        self.invoke.tick()

    # --- layout and focus ---

    def on_resize(self) -> None:
        self._arrange()

    @property
    def focus_chain(self) -> list[Widget]:
        """Tab passes by the editor: it would keep every key that follows."""
        return [widget for widget in super().focus_chain if widget.id != "event-editor" or widget.has_focus]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        pane = next((node for node in event.widget.ancestors if isinstance(node, Pane)), None)
        if pane is not None:
            self._enter(pane)
            self.key_bar.show(pane.SCOPE, typing=event.widget.id == "event-editor" or isinstance(event.widget, Input))

    def _enter(self, pane: Pane) -> None:
        self._current = pane
        if pane is not self.environments:
            self._main = pane
        plan = self._arranged()
        for other in self.panes:
            other.set_class(other is pane, "-current")
            other.set_class(other.NUMBER in plan.shown, "-shown")
            other.set_class(len(plan.shown) == 1, "-alone")
        self.environments.set_class(plan.has_companion, "-companion")
        self.environments.set_class(self.invoke.NUMBER not in plan.shown, "-answers")
        self.tabs.show(pane.NUMBER)
        self.key_bar.show(pane.SCOPE)

    def _arranged(self) -> Arrangement:
        columns, rows = self.size
        return arrangement.arrange(self._current.NUMBER, self._main.NUMBER, columns, rows, zoomed=self._zoomed)

    def _arrange(self) -> None:
        plan = self._arranged()
        self.set_class(not plan.room or self._zoomed, "-single")
        self.set_class(plan.beside, "-beside")
        self.set_class(self.size.height < arrangement.FRAMED_FROM_ROWS, "-tiny")
        self.tabs.display = not plan.room
        self._enter(self._current)

    def action_pane(self, number: int) -> None:
        pane = self.panes[number - 1]
        self._enter(pane)
        pane.take_focus()

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange()

    def action_back(self) -> None:
        """Series, then filter, then time, then zoom; an editor takes its own escape."""
        if self.errands.stop_series():
            return
        if isinstance(self._current, FunctionsPane | LogsPane) and self._current.close_filter():
            return
        if self._back_to_now():
            return
        if self._zoomed:
            self.action_zoom()

    def action_filter(self) -> None:
        pane = self._current if isinstance(self._current, FunctionsPane) else self.logs
        self._enter(pane)
        pane.open_filter()

    # --- selections ---

    @on(FunctionSelected)
    def _function_selected(self, message: FunctionSelected) -> None:
        self._wanted_environment = None
        self.stage(replace(self.scene, function=message.function))

    @on(EnvironmentSelected)
    def _environment_selected(self, message: EnvironmentSelected) -> None:
        self._wanted_environment = message.environment
        self.stage()

    @on(WindowMoved)
    def _window_moved(self, message: WindowMoved) -> None:
        self.stage(replace(self.scene, window=message.window))

    def action_travel(self, where: str) -> None:
        """At once: a held key repeats faster than messages come round."""
        self.stage(replace(self.scene, window=self.environments.travelled(where)))

    @on(RequestSelected)
    def _request_selected(self, message: RequestSelected) -> None:
        self.logs.only(message.request_id)
        self.action_pane(self.logs.NUMBER)

    @on(PaneWanted)
    def _pane_wanted(self, message: PaneWanted) -> None:
        self.action_pane(message.number)

    def action_all_functions(self) -> None:
        self.stage(replace(self.scene, all_functions=not self.scene.all_functions))

    def action_pause(self) -> None:
        self.stage(replace(self.scene, paused=not self.scene.paused))
        if not self.scene.paused:
            self.errands.catch_up()

    # --- calls of the engine ---

    @on(SampleWanted)
    def _sample_wanted(self, message: SampleWanted) -> None:
        self.errands.best_sample(message.function, message.events)

    @on(PickerWanted)
    def action_samples(self) -> None:
        self._back_to_now()
        self.errands.pick_sample()

    def action_send(self) -> None:
        self._back_to_now()
        self.errands.send()

    def action_type(self) -> None:
        self._take_past_over()
        self.action_pane(self.invoke.NUMBER)
        self.invoke.edit()

    def action_edit(self) -> None:
        self._take_past_over()
        self.errands.edit()

    def action_mode(self) -> None:
        self._back_to_now()
        self.invoke.next_mode()

    def action_repeat(self) -> None:
        self._back_to_now()
        self.errands.repeat()

    def action_save(self) -> None:
        self._take_past_over()
        self.errands.save()

    def action_qualify(self) -> None:
        self._back_to_now()
        self.errands.qualify()

    @on(PastInvokeWanted)
    def _past_invoke_wanted(self, message: PastInvokeWanted) -> None:
        self.errands.past_invoke(message.request_id)

    def _take_past_over(self) -> None:
        """What is edited or saved is the event that is shown."""
        past = self.invoke.past
        if past is not None:
            self._use(past)
        self._back_to_now()

    def _back_to_now(self) -> bool:
        """Let go of the time that was held; False where it was now already."""
        if self.scene.window.live:
            return False
        self.stage(replace(self.scene, window=self.scene.window.released()))
        return True

    def action_source(self) -> None:
        self.errands.open_source()

    def action_order(self, name: str) -> None:
        self.errands.order(Order(name))

    def action_freeze(self) -> None:
        self.errands.freeze()

    def action_copy_test(self) -> None:
        self.errands.copy_test()

    @on(FileOpened)
    def _file_opened(self, message: FileOpened) -> None:
        self.errands.open_file(message.environment, message.path)

    @on(OlderLinesWanted)
    def _older_lines_wanted(self, message: OlderLinesWanted) -> None:
        self.errands.older_lines(message)

    def action_older(self) -> None:
        self.logs.want_older()

    def action_follow(self) -> None:
        self.logs.follow()

    def action_top(self) -> None:
        self.logs.go_to_top()

    def action_request(self) -> None:
        self.logs.only_bottom_request()

    def action_copy(self) -> None:
        text = self._current.copy()
        if text:
            self.app.copy_to_clipboard(text)
            lines = text.count("\n") + 1
            said = f"{lines:,} lines" if lines > 1 else text if len(text) <= COPY_SHOWN else f"{len(text):,} characters"
            self.notify(f"Copied {clean(said)}", timeout=2, markup=False)

    def action_experiments(self) -> None:
        self.reports.turn_experiments()

    def take_event(self, detail: "InvocationDetail") -> None:
        """The event of a past invocation, into the editor of its function."""
        self._back_to_now()
        self._use(detail)
        self.action_pane(self.invoke.NUMBER)

    def _use(self, detail: "InvocationDetail") -> None:
        function = detail.summary.function
        self.stage(replace(self.scene, function=function))
        self.invoke.set_event(function, detail.invocation.payload.decode("utf-8", errors="replace"), None)

    def action_tour(self) -> None:
        from lambdatui.tui.screens.tour import TourScreen

        def over(_: None) -> None:
            self.remove_class("-touring")
            self.action_pane(self.functions.NUMBER)

        self.add_class("-touring")
        self.app.push_screen(TourScreen(lambda number: self._enter(self.panes[number - 1])), over)

    def action_help(self, topic: str = "keys") -> None:
        """The keys, those of the focused pane first, or the page of a concept."""
        from lambdatui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(topic, self._current.SCOPE))
