"""The screen of one environment by situation."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from lambdatui.client import EngineRefused
from lambdatui.model.ids import EnvironmentId
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, ScratchChanged, ScratchFile
from lambdatui.tui.screens.dialogs import Question, Reader
from lambdatui.tui.screens.environment import EnvironmentScreen
from lambdatui.tui.screens.help import HelpScreen
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.details import DETAIL, FROZEN
from tests.tui.support.fake_client import NOW_S, FakeClient


def client_with(detail: object = DETAIL) -> FakeClient:
    return FakeClient(views=pictures.busy(), details={"e1a": detail, "e1b": replace(DETAIL, id=EnvironmentId("e1b"))})  # type: ignore[dict-item]


def screen(bench: Desk) -> EnvironmentScreen:
    assert isinstance(bench.app.screen, EnvironmentScreen)
    return bench.app.screen


def title(bench: Desk, section: str) -> str:
    return bench.title(f"#section-{section}").replace("[$secondary]", "").replace("[/$secondary]", "")


async def opened(bench: Desk, key: str = "enter") -> None:
    """Of the first environment in the list."""
    await bench.press("2", "home", key)


@pytest.mark.parametrize("key", ["enter", "d"])
async def test_key_in_the_list_opens_the_environment_under_the_cursor(key: str) -> None:
    async with desk(client_with()) as bench:
        await opened(bench, key)
        assert screen(bench).environment == "e1a"
        assert title(bench, "machine") == "1 Machine · e1a · orders-api"
        await bench.press("escape")
        assert bench.app.screen is bench.bench


async def test_machine_says_phase_timers_and_which_orders_make_sense() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        text = bench.text("#rows-machine")
        assert "phase       invoke: the handler has the event" in text
        assert f"request     {pictures.request(9)} for 412 ms" in text
        assert "dropped     1 inputs of what had ended already" in text
        assert "invoke      ███▏         2.6 s left" in text
        assert "thaw        not now: it is not frozen" in text
        head = bench.rows("#environment-head")[0]
        assert head.startswith(" INVOKE")
        assert "31/128 MB" in head


async def test_head_says_wholly_what_the_machine_does_where_there_is_little_room() -> None:
    async with desk(client_with(), (80, 24)) as bench:
        await opened(bench)
        assert bench.rows("#environment-head")[0].endswith("   5 invokes   31/128 MB   the handler has the event")


async def test_head_counts_a_single_invoke_as_one() -> None:
    client = FakeClient(views=pictures.busy(), details={"e1c": replace(DETAIL, id=EnvironmentId("e1c"))})
    async with desk(client, (200, 60)) as bench:
        await bench.press("2", "end", "up", "enter")
        assert "   1 invoke   " in bench.rows("#environment-head")[0]


async def test_machine_lists_the_last_phases_with_how_long_they_took() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        text = bench.text("#rows-machine")
        assert "in all: nothing ran in that time" in text
        assert re.search(r"\d\d:\d\d:\d\d\.\d{3}  invoke ", text)


async def test_inputs_come_newest_first_with_what_they_led_to() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        rows = bench.rows("#rows-inputs")
        assert "InvokeAssigned 7f3c0001, 27 bytes" in rows[0]
        assert "+1.49 s" in rows[0]
        assert rows[1].startswith("   → Thaw · Publish environment.phase invoke")
        assert rows[-1] == "125 earlier ones are forgotten"
        assert title(bench, "inputs") == "2 Inputs · 128"


async def test_processes_are_a_tree_with_memory_and_open_files() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        rows = bench.rows("#rows-processes")
        assert "48213   14.0 MB   0.25   6    runtime" in "\n".join(rows)
        assert rows[-3:] == ["Open files of the runtime", "   0 /dev/null", "   5 socket:[1]"]
        assert title(bench, "processes") == "3 Processes · 3, 42.0 MB together"


async def test_columns_follow_the_room_of_an_environment_that_is_not_asked_for_again() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        await bench.pilot.resize_terminal(110, 40)
        await bench.settle()
        assert "INSIDE" not in bench.rows("#rows-processes")[0]


async def test_extensions_have_a_line_in_which_short_work_is_not_lost() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        text = bench.text("#rows-extensions")
        assert "● listener             Running" in text
        assert "·█" in text
        assert "Started 50.0 ms, Ready 1.54 s, Running 412 ms" in text
        assert "✖ broken               InitError" in text
        assert "Listener.NoConfig" in text


async def test_secrets_are_shown_on_a_key_and_hidden_by_it_again() -> None:
    client = client_with()
    async with desk(client) as bench:
        await opened(bench)
        assert title(bench, "variables") == "4 Variables · 1 hidden"
        assert bench.rows("#rows-variables")[0] == "DB_PASSWORD=********"
        await bench.press("v")
        assert client.revealed
        assert title(bench, "variables") == "4 Variables · secrets shown"
        await bench.press("v")
        assert not client.revealed


async def test_place_begins_with_what_lambda_mounts() -> None:
    async with desk(client_with(), (200, 60)) as bench:
        await opened(bench)
        text = bench.text("#rows-place")
        assert text.startswith("rw /tmp")
        assert "freeze between invokes" in text


async def test_tmp_follows_the_stream() -> None:
    client = client_with()
    async with desk(client) as bench:
        await opened(bench)
        file = ScratchFile(path="cache/a.bin", size_bytes=4096, modified_s=NOW_S)
        client.say(ScratchChanged(files=(file,), total_bytes=4096), environment="e1a")
        await bench.settle()
        screen(bench)._show()
        assert "4.0 kB  02:41:00  cache/a.bin" in bench.text("#rows-tmp")


@pytest.mark.parametrize(("detail", "order"), [(DETAIL, Order.FREEZE), (FROZEN, Order.THAW)], ids=["runs", "frozen"])
async def test_one_key_freezes_and_thaws_without_asking(detail: object, order: Order) -> None:
    client = client_with(detail)
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("f")
        assert client.ordered == [("e1a", order)]


@pytest.mark.parametrize(
    ("key", "order"), [("k", Order.KILL), ("r", Order.RESET), ("e", Order.RETIRE), ("x", Order.DESTROY)]
)
async def test_orders_that_lose_something_ask_first(key: str, order: Order) -> None:
    client = client_with()
    async with desk(client) as bench:
        await opened(bench)
        await bench.press(key)
        assert isinstance(bench.app.screen, Question)
        await bench.press("escape")
        assert client.ordered == []
        await bench.press(key, "y")
        assert client.ordered == [("e1a", order)]
        assert screen(bench).environment == "e1a"


async def test_order_that_makes_no_sense_is_told_and_not_sent() -> None:
    refusals = {**DETAIL.machine.refusals, "reset": "its processes are being ended already"}
    client = client_with(replace(DETAIL, machine=replace(DETAIL.machine, refusals=refusals)))
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("r")
        assert client.ordered == []
        assert [note.message for note in bench.app._notifications] == [
            "cannot reset now: its processes are being ended already"
        ]


async def test_copied_test_is_shown_and_in_the_clipboard() -> None:
    async with desk(client_with()) as bench:
        await opened(bench)
        await bench.press("y")
        assert bench.app.clipboard == "def test_of_e1a() -> None:\n    assert True\n"
        assert isinstance(bench.app.screen, Reader)


async def test_section_with_the_focus_is_copied_unbroken() -> None:
    async with desk(client_with()) as bench:
        await opened(bench)
        await bench.press("6", "c")
        assert "/home/ada/src/acme-orders/api" in bench.app.clipboard


async def test_environment_that_ended_is_asked_for_once_more_and_shows_its_last_inputs() -> None:
    client = client_with()
    async with desk(client) as bench:
        await opened(bench)
        machine = replace(DETAIL.machine, phase=Phase.DEAD, stage="nothing of it is left")
        client.details["e1a"] = replace(DETAIL, machine=machine)
        client.say(EnvironmentPhase(phase=Phase.DEAD, generation=2), environment="e1a")
        await bench.settle()
        screen(bench)._look()
        await bench.settle()
        assert bench.rows("#environment-head")[0].startswith(" DEAD")
        assert "dead: nothing of it is left" in bench.text("#rows-machine")


async def test_environment_that_ended_and_is_forgotten_stays_as_it_was_last_seen() -> None:
    client = client_with()
    async with desk(client) as bench:
        await opened(bench)
        client.details.clear()
        client.say(EnvironmentPhase(phase=Phase.DEAD, generation=2), environment="e1a")
        await bench.settle()
        screen(bench)._look()
        await bench.settle()
        assert "it has ended; this is how it was last seen" in bench.rows("#environment-head")[0]
        assert "invoke: the handler has the event" in bench.text("#rows-machine")
        await bench.press("k")
        assert client.ordered == []


async def test_engine_that_does_not_answer_is_told_in_the_head() -> None:
    client = client_with()
    client.details.clear()
    async with desk(client) as bench:
        await opened(bench)
        assert "There is no environment 'e1a'" in bench.rows("#environment-head")[0]


async def test_brackets_go_to_the_other_environments() -> None:
    async with desk(client_with()) as bench:
        await opened(bench)
        await bench.press("right_square_bracket")
        assert title(bench, "machine").startswith("1 Machine · e1b")
        await bench.press("left_square_bracket")
        assert title(bench, "machine").startswith("1 Machine · e1a")


async def test_small_terminal_shows_one_section_at_a_time() -> None:
    async with desk(client_with(), (80, 24)) as bench:
        await opened(bench)
        shown = [section.id for section in screen(bench).query(".pane") if section.display]
        assert shown == ["section-machine"]
        await bench.press("2")
        shown = [section.id for section in screen(bench).query(".pane") if section.display]
        assert shown == ["section-inputs"]
        assert "▌2 Inputs▐" in bench.text("#tabs")


async def test_zoom_gives_a_section_the_screen_and_escape_takes_it_back() -> None:
    async with desk(client_with()) as bench:
        await opened(bench)
        await bench.press("3", "z")
        assert [section.id for section in screen(bench).query(".pane") if section.display] == ["section-processes"]
        await bench.press("escape")
        assert len([section for section in screen(bench).query(".pane") if section.display]) == 7


def refusing(message: str) -> Callable[..., object]:
    async def order(environment: str, order: Order) -> None:
        raise EngineRefused(409, "ResourceConflictException", message)

    return order


async def test_refusal_of_the_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_with()
    monkeypatch.setattr(client, "order", refusing("environment e1a cannot freeze now: it has ended"))
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("f")
        assert [note.message for note in bench.app._notifications] == [
            "environment e1a cannot freeze now: it has ended"
        ]


async def test_help_begins_with_the_keys_of_this_screen() -> None:
    async with desk(client_with()) as bench:
        await opened(bench)
        await bench.press("question_mark")
        assert isinstance(bench.app.screen, HelpScreen)
        assert "Freeze, or thaw" in "\n".join(bench.rows("#help-text")[:12])
        await bench.press("escape")
        assert screen(bench).environment == "e1a"
