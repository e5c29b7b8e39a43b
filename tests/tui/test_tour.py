"""The tour of the first session."""

from pathlib import Path

import pytest

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.preferences import Preferences
from lambdatui.tui.screens.tour import TourScreen
from lambdatui.tui.tour_stops import STOPS
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk, settle
from tests.tui.support.fake_client import NOW_S, FakeClient


def first_session(client: FakeClient, home: Path, *, tour: bool = True) -> LambdatuiApp:
    async def connect() -> FakeClient:
        return client

    preferences = Preferences.of_user({}, home)
    return LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0, preferences=preferences, tour=tour)


async def is_shown(home: Path, *, tour: bool = True) -> bool:
    client = FakeClient(views=pictures.idle())
    app = first_session(client, home, tour=tour)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, client)
        return isinstance(app.screen, TourScreen)


async def test_first_session_begins_with_the_tour_and_the_second_does_not(tmp_path: Path) -> None:
    assert await is_shown(tmp_path)
    assert not await is_shown(tmp_path)


async def test_session_that_nobody_may_be_shown_around_in_does_not_use_it_up(tmp_path: Path) -> None:
    assert not await is_shown(tmp_path, tour=False)
    assert await is_shown(tmp_path)


async def test_tour_that_cannot_be_remembered_is_not_shown_every_time(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("a file where a directory is needed")
    assert not await is_shown(tmp_path)


async def test_project_without_functions_is_no_place_for_a_tour(tmp_path: Path) -> None:
    client = FakeClient(views=pictures.empty())
    app = first_session(client, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, client)
        assert app.screen is app.workbench


async def taken(bench: Desk) -> None:
    bench.bench.action_tour()
    await bench.settle()


async def test_escape_skips_the_tour() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await taken(bench)
        await bench.press("enter", "escape")
        assert bench.app.screen is bench.bench
        assert not bench.bench.has_class("-touring")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_stop_shows_its_pane_and_all_of_its_text(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.busy()), size) as bench:
        await taken(bench)
        for number, stop in enumerate(STOPS, 1):
            box = bench.app.screen.query_one(".-tour")
            assert str(box.border_title).startswith(f"{number}/{len(STOPS)}")
            assert bench.bench.panes[stop.pane - 1].has_class("-current")
            lines = bench.app.screen.query_one("Lines")
            assert lines.virtual_size.height <= lines.size.height
            await bench.press("enter")
        assert bench.app.screen is bench.bench
        assert bench.focused == "function-list"


async def test_left_goes_back() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await taken(bench)
        await bench.press("enter", "left")
        assert str(bench.app.screen.query_one(".-tour").border_title).startswith("1/")
