"""Keys that come faster than the screen can follow still mean what they would have meant one by one."""

from textual import events
from textual.widgets import Input

from lambdatui.tui.keys_in_turn import LAPS, KeysInTurn
from lambdatui.tui.screens.dialogs import Picker
from lambdatui.tui.screens.history import HistoryScreen
from tests.tui.support import logs, pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeClient

NAMES = {"/": "slash", "\x1b": "escape"}


async def at_once(bench: Desk, keys: str) -> None:
    """All of them are there before the first one is handled, as on a busy machine or over a slow line."""
    for key in keys:
        bench.app.post_message(events.Key(NAMES.get(key, key), key if key.isprintable() else None))
    await bench.settle()
    await bench.settle()


async def test_letters_right_behind_the_filter_key_are_typed_into_the_filter() -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        client.say(*logs.story())
        await bench.settle()
        await bench.press("4")
        await at_once(bench, "/hik")
        assert bench.app.screen is bench.bench
        assert client.invoked == []
        assert "/hik" in bench.title("#logs")


async def test_pane_and_filter_and_text_in_one_go_end_up_in_that_pane() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await at_once(bench, "4/cart\x1b1/thu")
        assert bench.bench.functions.query_one(Input).value == "thu"
        assert "cart" not in bench.title("#logs")


async def test_key_that_works_everywhere_waits_for_the_one_before_it() -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        await bench.press("1")
        bench.app.post_message(events.Key("down", None))
        bench.app.post_message(events.Key("ctrl+j", None))
        await bench.settle()
        await bench.settle()
        assert [each.function for each in client.invoked] == ["thumbnailer"]


async def test_pasted_text_waits_for_the_key_before_it() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("4")
        bench.app.post_message(events.Key("slash", "/"))
        bench.app.post_message(events.Paste("cart 8812"))
        await bench.settle()
        await bench.settle()
        assert "/cart 8812" in bench.title("#logs")


async def test_search_of_the_history_takes_what_is_typed_while_it_opens() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await at_once(bench, "h/cold")
        assert isinstance(bench.app.screen, HistoryScreen)
        assert bench.app.screen.query_one(Input).value.endswith("cold")


async def test_catalogue_is_searched_for_what_is_typed_while_it_opens() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await at_once(bench, "bs3")
        assert isinstance(bench.app.screen, Picker)
        assert bench.app.screen.query_one(Input).value == "s3"


async def test_program_may_end_while_keys_wait() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        for _ in range(30):
            bench.app.post_message(events.Key("z", "z"))
        await bench.pilot.pause()
    assert not bench.app.screen_stack, "and no exception on the way"


def test_key_that_is_held_down_does_not_wait_for_itself() -> None:
    keys = KeysInTurn()
    keys.went(events.Key("down", None))
    assert keys.came(events.Key("down", None))


def test_letters_that_are_typed_into_a_field_do_not_wait_for_each_other() -> None:
    keys = KeysInTurn()
    keys.went(events.Key("c", "c"))
    assert keys.came(events.Key("a", "a"), typing=True)


def test_letter_outside_a_field_waits_for_the_one_before_it() -> None:
    keys = KeysInTurn()
    keys.went(events.Key("z", "z"))
    assert not keys.came(events.Key("i", "i"))


def test_key_never_overtakes_one_that_waits() -> None:
    keys = KeysInTurn()
    keys.went(events.Key("down", None))
    keys.came(events.Key("slash", "/"))
    assert not keys.came(events.Key("down", None))


def test_key_waits_until_the_one_before_it_came_round_often_enough() -> None:
    keys = KeysInTurn()
    first, second = events.Key("a", "a"), events.Key("b", "b")
    assert keys.came(first)
    turn = keys.went(first)
    assert not keys.came(second)
    assert [keys.came_round(turn) for _ in range(LAPS)] == [*[True] * (LAPS - 1), False]
    assert keys.next() is second


def test_key_behind_one_that_was_lost_goes_on() -> None:
    keys = KeysInTurn()
    waiting = events.Key("b", "b")
    turn = keys.went(events.Key("a", "a"))
    keys.came(waiting)
    assert keys.next() is None
    keys.lost(turn)
    assert keys.next() is waiting


def test_late_round_of_a_lost_key_changes_nothing() -> None:
    keys = KeysInTurn()
    first = keys.went(events.Key("a", "a"))
    keys.lost(first)
    keys.went(events.Key("b", "b"))
    assert not keys.came_round(first)
    keys.lost(first)
    assert not keys.came(events.Key("c", "c"))
