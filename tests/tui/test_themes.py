"""Themes: ours and the built-in ones can be drawn with, and the chosen one is there again next time."""

from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.preferences import Preferences
from lambdatui.tui.theme import OWN
from tests.tui.support.fake_client import NOW_S, FakeClient


def make_app(place: Path) -> LambdatuiApp:
    async def connect() -> FakeClient:
        return FakeClient()

    preferences = Preferences.of_user({"XDG_STATE_HOME": str(place)}, place)
    return LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0, preferences=preferences)


@pytest.mark.parametrize("name", [*(theme.name for theme in OWN), *sorted(BUILTIN_THEMES)])
async def test_every_theme_has_all_the_colours_of_our_styles(name: str, tmp_path: Path) -> None:
    app = make_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = name
        await pilot.pause()
        faint, plain = (app.workbench.header.tone(tone).color for tone in ("faint", "plain"))
        assert faint != plain


async def test_the_chosen_theme_is_there_again(tmp_path: Path) -> None:
    first = make_app(tmp_path)
    async with first.run_test() as pilot:
        assert first.theme == "lambdatui"
        first.theme = "lambdatui-light"
        await pilot.pause()
    assert make_app(tmp_path).theme == "lambdatui-light"


def test_a_theme_that_is_no_more_is_replaced_by_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "lambdatui").mkdir()
    (tmp_path / "lambdatui" / "theme").write_text("gone\n")
    assert make_app(tmp_path).theme == "lambdatui"
