"""The tab strip of small screens and the key bar at the bottom; both are one row, and both can be clicked."""

from collections.abc import Sequence

from textual import events

from lambdatui.tui import key_hints
from lambdatui.tui.actions import Action, Scope, key_name
from lambdatui.tui.messages import PaneWanted
from lambdatui.tui.spans import Line, Span, width
from lambdatui.tui.widgets.line_view import LineView

TABS = ((1, "Functions", "Fn"), (2, "Environments", "Env"), (3, "Invoke", "Invoke"), (4, "Logs", "Logs"),
        (5, "Reports", "Reports"), (6, "/tmp", "/tmp"))  # fmt: skip


class TabStrip(LineView):
    """Which pane a small screen shows; told without colour too."""

    can_focus = False

    def __init__(self, tabs: Sequence[tuple[int, str, str]] = TABS) -> None:
        super().__init__(id="tabs")
        self._tabs = tabs
        self._current = 1
        self._ends: list[tuple[int, int]] = []

    def show(self, current: int) -> None:
        self._current = current
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        spans: list[Span] = []
        self._ends = []
        for number, name, short in self._tabs:
            here = number == self._current
            label = f"{number} {name if room >= 78 else short}"
            spans.append((f"▌{label}▐" if here else f" {label} ", "accent bold" if here else "dim"))
            self._ends.append((width(spans), number))
        return tuple(spans)

    def on_click(self, event: events.Click) -> None:
        for end, number in self._ends:
            if event.x < end:
                self.post_message(PaneWanted(number))
                return


class KeyBar(LineView):
    """The keys that work where the focus is. Where not all fit the least needed are left to ``?``."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(id="key-bar")
        self._shown: tuple[Action, ...] = key_hints.footer(None)
        self._ends: list[tuple[int, Action]] = []
        self._typing = False

    def show(self, scope: Scope | None, *, typing: bool = False) -> None:
        self._typing = typing
        self._shown = key_hints.footer(scope, typing=typing)
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        spans: list[Span] = [(" ", "plain")]
        self._ends = []
        if self._typing:
            spans += [("esc", "accent bold"), (" Leave  ", "dim")]
        kept: set[str] = set()
        used = width(spans)
        for action in key_hints.by_need(self._shown):
            if used + self._room(action) <= room:
                kept.add(action.id)
                used += self._room(action)
        for action in sorted(self._shown, key=lambda action: action.id in key_hints.AT_THE_END):
            if action.id in kept:
                self._add(spans, action)
        return tuple(spans)

    def _add(self, spans: list[Span], action: Action) -> None:
        spans += [(self._key(action), "accent bold"), (f" {action.word}  ", "dim")]
        self._ends.append((width(spans), action))

    async def on_click(self, event: events.Click) -> None:
        for end, action in self._ends:
            if event.x < end:
                await self.app.run_action(action.run, self.screen.focused or self.screen)
                return

    def _key(self, action: Action) -> str:
        return key_name((key_hints.typed_key(action) if self._typing else None) or action.keys[0])

    def _room(self, action: Action) -> int:
        return len(self._key(action)) + len(action.word) + 3
