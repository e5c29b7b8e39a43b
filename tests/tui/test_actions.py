"""One table of keys; everything else is made from it."""

from pathlib import Path

import pytest
from textual.binding import Binding

from lambdatui.tui import actions, key_hints, keys_page
from lambdatui.tui.actions import ACTIONS, Action, Scope
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.demo import DemoBench
from lambdatui.tui.screens.environment import EnvironmentScreen
from lambdatui.tui.screens.experiment import ExperimentScreen
from lambdatui.tui.screens.history import HistoryScreen
from lambdatui.tui.screens.settings import SettingsScreen
from lambdatui.tui.screens.workbench import Workbench
from lambdatui.tui.spans import plain
from lambdatui.tui.widgets.bars import KeyBar
from lambdatui.tui.widgets.row_list import RowList
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient

KEYS_PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
TAKEN_BY_EDITORS = {f"ctrl+{letter}" for letter in "acdekuvwxyzhim"}


def test_identities_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("scope", Scope)
def test_key_means_one_thing_where_it_works(scope: Scope) -> None:
    alone = scope is Scope.WORKBENCH or scope in actions.SCREENS
    reachable = [*actions.of(scope), *(() if alone else actions.of(Scope.WORKBENCH))]
    seen: dict[str, Action] = {}
    for action in reachable:
        for key in action.keys:
            assert seen.setdefault(key, action) is action, f"{key} is {seen[key].id} and {action.id}"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_action_can_be_run(action: Action) -> None:
    screens = {
        Scope.HISTORY: HistoryScreen,
        Scope.EXPERIMENT: ExperimentScreen,
        Scope.DEMO: DemoBench,
        Scope.ENVIRONMENT: EnvironmentScreen,
        Scope.SETTINGS: SettingsScreen,
    }
    owners = {"screen": screens.get(action.scope, Workbench), "app": LambdatuiApp}
    namespace, _, name = action.run.partition(".")
    owner = owners.get(namespace, RowList)
    assert hasattr(owner, "action_" + (name or namespace).partition("(")[0])


def test_priority_keys_are_none_that_an_editor_needs() -> None:
    bound = [binding for scope in Scope for binding in actions.bindings(scope) if isinstance(binding, Binding)]
    keys = {key for binding in bound if binding.priority for key in binding.key.split(",")}
    assert keys
    assert all(key.startswith("ctrl+") for key in keys)
    assert not keys & TAKEN_BY_EDITORS


def test_bindings_carry_identity_and_tooltip() -> None:
    for binding in actions.bindings(Scope.WORKBENCH):
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.tooltip


def test_footer_offers_no_letters_while_text_is_typed() -> None:
    shown = key_hints.footer(Scope.INVOKE, typing=True)
    assert [action.id for action in shown] == ["send", "samples", "mode", "help", "palette", "quit"]


@pytest.mark.parametrize("scope", Scope)
def test_page_of_keys_has_no_empty_table(scope: Scope) -> None:
    section = keys_page.markdown().partition(f"## {scope.value}\n")[2].partition("\n## ")[0]
    assert section.count("\n| `") >= 1


def test_page_of_keys_is_not_stale() -> None:
    assert KEYS_PAGE.read_text(encoding="utf-8") == keys_page.markdown(), (
        "docs/keys.md is stale: run `python docs/screenshots.py keys`"
    )


PANES = (Scope.FUNCTIONS, Scope.ENVIRONMENTS, Scope.INVOKE, Scope.LOGS, Scope.REPORTS, Scope.SCRATCH)
KEY_BARS = {
    80: {"send", "history", "palette", "help"},
    120: {"zoom", "filter", "samples", "quit"},
    160: {"pause", "mode"},
}


@pytest.mark.parametrize("scope", PANES)
@pytest.mark.parametrize("columns", [80, 120, 160])
async def test_most_needed_keys_stay_in_the_bar_of_every_pane(scope: Scope, columns: int) -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client, (columns, 40)) as bench:
        await bench.press(scope.value[0])
        shown = bench.rows("#key-bar")[0]
    wanted = {id_ for width, ids in KEY_BARS.items() if width <= columns for id_ in ids}
    words = [action.word for action in ACTIONS if action.id in wanted]
    assert [word for word in words if f" {word}" not in shown] == []


@pytest.mark.parametrize("scope", sorted(actions.SCREENS))
def test_way_back_is_in_the_key_bar_of_every_screen(scope: Scope) -> None:
    bar = KeyBar()
    bar.show(scope)
    shown = plain(bar.row(0, 80))
    assert "esc " in shown
    assert "^p Commands" in shown


def test_keys_of_a_screen_come_before_those_that_work_everywhere() -> None:
    bar = KeyBar()
    bar.show(Scope.SETTINGS)
    assert "w Write" in plain(bar.row(0, 80))
    bar.show(Scope.ENVIRONMENT)
    assert "x Destroy" in plain(bar.row(0, 80))
    assert "? Help" in plain(bar.row(0, 80))


async def test_own_keys_of_a_pane_stay_where_there_is_little_room() -> None:
    async with desk(FakeClient(views=pictures.busy()), (80, 24)) as bench:
        await bench.press("2")
        assert "k Kill" in bench.rows("#key-bar")[0]


@pytest.mark.parametrize("room", range(0, 120, 7))
def test_border_names_keys_wholly_or_not_at_all(room: int) -> None:
    whole = key_hints.hint(Scope.INVOKE, 1000)
    shown = key_hints.hint(Scope.INVOKE, room)
    assert len(shown) <= room
    assert whole.startswith(shown)
    assert whole[len(shown) :][:3] in ("", " · ") or not shown
