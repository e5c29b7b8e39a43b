"""What every pane says where there is nothing to show: why, and what to do about it."""

import asyncio

import pytest

from lambdatui.client import EngineUnreachable
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.spans import plain
from lambdatui.tui.widgets.line_view import LineView
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import NOW_S, FakeClient

VIEWS = ("#environment-rows", "#response", "#log-view", "#report-rows", "#scratch-rows")


@pytest.mark.parametrize("where", VIEWS)
async def test_pane_without_functions_says_what_it_is_for_and_offers_no_invoke(where: str) -> None:
    async with desk(FakeClient(views=pictures.empty())) as bench:
        text = bench.text(where)
        assert text
        assert "invoke now" not in text
        assert "i invoke" not in text


@pytest.mark.parametrize("where", VIEWS)
async def test_pane_of_a_session_that_reaches_no_engine_says_so(where: str) -> None:
    async def connect() -> EngineClient:
        raise EngineUnreachable("nobody listens", "start one")

    waiting = asyncio.Event()

    async def pause(_: float) -> None:
        await waiting.wait()

    app = LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0)
    app.feed._pause = pause
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        view = app.screen.query_one(where, LineView)
        assert "no engine yet" in [plain(view.row(index, view.room)).strip() for index in range(view.extent)]


async def test_function_that_cannot_run_promises_no_environment() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("down", "down", "down")
        text = bench.text("#environment-rows")
        assert "there will be none" in text
        assert "python3.13 was not found" in text


async def test_empty_history_says_how_to_find_something() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("h")
        assert "search for something else" in bench.text("#history-rows")
