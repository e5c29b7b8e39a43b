"""The command palette: every action of the registry, and nothing that is not in it."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

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


def _offered() -> list[Action]:
    return [action for action in ACTIONS if action.palette]
