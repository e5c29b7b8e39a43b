"""Pane 3 by situation."""

import asyncio
import json

from textual.widgets import TextArea

from lambdatui.client import EngineRefused, EngineUnreachable
from lambdatui.model.invocation import InvocationType
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import BODIES, FakeAnswer, FakeClient


def editor(bench: Desk) -> TextArea:
    return bench.bench.query_one("#event-editor", TextArea)


async def test_best_sample_is_in_the_editor_at_once() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        assert "http-get" in bench.text("#event-line")
        assert "valid JSON" in bench.text("#event-line")
        assert editor(bench).text == BODIES["http-get"].decode()


async def test_send_works_while_the_editor_has_the_focus() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("3", "enter", "ctrl+j")
        (sent,) = client.invoked
        assert (sent.function, sent.sample, sent.mode) == ("orders-api", "http-get", InvocationType.REQUEST_RESPONSE)
        assert sent.payload == BODIES["http-get"]
        assert "✔ 200" in bench.text("#response")


async def test_digits_and_letters_go_into_the_editor_not_to_the_workbench() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("3", "enter", "4", "z")
        assert editor(bench).text.startswith("4z{")
        assert bench.focused == "event-editor"
        await bench.press("escape")
        assert bench.focused == "event-line"


async def test_keys_of_the_pane_work_there_until_enter_goes_into_the_editor() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("3", "m")
        assert "(•) async" in bench.text("#mode-switch")
        assert bench.subtitle("#invoke") == "⏎ edit · b events · m mode · e $EDITOR"
        assert editor(bench).text == BODIES["http-get"].decode()


async def test_border_of_the_editor_names_the_keys_that_work_while_typing() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("3", "enter")
        assert bench.subtitle("#invoke") == "^j send · esc done · ^o events · ^t mode"
        await bench.press("ctrl+t")
        assert "(•) async" in bench.text("#mode-switch")
        await bench.press("escape")
        assert bench.subtitle("#invoke") == "⏎ edit · b events · m mode · e $EDITOR"


async def test_tab_passes_by_the_editor() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("3", "tab")
        assert bench.focused == "mode-switch"


async def test_click_into_the_editor_edits() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.pilot.click("#event-editor")
        assert bench.focused == "event-editor"


async def test_edited_event_is_marked_and_sent_without_the_samples_name() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("3", "enter", "space", "ctrl+j")
        assert "http-get *" in bench.text("#event-line")
        assert client.invoked[0].sample is None


async def test_invalid_json_is_located_and_not_sent() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        editor(bench).load_text('{\n  "a": 1\n  "b": 2\n}')
        await bench.settle()
        await bench.press("ctrl+j")
        assert "line 3 col 3: Expecting ',' delimiter" in bench.text("#event-line")
        assert client.invoked == []
        assert editor(bench).cursor_location == (2, 2)


async def test_invoke_of_invalid_json_says_so_and_leaves_the_focus_where_it_is() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        editor(bench).load_text('{"a": }')
        await bench.settle()
        await bench.press("1", "i", "x")
        assert bench.focused == "function-list"
        assert editor(bench).text == '{"a": }'
        said = " ".join(bench.text("#response").split())
        assert "not invoked the event is not JSON: line 1 col 7" in said
        assert "⏎ in pane 3 edits it" in said


async def test_mode_decides_how_it_is_sent() -> None:
    client = FakeClient(views=pictures.idle(), answer=FakeAnswer(status_code=202, payload=b""))
    async with desk(client) as bench:
        await bench.press("m", "i")
        assert client.invoked[0].mode is InvocationType.EVENT
        assert "runs in the background" in bench.text("#response")
        await bench.press("m", "i")
        assert client.invoked[1].mode is InvocationType.DRY_RUN


async def test_error_of_the_function_is_rendered_for_people() -> None:
    document = {
        "errorMessage": "no items",
        "errorType": "ValueError",
        "stackTrace": ['  File "/var/task/app.py", line 4'],
    }
    answer = FakeAnswer(function_error="Unhandled", payload=json.dumps(document).encode())
    async with desk(FakeClient(views=pictures.idle(), answer=answer)) as bench:
        await bench.press("i")
        rows = bench.rows("#response")
        assert rows[0].startswith("✖ 200 Unhandled")
        assert rows[rows.index("ValueError") + 1] == "no items"
        assert document["stackTrace"][0] in rows


async def test_last_answer_stays_under_the_clock_of_the_next_invoke() -> None:
    client = FakeClient(views=pictures.idle(), answer=FakeAnswer(payload=b'{"first":1}'))
    async with desk(client) as bench:
        await bench.press("i")
        client.gate = asyncio.Event()
        await bench.press("i")
        assert bench.rows("#response")[0].startswith("● running")
        assert '"first": 1' in bench.text("#response")
        client.answer = FakeAnswer(payload=b'{"second":2}')
        client.gate.set()
        client.gate = None
        await bench.settle()
        assert '"second": 2' in bench.text("#response")


async def test_refusal_of_the_engine_is_shown_in_the_pane() -> None:
    client = FakeClient(views=pictures.idle(), answer=EngineRefused(429, "TooManyRequestsException", "Rate Exceeded."))
    async with desk(client) as bench:
        await bench.press("i")
        assert "not invoked Rate Exceeded." in bench.text("#response")


async def test_engine_that_is_gone_is_shown_with_what_to_do() -> None:
    client = FakeClient(
        views=pictures.idle(), answer=EngineUnreachable("no engine", "start one with `lambdatui serve`")
    )
    async with desk(client) as bench:
        await bench.press("i")
        assert "start one with `lambdatui serve`" in bench.text("#response")


async def test_each_function_keeps_its_own_event_and_answer() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("i", "down")
        assert "s3-put" in bench.text("#event-line")
        assert "sends the event to thumbnailer" in bench.text("#response")
        await bench.press("up")
        assert "http-get" in bench.text("#event-line")
        assert "✔ 200" in bench.text("#response")


async def test_picker_offers_fitting_events_first_and_narrows_by_typing() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("b")
        rows = bench.rows("#sample-rows")
        assert [row[:10] for row in rows[:2]] == ["● http-get", "● http-pos"]
        await bench.type("fifo")
        assert "Nothing in the catalogue matches." in bench.text("#sample-rows")
        await bench.pilot.press(*["backspace"] * 4)
        await bench.type("post")
        await bench.press("enter")
        assert "http-post" in bench.text("#event-line")
