"""Settings of a session: of the selected function, and of the engine. Changed, undone, or written into the project."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from lambdatui.model.ids import FunctionName
from lambdatui.model.settings import Changes, SettingView, variable_key, variable_name, word_of
from lambdatui.tui import actions, settings_text
from lambdatui.tui.actions import Scope
from lambdatui.tui.calls import NOT_ATTACHED, Refusal, attempt
from lambdatui.tui.feed import Feed
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.sanitise import clean
from lambdatui.tui.screens.ask import Ask
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.settings_text import RELOADING, SPEED
from lambdatui.tui.spans import EMPTY, Line
from lambdatui.tui.widgets.bars import KeyBar
from lambdatui.tui.widgets.line_view import TONE_CLASSES
from lambdatui.tui.widgets.row_list import RowList

T = TypeVar("T")
LOOK_S = 0.5


class SettingRows(RowList):
    """The function's settings, then the engine's."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="setting-rows")
        self._feed = feed
        self.found: dict[str, SettingView] = {}

    def show(self, found: Sequence[SettingView], selected: str | None = None) -> None:
        self.found = {view.key: view for view in found}
        self.set_keys((*self.found, SPEED, RELOADING), selected=selected)

    def row(self, index: int, room: int) -> Line:
        key = self.keys[index]
        if key in self.found:
            return settings_text.setting_row(self.found[key], room)
        engine = self._feed.views.engine
        return settings_text.engine_row(key, speed=engine.speed, reloading=engine.reloading)


class SettingsScreen(Screen[None]):
    """``feed`` has the client. Every change is made at once; what was refused is said below the rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.SETTINGS)
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.SETTINGS,)

    def __init__(self, feed: Feed, function: FunctionName) -> None:
        super().__init__(id="settings")
        self._feed = feed
        self._function = function
        self.rows = SettingRows(feed)
        self._said = Lines((), wrap=True)
        self._said.id = "settings-said"
        self._key_bar = KeyBar()

    def compose(self) -> ComposeResult:
        box = Vertical(self.rows, self._said, classes="pane", id="settings-box")
        box.border_title = Content.assemble("Settings", (f" · {clean(self._function)} · this session", "$secondary"))
        box.border_subtitle = Content("● changed, for as long as this engine runs")
        yield box
        yield self._key_bar

    def on_mount(self) -> None:
        self._key_bar.show(Scope.SETTINGS)
        self.rows.focus()
        self.set_interval(LOOK_S, self.rows.refresh)  # the engine's own settings are in the picture
        self._run(self._take(lambda client: client.settings(self._function)))

    # Keys

    @on(RowList.Chosen)
    def action_change(self) -> None:
        if self.rows.key is not None:
            self._run(self._change(self.rows.key))

    def action_add(self) -> None:
        self._run(self._add())

    def action_unset(self) -> None:
        view = self.rows.found.get(self.rows.key or "")
        if view is not None and view.value is not None:
            self._run(self._set({view.key: None}))

    def action_undo(self) -> None:
        view = self.rows.found.get(self.rows.key or "")
        if view is not None and view.changed:
            self._run(self._take(lambda client: client.undo_settings(self._function, [view.key])))

    def action_undo_all(self) -> None:
        self._run(self._take(lambda client: client.undo_settings(self._function)))

    def action_write(self) -> None:
        if any(view.changed for view in self.rows.found.values()):
            self._run(self._write())
        else:
            self._say((("nothing is changed, so there is nothing to write", "dim"),))

    def action_back(self) -> None:
        self.dismiss(None)

    # What the engine is asked

    async def _change(self, key: str) -> None:
        if key == RELOADING:
            await self._engine(lambda client: client.change_engine(reloading=not self._feed.views.engine.reloading))
        elif key == SPEED:
            text = await self._ask("Speed of the clock", f"{self._feed.views.engine.speed:g}", key, check=_no_speed)
            if text is not None:
                speed = float(text)
                await self._engine(lambda client: client.change_engine(speed=speed))
        else:
            view = self.rows.found[key]
            secret = settings_text.is_secret(view)
            text = await self._ask(word_of(key), "" if secret else view.value or "", key, secret=secret)
            if text is not None:
                emptied = not text and variable_name(key) is None
                await self._set({key: None if emptied else text})

    async def _add(self) -> None:
        text = await self._ask("New variable", "", "", check=_no_assignment, placeholder="NAME=value")
        if text is not None:
            name, _, value = text.partition("=")
            await self._set({variable_key(name.strip()): value}, selected=variable_key(name.strip()))

    async def _ask(
        self,
        title: str,
        text: str,
        key: str,
        *,
        check: Callable[[str], str] = lambda _: "",
        secret: bool = False,
        placeholder: str = "",
    ) -> str | None:
        notes = (((settings_text.hint(key), "dim"),),)
        asked = Ask(title, text, notes=notes, complaint=check, secret=secret, placeholder=placeholder)
        return await self.app.push_screen_wait(asked)

    async def _set(self, changes: Changes, selected: str | None = None) -> None:
        await self._take(lambda client: client.change_settings(self._function, changes), selected)

    async def _take(
        self, call: Callable[[EngineClient], Awaitable[Sequence[SettingView]]], selected: str | None = None
    ) -> None:
        found = await self._call(call)
        if found is not None:
            self.rows.show(found, selected)

    async def _write(self) -> None:
        written = await self._call(lambda client: client.write_settings(self._function))
        if written is None:
            return
        names = ", ".join(map(word_of, written.written)) or "nothing"
        kept = ", ".join(map(word_of, written.kept))
        secret = ", ".join(map(word_of, written.secret))
        more: Line = ((f"; {clean(kept)} cannot be decided there, and stays the session's", "warn"),) if kept else ()
        if secret:
            more += ((f"; {clean(secret)} is secret: put it into .env, or `lambdatui set --write-secrets`", "warn"),)
        await self._take(lambda client: client.settings(self._function))
        self._say((("✔ ", "ok"), (f"{clean(written.file)}: {clean(names)} written", "plain"), *more))

    async def _engine(self, call: Callable[[EngineClient], Awaitable[None]]) -> None:
        await self._call(call)
        self.rows.refresh()

    async def _call(self, call: Callable[[EngineClient], Awaitable[T]]) -> T | None:
        """None once the refusal has been shown."""
        client = self._feed.client
        answer = NOT_ATTACHED if client is None else await attempt(call(client))
        if isinstance(answer, Refusal):
            self._say((("✖ ", "bad"), (clean(answer.message), "bad")), ((clean(answer.hint), "dim"),))
            return None
        self._say(EMPTY)
        return answer

    def _say(self, *rows: Line) -> None:
        self._said.give(rows)

    def _run(self, work: Awaitable[None]) -> None:
        self.run_worker(work, name="settings", description="settings", group="settings")


def _no_speed(text: str) -> str:
    try:
        return "" if 0 < float(text) < float("inf") else "a speed is above 0"
    except ValueError:
        return "a speed is a number, such as 60"


def _no_assignment(text: str) -> str:
    name, equals, _ = text.partition("=")
    return "" if equals and name.strip() else "write NAME=value"
