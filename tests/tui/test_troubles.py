"""What is wrong: in the notice, in pane 1, and as a list of its own."""

import pytest

from lambdatui.model.function import Severity
from lambdatui.model.records import ProjectLoaded
from lambdatui.model.views import Views
from lambdatui.tui.widgets.line_view import LineView
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeClient


def words(bench: Desk, where: str) -> str:
    """What a view says, however its lines are broken."""
    return " ".join(bench.text(where).split())


async def test_broken_functions_are_rows_although_none_could_be_listed() -> None:
    async with desk(FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS)) as bench:
        text = words(bench, "#function-list")
        assert text.startswith("4 problems ! shows all ✖ One cannot run ✖ Two cannot run ✖ Three cannot run")
        assert all(problem.message in text for problem in pictures.PROBLEMS)
        assert "No functions yet" not in text


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (120, 40)])
async def test_broken_functions_follow_those_that_work(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.some_broken(), problems=pictures.PROBLEMS), size) as bench:
        rows = bench.rows("#function-list")
        assert [row.split()[:2] for row in rows[3:6]] == [["✖", "One"], ["✖", "Two"], ["✖", "Three"]]
        assert rows[3].endswith("cannot run")
        assert len(rows[3]) <= bench.bench.query_one("#function-list", LineView).room
        assert "✖ 3" in bench.title("#functions")


async def test_sentence_is_the_row_where_the_engine_does_not_say_which_function_it_breaks() -> None:
    problem = pictures.problem("is not YAML", 3)
    views = pictures.some_broken()
    async with desk(FakeClient(views=views, problems=(*pictures.PROBLEMS[1:], problem))) as bench:
        assert any(row.startswith("✖ template.yaml:21: Oddi") for row in bench.rows("#function-list"))


async def test_notice_tells_an_error_before_a_warning_and_the_key_for_the_rest() -> None:
    async with desk(FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS)) as bench:
        (row,) = bench.rows("#notice")
        assert row.startswith(" ✖ One: template.yaml:6: nowhere does not exist")
        assert row.endswith("+3 more  ! all")


@pytest.mark.parametrize("views", [pictures.all_broken(), pictures.some_broken()], ids=["all", "some"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_key_opens_all_problems_with_errors_first(views: Views, size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=views, problems=pictures.PROBLEMS), size) as bench:
        await bench.press("exclamation_mark")
        text = bench.text("Lines")
        marks = [row[0] for row in bench.rows("Lines") if row[:1] in {"✖", "⚠"}]
        assert marks == ["✖", "✖", "✖", "⚠"]
        assert all(problem.message in text and problem.hint in text for problem in pictures.PROBLEMS)
        await bench.press("escape")
        assert bench.app.screen is bench.bench


async def test_palette_opens_the_problems() -> None:
    async with desk(FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS)) as bench:
        await bench.press("ctrl+p")
        await bench.type("all prob")
        await bench.press("enter")
        assert "nowhere does not exist" in bench.text("Lines")


async def test_warning_does_not_say_that_a_function_cannot_run() -> None:
    warning = pictures.problem("looks odd", 9, function="orders-api", severity=Severity.WARNING)
    views = pictures.with_problem(pictures.idle(), pictures.API, str(warning))
    async with desk(FakeClient(views=views, problems=(warning,))) as bench:
        assert bench.rows("#function-list")[0].startswith("○ orders-api")
        assert "⚠ template.yaml:9: looks odd" in words(bench, "#function-list")


async def test_problems_that_are_solved_go_away() -> None:
    client = FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS)
    async with desk(client) as bench:
        client.say(ProjectLoaded(functions=("One",), problems=()))
        await bench.settle()
        assert bench.rows("#function-list")[0].startswith("○ One")
        assert not bench.bench.notice.display


async def test_rows_below_the_list_can_be_reached_by_key() -> None:
    async with desk(FakeClient(views=pictures.some_broken(), problems=pictures.PROBLEMS), (120, 30)) as bench:
        await bench.press("end", "down")
        view = bench.bench.query_one("#function-list")
        assert view.scroll_offset.y == view.max_scroll_y > 0


async def test_problems_can_be_scrolled_to_where_no_row_can_be_selected() -> None:
    async with desk(FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS), (120, 30)) as bench:
        await bench.press("1", "down", "down")
        assert bench.bench.query_one("#function-list").scroll_offset.y == 2
