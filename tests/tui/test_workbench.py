"""Layout, focus, keys and dialogs of the workbench as a whole."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen

from lambdatui.client import EngineUnreachable
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.feed import NEW_ENGINE
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.scene import Link, LinkState
from tests.tui.support import logs, pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import NOW_S, FakeClient


def visible(bench: Desk) -> list[str]:
    return [pane.id or "" for pane in bench.bench.panes if pane.display and pane.region.area]


ALL = ["functions", "environments", "invoke", "logs", "reports", "scratch"]


@pytest.mark.parametrize("size", [(120, 28), (120, 40), (160, 28), (200, 60)])
async def test_six_panes_share_a_large_screen(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.busy()), size) as bench:
        assert visible(bench) == ALL
        assert all(pane.region.height >= 4 for pane in bench.bench.panes)


@pytest.mark.parametrize("size", [(120, 28), (120, 30), (120, 40), (160, 28), (160, 50), (200, 40)])
async def test_event_and_answer_are_both_readable(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.busy()), size) as bench:
        heights = [bench.bench.query_one(where).region.height for where in ("#event-editor", "#response")]
        assert min(heights) >= 6


async def test_small_screen_shows_what_belongs_together_under_tabs() -> None:
    async with desk(FakeClient(views=pictures.busy()), (80, 24)) as bench:
        assert visible(bench) == ["functions", "environments"]
        assert "▌1 Functions▐ 2 Environments " in bench.text("#tabs")
        await bench.press("4")
        assert " 3 Invoke ▌4 Logs▐ 5 Reports" in bench.text("#tabs")
        assert visible(bench) == ["logs"]
        await bench.press("6")
        assert visible(bench) == ["reports", "scratch"]
        assert bench.focused == "scratch-rows"


async def test_terminal_below_80_columns_shows_one_pane() -> None:
    async with desk(FakeClient(views=pictures.busy()), (79, 40)) as bench:
        assert visible(bench) == ["functions"]
        await bench.press("5")
        assert visible(bench) == ["reports"]


async def test_time_line_stays_above_the_log_from_80_columns_on_and_moments_are_picked_beside_it() -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client, (80, 28)) as bench:
        await bench.press("4")
        assert visible(bench) == ["environments", "logs"]
        await bench.press("2", "left_square_bracket")
        assert visible(bench) == ["environments", "logs"]
        assert "AT " in bench.title("#logs")
        assert bench.bench.logs.region.height > bench.bench.environments.region.height


async def test_low_and_wide_screen_shows_the_event_beside_the_log() -> None:
    async with desk(FakeClient(views=pictures.busy()), (120, 24)) as bench:
        await bench.press("4")
        assert visible(bench) == ["invoke", "logs"]
        assert bench.bench.invoke.region.y == bench.bench.logs.region.y
        await bench.press("1")
        assert bench.bench.functions.region.height == bench.bench.environments.region.height


@pytest.mark.parametrize(("columns", "beside"), [(159, False), (160, True)])
async def test_reports_stand_beside_the_log_from_160_columns_on(columns: int, beside: bool) -> None:
    async with desk(FakeClient(views=pictures.busy()), (columns, 50)) as bench:
        logs, reports = bench.bench.logs.region, bench.bench.reports.region
        assert (reports.x >= logs.right) is beside
        assert (reports.y >= logs.bottom) is not beside


async def test_layout_follows_the_terminal_as_it_is_resized() -> None:
    async with desk(FakeClient(views=pictures.busy()), (160, 40)) as bench:
        seen = []
        for columns in (159, 119, 79, 119, 160):
            await bench.pilot.resize_terminal(columns, 40)
            await bench.settle()
            seen.append(len(visible(bench)))
        assert seen == [6, 2, 1, 2, 6]


async def test_when_the_focus_moves_the_panes_are_painted_and_not_the_whole_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        painted: list[str] = []
        display = bench.app._display

        def record(screen: Screen[object], update: Any) -> None:
            painted.append(type(update).__name__)
            display(screen, update)

        monkeypatch.setattr(bench.app, "_display", record)
        await bench.press("tab")

    assert set(painted) == {"ChopsUpdate"}


async def test_tiny_terminal_and_resize_storm_break_nothing() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        for size in [(20, 5), (200, 60), (78, 12), (1, 1), (120, 40)]:
            await bench.pilot.resize_terminal(*size)
        assert visible(bench) == ALL


async def test_tiny_terminal_spends_its_rows_on_what_is_shown() -> None:
    async with desk(FakeClient(views=pictures.idle()), size=(40, 5)) as bench:
        assert bench.bench.query_one("#function-list").region.height == 4, "tabs and nothing else"


async def test_zoom_gives_one_pane_the_screen_and_escape_takes_it_back() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("4", "z")
        assert visible(bench) == ["logs"]
        await bench.press("escape")
        assert visible(bench) == ALL


@pytest.mark.parametrize(
    ("key", "focused"),
    [("1", "function-list"), ("2", "environment-rows"), ("3", "event-line"), ("4", "log-view"), ("5", "report-rows"),
     ("6", "scratch-rows")],
)  # fmt: skip
async def test_digit_focuses_its_pane(key: str, focused: str) -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press(key)
        assert bench.focused == focused


async def test_key_bar_follows_the_focus() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        assert "Kill" not in bench.text("#key-bar")
        await bench.press("2")
        assert "k Kill" in bench.text("#key-bar")
        await bench.press("3")
        assert "⏎ Edit" in bench.text("#key-bar")
        await bench.press("enter")
        assert "esc Leave" in bench.text("#key-bar")
        assert " z " not in bench.text("#key-bar")


async def test_help_lists_every_scope() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("question_mark")
        text = bench.text("#help-text")
        assert all(word in text for word in ("Workbench", "4 Logs", "Kill the runtime", "The time line"))
        await bench.press("escape")
        assert bench.app.screen is bench.bench


async def test_palette_runs_an_action_of_the_registry() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("ctrl+p")
        await bench.type("send the")
        await bench.press("enter")
        assert len(client.invoked) == 1


async def test_screen_is_painted_before_the_engine_answers() -> None:
    asked = asyncio.Event()

    async def connect() -> EngineClient:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    app = LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0)
    async with app.run_test(size=(120, 40)) as pilot:
        await asked.wait()
        bench = Desk(app, pilot, FakeClient())
        assert "attaching to the engine" in bench.text("#header")
        assert all("attaching" in bench.text(where) for where in ("#environment-rows", "#log-view", "#response"))


async def test_no_engine_is_said_with_what_to_type() -> None:
    async def connect() -> EngineClient:
        raise EngineUnreachable("no engine runs at x", "start one with `lambdatui serve`")

    app = LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "start one with `lambdatui serve`" in Desk(app, pilot, FakeClient()).text("#notice")


async def test_another_engine_is_announced_for_a_while() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        new = Link(state=LinkState.LIVE, message=NEW_ENGINE, since_s=NOW_S)
        bench.bench.show(pictures.idle(), new)
        await bench.settle()
        assert "a new engine: counters start anew" in bench.text("#notice")
        bench.bench.show(pictures.idle(), replace(new, since_s=NOW_S - 60))
        assert not bench.bench.notice.display


async def test_machine_that_does_not_isolate_says_so() -> None:
    async with desk(FakeClient(views=pictures.not_isolated())) as bench:
        assert "not isolated: own /tmp" in bench.text("#notice")


async def test_burst_of_logs_moves_views_and_log_together() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        for _ in range(50):
            client.say(*logs.story())
        await bench.settle()
        assert "200 invokes" in bench.text("#header")
        assert len(bench.rows("#log-view")) > 1000


def test_crash_names_the_place_but_no_values(capfd: pytest.CaptureFixture[str]) -> None:
    class Crashing(LambdatuiApp):
        def on_ready(self) -> None:
            secret = "tnirp-ton-od"[::-1]
            raise RuntimeError(f"length {len(secret)}")

    async def connect() -> EngineClient:
        return FakeClient()

    app = Crashing(connect, wall=lambda: NOW_S)
    app.run(headless=True, size=(100, 30))
    shown = capfd.readouterr().err
    assert "RuntimeError" in shown
    assert "do-not-print" not in shown
    assert app.return_code == 1
