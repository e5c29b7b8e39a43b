"""Where pane 3 is not on the screen, one row under pane 2 says what came of the last send."""

import asyncio

import pytest

from lambdatui.client import EngineRefused, EngineUnreachable
from lambdatui.model.ids import FunctionName
from lambdatui.tui.draft import MODES, Sent
from lambdatui.tui.spans import plain
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeAnswer, FakeClient
from tests.tui.test_event_errands import repeat, series_ended

SMALL = (80, 24)


def is_shown(bench: Desk) -> bool:
    return bench.bench.query_one("#answer-line").size.height > 0


async def test_answer_is_seen_on_a_small_terminal_and_which_key_leads_to_the_rest() -> None:
    client = FakeClient(views=pictures.idle(), answer=FakeAnswer(payload=b'{"orders": 2}'))
    async with desk(client, SMALL) as bench:
        before = is_shown(bench)
        await bench.press("i")
        assert (before, is_shown(bench)) == (False, True)
        assert bench.text("#answer-line").split() == ["✔", "200", '{"orders":', "2}", "3", "shows", "it"]


async def test_long_answer_leaves_room_for_the_key() -> None:
    client = FakeClient(views=pictures.idle(), answer=FakeAnswer(payload=b'"%s"' % (b"long " * 100)))
    async with desk(client, SMALL) as bench:
        await bench.press("i")
        assert bench.text("#answer-line").split()[-4:] == ["long…", "3", "shows", "it"]


@pytest.mark.parametrize(("keys", "size"), [("3", SMALL), ("i", (160, 50))], ids=["pane-3", "room-for-all"])
async def test_row_is_spared_where_the_answer_itself_is_on_the_screen(keys: str, size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.idle()), size) as bench:
        await bench.press("i", keys)
        assert not is_shown(bench)


async def test_engine_that_cannot_be_reached_is_told_with_what_to_do() -> None:
    answer = EngineUnreachable("no engine", "run `lambdatui serve`")
    async with desk(FakeClient(views=pictures.idle(), answer=answer), SMALL) as bench:
        await bench.press("i")
        assert bench.text("#answer-line").startswith("✖ not invoked no engine  run `lambdatui serve`")


async def test_series_that_was_refused_is_told_as_such() -> None:
    client = FakeClient(views=pictures.idle(), answer=EngineRefused(502, "InvalidRuntimeException", "no python3.12"))
    async with desk(client, SMALL) as bench:
        await repeat(bench, "50")
        await series_ended(bench)
        await bench.press("1")
        assert bench.text("#answer-line").startswith("✖ no python3.12")


async def test_row_is_about_now_and_gone_while_a_moment_is_picked() -> None:
    async with desk(FakeClient(views=pictures.idle()), SMALL) as bench:
        await bench.press("i", "2", "left")
        assert bench.bench.scene.moment is not None
        assert not is_shown(bench)


def test_of_a_large_answer_only_the_beginning_is_looked_at() -> None:
    payload = '"{}"'.format("é" * 3_000_000).encode()
    sent = Sent(function=FunctionName("api"), mode=MODES[0], started_s=0.0, outcome=FakeAnswer(payload=payload))
    assert len(plain(sent.in_short())) < 600
    assert plain(sent.in_short()).endswith("…")


async def test_invoke_that_still_runs_is_told_as_such() -> None:
    client = FakeClient(views=pictures.idle())
    client.gate = asyncio.Event()
    async with desk(client, SMALL) as bench:
        await bench.press("i")
        assert bench.text("#answer-line").startswith("● running")
        client.gate.set()


async def test_function_that_was_not_invoked_has_no_answer_of_another() -> None:
    async with desk(FakeClient(views=pictures.idle()), SMALL) as bench:
        await bench.press("i", "down")
        assert not is_shown(bench)
        await bench.press("up")
        assert is_shown(bench)
