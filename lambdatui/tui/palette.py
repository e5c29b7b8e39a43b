"""The command palette: every action of the screen that is on, and every page of help."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import ModalScreen, Screen

from lambdatui.concepts.pages import CONCEPTS, page
from lambdatui.tui import actions
from lambdatui.tui.actions import Action, Scope, key_name
from lambdatui.tui.screens.workbench import Workbench

ITSELF = "palette"
_AFTER_ACTIONS = 0.99
"""Where a page fits as well as an action does, the action comes first; Textual asks in no order of its own."""


class ActionCommands(Provider):
    """Runs an action as its key would, where that key works: one of another pane takes the focus there."""

    async def discover(self) -> Hits:
        for action in self.offered():
            yield DiscoveryHit(action.description, partial(self._do, action), help=_help(action))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self.offered():
            score = matcher.match(f"{action.description} {action.tooltip}")
            if score > 0:
                yield Hit(score, matcher.highlight(action.description), partial(self._do, action), help=_help(action))

    def offered(self) -> list[Action]:
        """What can be done on this screen; twice the same thing under the same name once."""
        scopes: tuple[Scope, ...] = getattr(self._below, "SCOPES", ())
        wanted = [each for each in actions.ACTIONS if each.scope in (*scopes, Scope.APP) and each.id != ITSELF]
        return list({(each.description, each.run): each for each in reversed(wanted)}.values())[::-1]

    @property
    def _below(self) -> Screen[object]:
        """The screen that is on, under the dialogs that may be open; a command leaves those as escape does."""
        stack = self.app.screen_stack
        under = stack[: stack.index(self.screen) + 1]
        return next((each for each in reversed(under) if not isinstance(each, ModalScreen)), self.screen)

    async def _do(self, action: Action) -> None:
        screen = self._below
        while self.app.screen is not screen and isinstance(self.app.screen, ModalScreen):
            await self.app.screen.dismiss(None)
        if isinstance(screen, Workbench) and action.scope in actions.PANES:
            screen.action_pane(actions.PANES.index(action.scope) + 1)
        await self.app.run_action(action.run, screen.focused or screen)


class ConceptCommands(Provider):
    """Opens the page of a concept, over whatever is shown."""

    async def discover(self) -> Hits:
        for name, about in CONCEPTS.items():
            yield DiscoveryHit(f"Explain: {page(name).title}", partial(self._explain, name), help=about.capitalize())

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, about in CONCEPTS.items():
            text = f"Explain: {page(name).title}"
            score = max(matcher.match(text), matcher.match(about)) * _AFTER_ACTIONS
            if score > 0:
                yield Hit(score, matcher.highlight(text), partial(self._explain, name), help=about.capitalize())

    async def _explain(self, name: str) -> None:
        from lambdatui.tui.screens.help import HelpScreen

        await self.app.push_screen(HelpScreen(name))


def _help(action: Action) -> str:
    keys = " ".join(map(key_name, action.keys))
    return f"{keys} · {action.tooltip}" if keys else action.tooltip
