"""The command palette has every action of the screen that is on, and runs it where its key would."""

import pytest
from textual.command import DiscoveryHit, Hit, Provider

from lambdatui.model.orders import Order
from lambdatui.tui.actions import ACTIONS, Scope
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.palette import ITSELF, ActionCommands, ConceptCommands
from lambdatui.tui.screens.demo import DemoBench
from lambdatui.tui.screens.dialogs import Question
from lambdatui.tui.screens.environment import EnvironmentScreen
from lambdatui.tui.screens.history import HistoryScreen
from tests.tui.support import logs, pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.details import DETAIL
from tests.tui.support.fake_client import FakeClient

BENCH = {Scope.WORKBENCH, Scope.FUNCTIONS, Scope.ENVIRONMENTS, Scope.INVOKE, Scope.LOGS, Scope.REPORTS, Scope.SCRATCH}
ON = {
    "": BENCH,
    "h": {Scope.HISTORY},
    "2 enter": {Scope.ENVIRONMENT},
    "comma": {Scope.SETTINGS},
    "w": {Scope.EXPERIMENT},
    "t": {Scope.EXPERIMENT},
}
"""By the keys that lead there from the workbench."""


def client() -> FakeClient:
    return FakeClient(views=pictures.busy(), details={"e1a": DETAIL})


async def offered(app: LambdatuiApp) -> set[str]:
    found = [hit async for hit in ActionCommands(app.screen).discover()]
    return {str(hit.text) for hit in found if isinstance(hit, DiscoveryHit)}


@pytest.mark.parametrize("keys", ON)
async def test_every_action_of_a_screen_is_in_the_palette_while_it_is_on_and_no_other(keys: str) -> None:
    async with desk(client(), (160, 50)) as bench:
        await bench.press(*keys.split())
        there = {each.description for each in ACTIONS if each.scope in ON[keys] | {Scope.APP} and each.id != ITSELF}
        assert await offered(bench.app) == there


def test_demo_has_its_own_actions_beside_those_of_the_workbench() -> None:
    assert set(DemoBench.SCOPES) == BENCH | {Scope.DEMO}


def test_every_scope_is_on_some_screen() -> None:
    assert set.union(*ON.values()) | {Scope.APP, Scope.DEMO} == set(Scope)


async def chosen(bench: Desk, words: str) -> None:
    """By what people type."""
    await bench.press("ctrl+p")
    await bench.type(words)
    await bench.press("enter")


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("kill the runtime", Order.KILL),
        ("reset the", Order.RESET),
        ("retire", Order.RETIRE),
        ("destroy", Order.DESTROY),
    ],
)
@pytest.mark.parametrize("keys", ["2 home", "2 home enter"], ids=["list", "screen"])
async def test_orders_to_an_environment_are_given_by_name(keys: str, words: str, order: Order) -> None:
    engine = client()
    async with desk(engine) as bench:
        await bench.press(*keys.split())
        await chosen(bench, words)
        assert isinstance(bench.app.screen, Question)
        await bench.press("y")
        assert engine.ordered == [("e1a", order)]


async def test_environment_is_frozen_and_copied_as_a_test_by_name() -> None:
    engine = client()
    async with desk(engine) as bench:
        await bench.press("2", "home", "enter")
        assert isinstance(bench.app.screen, EnvironmentScreen)
        await chosen(bench, "freeze")
        assert engine.ordered == [("e1a", Order.FREEZE)]
        await chosen(bench, "copy as a test")
        assert bench.app.clipboard.startswith("def test_of_e1a")


async def test_action_comes_before_the_page_that_fits_as_well() -> None:
    async def best(provider: Provider) -> float:
        return max([hit.score async for hit in provider.search("freeze") if isinstance(hit, Hit)])

    async with desk(client()) as bench:
        await bench.press("2", "home", "enter")
        assert await best(ActionCommands(bench.app.screen)) > await best(ConceptCommands(bench.app.screen))


async def test_action_of_another_pane_is_run_there() -> None:
    engine = client()
    async with desk(engine, (200, 60)) as bench:
        engine.say(*logs.story())
        await bench.settle()
        await bench.press("1")
        await chosen(bench, "logs of this invoke")
        assert "only " in bench.title("#logs")
        assert bench.focused == "log-view"


async def test_palette_names_the_key() -> None:
    async with desk(client()) as bench:
        hits = [hit async for hit in ActionCommands(bench.app.screen).search("kill the runtime")]
        assert (hits[0].help or "").startswith("k · ")


async def test_command_is_run_on_the_screen_under_a_dialog_which_it_closes() -> None:
    engine = client()
    async with desk(engine) as bench:
        await bench.press("2", "home", "k")
        assert isinstance(bench.app.screen, Question)
        await chosen(bench, "past invocations")
        assert isinstance(bench.app.screen, HistoryScreen)
        assert len(bench.app.screen_stack) == 2
        assert engine.ordered == []


async def test_command_is_found_from_the_help() -> None:
    async with desk(client()) as bench:
        await bench.press("question_mark")
        await chosen(bench, "zoom the pane")
        assert bench.bench.has_class("-single")
        assert len(bench.app.screen_stack) == 1
