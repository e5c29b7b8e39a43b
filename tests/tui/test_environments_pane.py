"""Pane 2 by situation."""

from dataclasses import replace

import pytest

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.orders import Order
from lambdatui.model.phase import InitializationType
from lambdatui.tui.screens.dialogs import Lines
from lambdatui.tui.spans import plain
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient


async def test_rows_name_phase_request_and_time_against_the_limit() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        rows = bench.rows("#environment-rows")
        assert rows[0].startswith("e1a")
        assert f"INVOKE   {pictures.request(9)[:4]} 3.00 s / 5 s" in rows[0]
        assert rows[0].endswith("118 MB")
        assert "FROZEN" in rows[1]
        assert rows[2].split()[-3:] == ["RESET", "Sandbox.Timedout", "–"]
        assert "DEAD" in rows[3]
        assert "now" in rows[4]
        assert "invoke" in rows[5]


async def test_all_functions_are_shown_on_request_with_their_names() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        await bench.press("a")
        rows = bench.rows("#environment-rows")
        assert "thumbnailer" in next(row for row in rows if row.startswith("e2a"))
        assert "all functions" in bench.title("#environments")


async def test_queue_counts_states_and_the_next_attempt() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        (row,) = bench.rows("#queue-line")
        assert "2 waiting (attempt 2 in 52 s)" in row
        assert "1 running" in row
        assert "1 failed" in row


async def test_no_environment_explains_the_cold_start() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        assert "No environment of orders-api." in bench.text("#environment-rows")
        assert "cold start" in bench.text("#environment-rows")


@pytest.mark.parametrize(("key", "order"), [("k", Order.KILL), ("x", Order.DESTROY), ("r", Order.RESET)])
async def test_orders_that_lose_something_have_the_keys_of_the_environments_screen_and_ask(
    key: str, order: Order
) -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        await bench.press("2", "down", key, "escape")
        assert client.ordered == []
        assert bench.app.screen is bench.bench
        await bench.press(key, "y")
        assert client.ordered == [("e1b", order)]


async def test_question_says_what_is_lost_and_which_invoke_fails() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("2", "home", "k")
        lines = bench.app.screen.query_one(Lines)
        assert [plain(row) for row in lines.given][:3] == [
            "Kill the runtime of e1a?",
            "SIGKILL, as in a crash: the next invoke starts it anew. /tmp stays.",
            f"The invoke {pictures.request(9)[:4]}, which it runs, fails of it.",
        ]


async def test_frozen_environment_is_thawed_by_the_key_that_freezes() -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        await bench.press("2", "home", "f", "down", "f")
        assert client.ordered == [("e1a", Order.FREEZE), ("e1b", Order.THAW)]


async def test_selecting_an_environment_shows_its_tmp() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("2", "down", "6")
        assert "e1b" in bench.title("#scratch")
        assert bench.focused == "scratch-rows"


async def test_environment_that_was_provisioned_says_so() -> None:
    views = pictures.busy()
    environment = views.environments[EnvironmentId("e1b")]
    made = replace(environment, initialization_type=InitializationType.PROVISIONED_CONCURRENCY)
    views = replace(views, environments={**views.environments, environment.id: made})
    for size in ((120, 40), (200, 60)):
        async with desk(FakeClient(views=views), size) as bench:
            rows = bench.rows("#environment-rows")
            assert "provisioned" in next(row for row in rows if row.startswith("e1b"))


async def test_environment_that_was_frozen_in_the_middle_of_an_invoke_says_so_beside_its_time() -> None:
    views = pictures.busy()
    frozen = replace(views.environments[EnvironmentId("e1a")], frozen=True)
    views = replace(views, environments={**views.environments, frozen.id: frozen})
    async with desk(FakeClient(views=views), (200, 60)) as bench:
        assert f"FROZEN   {pictures.request(9)[:4]} 3.00 s / 5 s" in bench.rows("#environment-rows")[0]
