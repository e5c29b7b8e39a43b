"""``?`` by situation."""

import pytest

from lambdatui.concepts.pages import CONCEPTS, page
from lambdatui.tui import help_text
from lambdatui.tui.actions import ACTIONS, Scope
from lambdatui.tui.spans import plain, width
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient


@pytest.mark.parametrize("room", [40, 60, 100, 140])
def test_every_action_is_named_and_explained_in_the_room_there_is(room: int) -> None:
    rows = help_text.key_rows(room)
    assert max(width(row) for row in rows) <= room
    text = " ".join(" ".join(plain(row) for row in rows).split())
    missing = [action.id for action in ACTIONS if not action.id.startswith("pane.") and action.tooltip not in text]
    assert missing == []


def test_keys_of_the_focused_pane_come_first() -> None:
    assert plain(help_text.key_rows(100, Scope.LOGS)[0]) == "4 Logs"


async def test_question_mark_shows_the_keys_of_the_pane_and_leads_to_the_concepts() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("4", "question_mark")
        assert bench.rows("#help-text")[0] == "4 Logs"
        await bench.press("down")
        assert bench.rows("#help-text")[0].startswith("Where code runs.")
        await bench.press("escape")
        assert bench.app.screen is bench.bench


async def test_long_page_is_scrolled_with_space() -> None:
    async with desk(FakeClient(views=pictures.busy()), (80, 24)) as bench:
        await bench.press("question_mark", "space")
        assert bench.app.screen.query_one("#help-text").scroll_offset.y > 0


async def test_palette_finds_a_concept_by_what_it_is_about() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("ctrl+p")
        await bench.type("explain fre")
        await bench.press("enter")
        assert bench.rows("#help-text")[0].startswith("Between invokes nothing runs.")


@pytest.mark.parametrize("name", CONCEPTS)
def test_page_fits_the_room_there_is(name: str) -> None:
    assert max(width(row) for row in help_text.concept_rows(page(name), 50)) <= 50
