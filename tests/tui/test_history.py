"""The history screen: a search, one invocation whole, two compared, an event sent again."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from lambdatui.model.history import Outcome, RanOn
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.records import EnvironmentCreated, Variable
from lambdatui.telemetry.trace_rows import TraceRow
from lambdatui.telemetry.waterfall import Waterfall
from lambdatui.tui.call_text import Dialect, call_text
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeAnswer, FakeClient
from tests.tui.support.pasts import past

OLD = "1111aaaa-0000-4000-8000-000000000001"
NEW = "2222bbbb-0000-4000-8000-000000000002"


MADE = EnvironmentCreated(
    revision=1, runtime="python3.13", handler="app.handler", architecture="x86_64", memory_mb=128, timeout_s=3,
    ephemeral_storage_mb=512, variables=(Variable(name="STAGE", value="dev"),),
)  # fmt: skip
FAILED = past(NEW, b'{"errorType": "KeyError"}', outcome=Outcome.ERROR, error_type="KeyError", cold=False)
TWO = (FAILED, past(OLD, b'{"price": 10}'))


async def opened(bench: Desk) -> None:
    await bench.press("h")


async def test_list_shows_the_selected_functions_invocations_newest_first() -> None:
    client = FakeClient(views=pictures.busy(), history=TWO)
    async with desk(client) as bench:
        await opened(bench)
        rows = bench.rows("#history-rows")
        assert client.searched == ["fn:orders-api"]
        assert ["2222" in rows[0], "✖" in rows[0], "KeyError" in rows[0]] == [True] * 3
        assert ["1111" in rows[1], "cold" in rows[1], "12.3 ms" in rows[1]] == [True] * 3


async def test_invocation_under_the_cursor_is_shown_whole() -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press("down")
        shown = bench.text("#history-detail")
    assert all(part in shown for part in (OLD, '"order": 7', '"price": 10', "looking for order 7", "init 80.0 ms"))


async def test_search_asks_the_engine_and_leaves_the_keys_to_the_list() -> None:
    client = FakeClient(views=pictures.busy(), history=TWO)
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("slash", *[" "], *"status:error", "enter")
        assert client.searched[-1] == "fn:orders-api status:error"
        assert len(bench.rows("#history-rows")) == 1
        assert bench.focused == "history-rows"


async def test_nothing_found_is_said() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await opened(bench)
        assert bench.rows("#history-rows")[0] == "No invocation in the history is like that."


async def test_two_marked_invocations_are_compared() -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press("space", "space", "d")
        shown = bench.rows("#history-detail")
    assert shown[0].split() == ["1111", "2222"]
    assert "status      ok              error" in shown
    assert "  - 10" in shown
    assert '  + "KeyError"' in shown


@pytest.mark.parametrize("keys", [("space", "space", "d"), ("c",)], ids=["comparison", "calls"])
async def test_escape_leads_from_what_stands_in_its_place_back_to_the_invocation(keys: tuple[str, ...]) -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press(*keys)
        instead = bench.text("#history-detail")
        await bench.press("escape")
        assert bench.app.screen is not bench.bench
        assert '"order": 7' in bench.text("#history-detail") != instead


async def test_comparing_one_says_how_to_mark() -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press("d")
        (said,) = bench.app._notifications
        assert (said.message, said.title) == ("mark two invocations to compare them", "space marks")


async def test_event_is_sent_again_and_the_answer_compared() -> None:
    client = FakeClient(views=pictures.busy(), history=TWO, answer=FakeAnswer(request_id=NEW))
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("down", "r")
        assert [(sent.function, sent.payload) for sent in client.invoked] == [("orders-api", b'{"order": 7}')]
        assert bench.rows("#history-detail")[0].split() == ["1111", "2222"]


async def test_event_is_taken_over_into_the_editor() -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press("u")
        assert bench.bench.invoke.draft.text == '{"order": 7}'
        assert bench.app.screen is bench.bench


async def test_escape_leads_back_to_the_workbench() -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO)) as bench:
        await opened(bench)
        await bench.press("slash", "escape", "escape")
        assert bench.app.screen is bench.bench


async def test_comparison_names_the_code_and_what_else_was_configured_differently() -> None:
    larger = replace(MADE, revision=2, memory_mb=512, variables=(Variable(name="STAGE", value="prod"),))
    after = replace(FAILED, ran_on=RanOn(created=larger, code_sha256="bbbbbbbbbb"))
    before = replace(TWO[1], ran_on=RanOn(created=MADE, code_sha256="aaaaaaaaaa"))
    async with desk(FakeClient(views=pictures.busy(), history=(after, before))) as bench:
        await opened(bench)
        await bench.press("space", "down", "space", "d")
        rows = [row.split() for row in bench.rows("#history-detail")]
        assert ["code", "aaaaaaaa", "bbbbbbbb"] in rows
        assert ["memory", "size", "128", "MB", "512", "MB"] in rows
        assert ["$STAGE", "dev", "prod"] in rows
        assert not [row for row in rows if row[:1] == ["handler"]]


async def test_hostile_history_is_text() -> None:
    hostile = past(OLD, b"\x1b[2J[bold]\xff", error_type="\x1b]0;x\x07[red]")
    async with desk(FakeClient(views=pictures.busy(), history=(hostile,))) as bench:
        await opened(bench)
        assert "\x1b" not in bench.text("#history-rows") + bench.text("#history-detail")
        assert "[bold]" in bench.text("#history-detail")


@pytest.mark.parametrize("size", [(80, 24), (20, 5), (200, 60)])
async def test_every_size_has_room_for_list_and_detail(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.busy(), history=TWO), size) as bench:
        await opened(bench)
        assert bench.rows("#history-rows")


@pytest.mark.parametrize(
    ("dialect", "parts"),
    [
        (
            Dialect.CURL,
            ("curl -X POST http://127.0.0.1:9001/2015-03-31/functions/f/invocations", """'{"a": "it'"'"'s"}'"""),
        ),
        (
            Dialect.AWS_CLI,
            (
                """printf %s '{"a": "it'"'"'s"}' |""",
                "aws lambda invoke --no-sign-request --region us-east-1 --endpoint-url http://127.0.0.1:9001",
                "--function-name f --payload fileb:///dev/stdin",
            ),
        ),
        (Dialect.BOTO3, ("boto3.client", "FunctionName='f'")),
    ],
)
def test_call_can_be_typed_elsewhere(dialect: Dialect, parts: tuple[str, ...]) -> None:
    text = call_text(dialect, "http://127.0.0.1:9001", "f", b'{"a": "it\'s"}')
    assert all(part in text for part in parts)


async def test_trace_is_drawn_as_a_waterfall() -> None:
    trace = Waterfall(
        request_id=RequestId(NEW), function=FunctionName("orders-api"), environment=None, trace_id="1-abc",
        sampled=True, start_s=10.0, end_s=11.0,
        rows=(
            TraceRow(name="orders-api", depth=0, start_s=10.0, end_s=11.0),
            TraceRow(name="Init", depth=1, start_s=10.0, end_s=10.5),
            TraceRow(name="GET [bold]x", depth=2, start_s=10.5, end_s=10.6, status="fault"),
        ),
    )  # fmt: skip
    client = FakeClient(views=pictures.busy(), history=TWO, traces={NEW: trace})
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("t")
        title, whole, init, call = bench.rows("#history-detail")[:4]
    assert title == "1-abc  sampled"
    assert whole.count("█") > 2 * init.count("█") - 2 > 0
    assert "✖     GET [bold]x" in call


async def test_event_is_saved_as_a_sample_of_the_project() -> None:
    client = FakeClient(views=pictures.busy(), history=TWO)
    async with desk(client) as bench:
        await opened(bench)
        await bench.press("s")
        assert bench.app.screen.query_one(Input).value == "orders-api-2222"
        await bench.press("enter")
        assert client.saved == {"orders-api-2222": b'{"order": 7}'}


async def test_hidden_secrets_of_a_saved_event_are_told() -> None:
    hidden = replace(FAILED, invocation=replace(FAILED.invocation, payload=b'{"password": "********"}'))
    async with desk(FakeClient(views=pictures.busy(), history=(hidden,))) as bench:
        await opened(bench)
        await bench.press("s", "enter")
        assert any("where the history hid secrets" in each.message for each in bench.app._notifications)
