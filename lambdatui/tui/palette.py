"""The command palette: every action of the registry, and every page of help."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from lambdatui.concepts.pages import CONCEPTS, page
from lambdatui.tui.actions import ACTIONS, Action


class ActionCommands(Provider):
    """Runs an action where the focus is, as its key would."""

    async def discover(self) -> Hits:
        for action in _offered():
            yield DiscoveryHit(action.description, partial(self._do, action), help=action.tooltip)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in _offered():
            score = matcher.match(f"{action.description} {action.tooltip}")
            if score > 0:
                yield Hit(score, matcher.highlight(action.description), partial(self._do, action), help=action.tooltip)

    async def _do(self, action: Action) -> None:
        await self.app.run_action(action.run, self.screen)


class ConceptCommands(Provider):
    """Opens the page of a concept, over whatever is shown."""

    async def discover(self) -> Hits:
        for name, about in CONCEPTS.items():
            yield DiscoveryHit(f"Explain: {page(name).title}", partial(self._explain, name), help=about.capitalize())

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, about in CONCEPTS.items():
            text = f"Explain: {page(name).title}"
            score = max(matcher.match(text), matcher.match(about))
            if score > 0:
                yield Hit(score, matcher.highlight(text), partial(self._explain, name), help=about.capitalize())

    async def _explain(self, name: str) -> None:
        from lambdatui.tui.screens.help import HelpScreen

        await self.app.push_screen(HelpScreen(name))


def _offered() -> list[Action]:
    return [action for action in ACTIONS if action.palette]
