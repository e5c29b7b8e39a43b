"""Where keys of the workbench lead to: the screens over it. Holds nothing of its own; the workbench is one of these."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from lambdatui.tui import looking_back, troubles
from lambdatui.tui.messages import EnvironmentOpened
from lambdatui.tui.scene import Scene

if TYPE_CHECKING:
    from lambdatui.model.ids import FunctionName
    from lambdatui.tui.feed import Feed
    from lambdatui.tui.screens.errands import Errands
    from lambdatui.tui.widgets.invoke_pane import InvokePane


class Ways(Screen[None]):
    """Whoever has these."""

    scene: Scene
    invoke: "InvokePane"
    errands: "Errands"

    def __init__(self, feed: "Feed", wall: Callable[[], float]) -> None:
        super().__init__(id="workbench")
        self._feed = feed
        self._wall = wall

    def action_environment(self) -> None:
        view = self.scene.environment_view
        if view is not None:
            self._open_environment(EnvironmentOpened(view.id))

    @on(EnvironmentOpened)
    def _open_environment(self, message: EnvironmentOpened) -> None:
        from lambdatui.tui.screens.environment import EnvironmentScreen

        self.app.push_screen(EnvironmentScreen(self._feed, message.environment, self._wall, self.errands.send))

    def action_history(self) -> None:
        """Of the selected function; while a moment is picked, what its environment had served by then."""
        from lambdatui.tui.screens.history import HistoryScreen

        search = looking_back.search(self.scene)
        self.app.push_screen(HistoryScreen(self._feed, looking_back.usual_search(self.scene), search))

    def action_settings(self) -> None:
        from lambdatui.tui.screens.settings import SettingsScreen

        if self.scene.function is not None:
            self.app.push_screen(SettingsScreen(self._feed, self.scene.function))

    def action_starts(self) -> None:
        from lambdatui.tui.screens.cold_warm import ColdWarmScreen

        self._experiment(ColdWarmScreen)

    def action_tune(self) -> None:
        from lambdatui.tui.screens.power import PowerScreen

        self._experiment(PowerScreen)

    def _experiment(self, make: "Callable[[Feed, FunctionName, bytes], Screen[None]]") -> None:
        """With the selected function and the event that it would be sent."""
        function = self.scene.function
        flaw = self.invoke.point_out_flaw(self._wall())
        if function is not None and flaw is None:
            self.app.push_screen(make(self._feed, function, self.invoke.draft.text.encode()))

    def action_problems(self) -> None:
        from lambdatui.tui.screens.dialogs import Reader

        found = troubles.troubles(self.scene)
        self.app.push_screen(Reader(troubles.count(found).capitalize(), troubles.rows(found), wrap=True))
