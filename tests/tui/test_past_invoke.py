"""A picked moment in pane 3 and in the history: the invoke that ran then, and the way back."""

from dataclasses import replace

from textual.widgets import Input

from lambdatui.model.history import InvocationDetail
from lambdatui.model.ids import EnvironmentId
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import NOW_S, FakeClient
from tests.tui.support.pasts import past

E1B = EnvironmentId("e1b")


def of(number: int, ago_s: float, environment: EnvironmentId = E1B) -> InvocationDetail:
    found = past(pictures.request(number), b'{"answer": %d}' % number)
    summary = replace(found.summary, accepted_s=NOW_S - ago_s, environment=environment)
    return replace(found, summary=summary, invocation=replace(found.invocation, payload=b'{"event": %d}' % number))


def client() -> FakeClient:
    """In which e1b served requests 5 and 6, 37 and 28 seconds ago, and an older engine's e1b another one."""
    history = (of(9, 3.5, EnvironmentId("e1a")), of(6, 28.0), of(5, 37.5), of(99, 5000.0))
    return FakeClient(views=pictures.busy(), history=history)


async def at_the_invoke_before(bench: Desk) -> None:
    await bench.press("2", "home", "down", "left_square_bracket")


def hidden(bench: Desk, where: str) -> bool:
    return not bench.bench.query_one(where).display


async def test_event_and_answer_of_the_picked_invoke_take_the_place_of_the_draft() -> None:
    async with desk(client(), (200, 60)) as bench:
        await at_the_invoke_before(bench)
        shown = bench.text("#past-invoke")
        assert pictures.request(6) in shown
        assert '"event": 6' in shown
        assert '"answer": 6' in shown
        assert "AT " in bench.title("#invoke")
        assert all(hidden(bench, part) for part in ("#event-editor", "#event-line", "#response"))


async def test_own_event_is_back_with_now() -> None:
    async with desk(client(), (200, 60)) as bench:
        draft = bench.bench.invoke.draft
        await at_the_invoke_before(bench)
        await bench.press("escape")
        assert bench.bench.invoke.draft == draft
        assert hidden(bench, "#past-invoke")
        assert not hidden(bench, "#event-editor")


async def test_moment_without_an_invoke_says_so() -> None:
    async with desk(client(), (200, 60)) as bench:
        await bench.press("2", "home", "down", "left")
        assert bench.rows("#past-invoke")[0] == "e1b ran no invoke then: frozen."


async def test_invoke_that_the_history_does_not_have_is_told() -> None:
    engine = client()
    engine.history = ()
    async with desk(engine, (200, 60)) as bench:
        await at_the_invoke_before(bench)
        assert "✖ The history has no invocation" in bench.text("#past-invoke")


async def test_pane_of_the_past_can_be_scrolled_and_left() -> None:
    async with desk(client(), (200, 60)) as bench:
        await at_the_invoke_before(bench)
        await bench.press("3")
        assert bench.focused == "past-invoke"
        await bench.press("escape")
        assert bench.focused == "event-line"


async def test_enter_takes_the_past_event_over_into_the_editor() -> None:
    async with desk(client(), (200, 60)) as bench:
        await at_the_invoke_before(bench)
        await bench.press("3", "enter")
        assert bench.bench.invoke.draft.text == '{"event": 6}'
        assert bench.focused == "event-editor"
        assert bench.bench.scene.window.live


async def test_send_is_back_to_now_and_sends_what_is_seen_then() -> None:
    engine = client()
    async with desk(engine, (200, 60)) as bench:
        text = bench.bench.invoke.draft.text
        await at_the_invoke_before(bench)
        await bench.press("ctrl+j")
        assert [each.payload for each in engine.invoked] == [text.encode()]
        assert bench.bench.scene.window.live
        assert "200" in bench.rows("#response")[0]


async def test_history_opens_with_what_the_environment_had_served_by_then() -> None:
    engine = client()
    async with desk(engine, (200, 60)) as bench:
        await at_the_invoke_before(bench)
        await bench.press("h")
        rows = bench.text("#history-rows")
        assert [pictures.request(number)[:4] in rows for number in (9, 6, 5, 99)] == [False, True, True, False]
        assert "e1b until 02:40:3" in bench.title("#history-list")
        assert bench.app.screen.query_one(Input).value.startswith("env:e1b since:")
        assert pictures.request(6) in bench.text("#history-detail")


async def test_step_back_in_the_history_is_everything_and_then_the_workbench() -> None:
    async with desk(client(), (200, 60)) as bench:
        await at_the_invoke_before(bench)
        await bench.press("h", "escape")
        assert bench.app.screen.query_one("#history-search", Input).value == "fn:orders-api"
        assert pictures.request(9)[:4] in bench.text("#history-rows")
        assert "until" not in bench.title("#history-list")
        await bench.press("escape")
        assert bench.app.screen is bench.bench
        assert bench.bench.scene.moment is not None


async def test_history_of_now_is_that_of_the_function() -> None:
    engine = client()
    async with desk(engine, (200, 60)) as bench:
        await bench.press("h")
        assert engine.searched == ["fn:orders-api"]
