"""The program on the terminal: paints first, then attaches to an engine and shows what it says."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.theme import Theme

from lambdatui.tui import actions
from lambdatui.tui.actions import Scope
from lambdatui.tui.feed import FRAME_S, Feed
from lambdatui.tui.keys_in_turn import KeyDone, KeysInTurn
from lambdatui.tui.messages import PastEventWanted, ViewsChanged
from lambdatui.tui.palette import ActionCommands, ConceptCommands
from lambdatui.tui.ports import Connect
from lambdatui.tui.preferences import Preferences
from lambdatui.tui.screens.workbench import Workbench
from lambdatui.tui.theme import LAMBDATUI, OWN, shades

if TYPE_CHECKING:
    from lambdatui.tui.screens.demo import Demo

_HERE = Path(__file__).parent
KEY_LOST_S = 0.5
"""A key that did not come back for as long was on its way to something that is gone: the next one need not wait."""


class LambdatuiApp(App[int]):
    """``connect`` is called after the first paint, and again whenever the engine was lost. ``demo``: with a guide.

    ``preferences``: where the theme is remembered, None to forget it. ``complaints`` are told once, as it opens.
    ``tour``: show the first-run tour, unless the user has seen it.
    """

    TITLE = "lambdatui"
    CSS_PATH = [_HERE / name for name in ("base.tcss", "panes.tcss", "workbench.tcss", "environment.tcss")]  # noqa: RUF012  as Textual
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.APP)
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        ActionCommands,
        ConceptCommands,
    }
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        connect: Connect,
        *,
        wall: Callable[[], float],
        frame_s: float = FRAME_S,
        demo: "Demo | None" = None,
        preferences: Preferences | None = None,
        complaints: tuple[str, ...] = (),
        tour: bool = False,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self._preferences = preferences
        self._complaints = complaints
        self._tour = tour
        for theme in OWN:
            self.register_theme(theme)
        chosen = preferences.theme() if preferences is not None else None
        self.theme = chosen if chosen in self.available_themes else LAMBDATUI.name
        self._keys = KeysInTurn()
        self.feed = Feed(connect, self._publish, wall=wall, frame_s=frame_s)
        self.workbench = self._bench(wall, demo)

    def _bench(self, wall: Callable[[], float], demo: "Demo | None") -> Workbench:
        if demo is None:
            return Workbench(self.feed, wall)
        from lambdatui.tui.screens.demo import DemoBench

        return DemoBench(self.feed, wall, demo)

    def get_default_screen(self) -> Screen[None]:
        return self.workbench

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return shades(self.current_theme)

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember)
        for complaint in self._complaints:
            self._warn(complaint)
        self.call_after_refresh(self._follow_engine)

    def _remember(self, theme: Theme) -> None:
        """The user chose another theme: the next session begins with it."""
        problem = self._preferences.remember_theme(theme.name) if self._preferences is not None else ""
        if problem:
            self._warn(problem)

    def _warn(self, text: str) -> None:
        self.notify(text, severity="warning", timeout=15, markup=False)

    def _follow_engine(self) -> None:
        self.run_worker(self.feed.run(), name="feed", description="follows the engine")

    def _publish(self) -> None:
        self.post_message(ViewsChanged(self.feed.views, self.feed.link, self.feed.problems))

    async def on_event(self, event: events.Event) -> None:
        """Keys and pasted text go to what has the focus once the key before them has done all it does."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._keys.came(event, typing=self._is_typed(event)):
            await self._pass(event)

    def _is_typed(self, event: events.Event) -> bool:
        focused = self.focused if self.screen_stack else None
        return (
            isinstance(event, events.Key)
            and focused is not None
            and focused.check_consume_key(event.key, event.character)
        )

    async def _pass(self, event: events.Event) -> None:
        if not self.screen_stack:
            return  # the program ends: there is nothing any more that it could go to
        await super().on_event(event)
        if event.is_forwarded:  # no key that works everywhere: it is on its way through the widgets
            turn = self._keys.went(event)
            self._follow(turn)
            self.set_timer(KEY_LOST_S, partial(self._give_up, turn))

    def _follow(self, turn: int) -> None:
        (self.focused or self.screen).post_message(KeyDone(turn))

    @on(KeyDone)
    async def _came_round(self, message: KeyDone) -> None:
        if self._keys.came_round(message.turn) and self.screen_stack:
            self._follow(message.turn)
        else:
            await self._go_on()

    async def _give_up(self, turn: int) -> None:
        self._keys.lost(turn)
        await self._go_on()

    async def _go_on(self) -> None:
        while (event := self._keys.next()) is not None:
            await self._pass(event)

    @on(ViewsChanged)
    def _views_changed(self, message: ViewsChanged) -> None:
        self.workbench.show(message.views, message.link, message.problems)
        if self._tour and message.views.functions and self.screen is self.workbench:
            self._tour = False
            self._offer_tour()

    def _offer_tour(self) -> None:
        """Once in the life of a user; a browser may show this to anybody."""
        if self.is_web or self._preferences is None or not self._preferences.claim_tour():
            return
        self.workbench.action_tour()

    @on(PastEventWanted)
    def _past_event_wanted(self, message: PastEventWanted) -> None:
        self.pop_screen()
        self.workbench.take_event(message.detail)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Change theme", "Choose another colour theme", self.action_change_theme)
        yield SystemCommand("Save a screenshot", "Write this screen to an SVG file", self.deliver_screenshot)

    def _fatal_error(self) -> None:
        """A crash shows where it happened, never the values of variables: they may hold credentials."""
        from rich.traceback import Traceback  # 45 ms, only for a crash

        self.bell()
        self.panic(Traceback(show_locals=False, width=None, suppress=["textual", "rich"]))
