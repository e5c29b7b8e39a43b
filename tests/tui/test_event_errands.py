"""What is done with an event besides sending it once: repeated, stopped, saved, sent to a version."""

import asyncio

from textual.widgets import Input

from lambdatui.client import EngineRefused
from lambdatui.model.experiments import Experiment
from lambdatui.model.invocation import InvocationType
from lambdatui.tui.screens.workbench import Workbench
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import BODIES, FakeAnswer, FakeClient


async def answer(bench: Desk, text: str) -> None:
    """Type over what the dialog proposes, and take it."""
    bench.app.screen.query_one(Input).value = text
    await bench.press("enter")


async def repeat(bench: Desk, text: str) -> None:
    await bench.press("3", "r")
    await answer(bench, text)


async def series_ended(bench: Desk) -> None:
    running = [each for each in bench.app.workers if each.name.startswith("series:")]
    if running:
        await bench.app.workers.wait_for_complete(running)
    await bench.settle()


async def test_series_sends_the_event_as_often_as_asked_and_sums_up() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await repeat(bench, "25 x4")
        await series_ended(bench)
        assert {(sent.payload, sent.experiment) for sent in client.invoked} == {(BODIES["http-get"], Experiment.SERIES)}
        assert len(client.invoked) == 25
        shown = bench.text("#response")
        assert shown.startswith("✔ series 25 of 25")
        assert "orders-api · 25 invokes, 4 at once" in shown
        assert "callers waited  p50" in shown


async def test_outcomes_are_counted_by_error_type() -> None:
    client = FakeClient(
        views=pictures.idle(), answer=FakeAnswer(function_error="Unhandled", payload=b'{"errorType": "ValueError"}')
    )
    async with desk(client) as bench:
        await repeat(bench, "3")
        await series_ended(bench)
        rows = bench.rows("#response")
        assert rows[0] == "✖ series 3 of 3"
        assert "ValueError       3" in rows


async def test_series_shows_how_far_it_is_and_escape_stops_it() -> None:
    client = FakeClient(views=pictures.idle(), gate=asyncio.Event())
    async with desk(client) as bench:
        await repeat(bench, "50 x2")
        bench.bench.tick()
        assert bench.rows("#response")[0] == "● series 0 of 50  2 running  esc stops"
        await bench.press("escape")
        bench.bench.tick()
        assert bench.rows("#response")[0].startswith("● stopping 0 of 50")
        assert client.gate is not None
        client.gate.set()
        await series_ended(bench)
        assert bench.rows("#response")[0] == "✔ series 2 of 50  stopped"
        assert len(client.invoked) == 2


async def test_escape_once_more_leaves_those_that_run_to_themselves() -> None:
    client = FakeClient(views=pictures.idle(), gate=asyncio.Event())
    async with desk(client) as bench:
        await repeat(bench, "50 x2")
        await bench.press("escape", "escape")
        assert "stopped" in bench.rows("#response")[0]


async def test_refusal_ends_the_series_with_its_reason() -> None:
    client = FakeClient(views=pictures.idle(), answer=EngineRefused(502, "InvalidRuntimeException", "no python3.12"))
    async with desk(client) as bench:
        await repeat(bench, "50")
        await series_ended(bench)
        assert "no python3.12" in bench.text("#response")
        assert len(client.invoked) == 1


async def test_what_is_no_series_is_told_and_not_taken() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await repeat(bench, "often")
        assert "'often' is neither a number" in bench.text("#ask-notes")
        await bench.press("escape")
        assert isinstance(bench.app.screen, Workbench)
        assert client.invoked == []


async def test_event_is_saved_as_a_sample_and_bears_its_name_then() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("3", "enter", "space", "escape", "s")
        await answer(bench, "my-get")
        assert client.saved == {"my-get": b" " + BODIES["http-get"]}
        assert "my-get" in bench.text("#event-line")
        assert "*" not in bench.text("#event-line")


async def test_what_is_no_name_of_a_sample_is_told_where_it_is_typed() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("3", "s")
        await answer(bench, "my event")
        assert "'my event' is no name of a sample event" in bench.text("#ask-notes")
        assert client.saved == {}


async def test_sample_of_the_same_name_is_replaced_only_after_a_yes() -> None:
    client = FakeClient(views=pictures.idle(), saved={"mine": b"1"})
    async with desk(client) as bench:
        await bench.press("3", "s")
        await answer(bench, "mine")
        await bench.press("n")
        assert client.saved == {"mine": b"1"}
        await bench.press("s")
        await answer(bench, "mine")
        await bench.press("y")
        assert client.saved == {"mine": BODIES["http-get"]}


async def test_event_is_sent_to_the_chosen_version_until_it_is_cleared() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client, (160, 50)) as bench:
        await bench.press("3", "v")
        await answer(bench, "prod")
        assert "to :prod" in bench.text("#mode-switch")
        await bench.press("i", "v")
        await answer(bench, "")
        await bench.press("i")
        assert [sent.qualifier for sent in client.invoked] == ["prod", None]


async def test_series_is_sent_the_way_the_mode_says() -> None:
    client = FakeClient(views=pictures.idle(), answer=FakeAnswer(status_code=202, payload=b""))
    async with desk(client) as bench:
        await bench.press("m")
        await repeat(bench, "2")
        await series_ended(bench)
        assert {sent.mode for sent in client.invoked} == {InvocationType.EVENT}
        assert "accepted       2" in bench.rows("#response")
