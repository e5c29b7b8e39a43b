"""Pane 4 by situation."""

from lambdatui.client import LogLine
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.tui.widgets.logs_pane import LogView
from tests.tui.support import logs, pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import NOW_S, FakeClient


def view(bench: Desk) -> LogView:
    return bench.bench.query_one("#log-view", LogView)


def top(bench: Desk) -> str:
    return bench.rows("#log-view")[view(bench).scroll_offset.y]


async def test_new_lines_are_followed_at_the_end() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.many(500))
        await bench.settle()
        assert view(bench).scroll_offset.y == view(bench).max_scroll_y
        assert "FOLLOW" in bench.title("#logs")


async def test_scrolled_up_view_holds_and_counts_what_it_missed() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.many(500))
        await bench.settle()
        await bench.press("4", "pageup")
        held = top(bench)
        client.say(*logs.many(318))
        await bench.settle()
        assert top(bench) == held
        assert "HELD +318" in bench.title("#logs")
        await bench.press("f")
        assert "FOLLOW" in bench.title("#logs")
        assert "line 317" in bench.rows("#log-view")[-1]


async def test_held_line_stays_in_place_while_old_lines_leave_memory() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.many(100_000))
        await bench.settle()
        await bench.press("4", "pageup")
        held = top(bench)
        client.say(*logs.many(700))
        await bench.settle()
        assert bench.app.feed.ring.first == 700
        assert top(bench) == held


async def test_top_and_bottom_keys_go_where_less_goes() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.many(500))
        await bench.settle()
        await bench.press("4", "g")
        assert view(bench).scroll_offset.y == 0
        await bench.press("G")
        assert view(bench).scroll_offset.y == view(bench).max_scroll_y


async def test_only_lines_of_the_selected_function_are_shown() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("mine"), function="orders-api")
        client.say(logs.line("theirs"), function="thumbnailer")
        await bench.settle()
        assert "theirs" not in bench.text("#log-view")
        await bench.press("a")
        assert "theirs" in bench.text("#log-view")


async def test_only_this_request_and_back() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.story())
        await bench.settle()
        await bench.press("4", "r")
        assert "GET /orders" not in bench.text("#log-view")
        assert "keeps its own shape" in bench.text("#log-view")
        assert f"only {pictures.request(4)[:8]}" in bench.title("#logs")
        await bench.press("escape")
        assert "GET /orders" in bench.text("#log-view")


async def test_report_leads_to_the_log_of_its_invoke() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.story())
        await bench.settle()
        await bench.press("5", "down", "down", "enter")
        assert bench.focused == "log-view"
        assert "loading cart 8812" in bench.text("#log-view")
        assert "POST /orders" not in bench.text("#log-view")


async def test_filter_keeps_matching_lines_and_names_itself_in_the_title() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.story())
        await bench.settle()
        await bench.press("4", "slash")
        await bench.type("level:warn")
        await bench.press("enter")
        assert [row.split("▏")[1] for row in bench.rows("#log-view")] == [
            "WARN  retrying the price service (attempt 2)"
        ]
        assert "/level:warn" in bench.title("#logs")


def past(text: str, *, seconds_ago: float) -> LogLine:
    return LogLine(
        time_s=NOW_S - seconds_ago,
        function=FunctionName("orders-api"),
        environment=EnvironmentId("e1a"),
        request_id=None,
        line=text,
    )


async def test_search_finds_what_left_memory() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("a needle of today"))
        await bench.settle()
        client.past = [past("a needle of yesterday", seconds_ago=90), past("hay", seconds_ago=80)]
        await bench.press("4", "slash")
        await bench.type("needle")
        await bench.press("enter")
        await bench.settle()
        assert [row.split("▏")[1].rstrip() for row in bench.rows("#log-view")] == [
            "a needle of yesterday",
            "a needle of today",
        ]
        assert "1 older" in bench.title("#logs")


async def test_older_lines_come_before_what_is_shown_and_move_nothing() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(*logs.many(500))
        await bench.settle()
        await bench.press("4", "g")
        shown = top(bench)
        client.past = [past(f"old {number}", seconds_ago=900 - number) for number in range(40)]
        await bench.press("o")
        await bench.settle()
        assert top(bench) == shown
        await bench.press("g")
        assert "old 0" in top(bench)


async def test_lines_of_one_moment_that_memory_still_has_come_only_once() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("second"), logs.line("third"))
        await bench.settle()
        client.past = [past(text, seconds_ago=0) for text in ("first", "second", "third")]
        await bench.press("4", "o")
        await bench.settle()
        assert [row.split("▏")[1].rstrip() for row in bench.rows("#log-view")] == ["first", "second", "third"]


async def test_history_without_older_lines_says_so() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("all there ever was"))
        await bench.settle()
        await bench.press("4", "o")
        await bench.settle()
        assert [note.message for note in bench.app._notifications] == ["The history has no older line of these."]


async def test_copy_takes_the_lines_on_the_screen() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("copy me"))
        await bench.settle()
        await bench.press("4", "c")
        assert bench.app.clipboard == "copy me"


async def test_selected_text_is_what_is_copied() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(logs.line("one two three"), logs.line("four"))
        await bench.settle()
        await bench.pilot.mouse_down("#log-view", offset=(15, 0))
        await bench.pilot.hover("#log-view", offset=(17, 0))
        await bench.pilot.mouse_up("#log-view", offset=(17, 0))
        await bench.settle()
        selected = bench.app.screen.get_selected_text()
        assert selected is not None
        assert selected in bench.rows("#log-view")[0]


async def test_paused_screen_stands_still_and_catches_up() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("p")
        client.say(*logs.story())
        await bench.settle()
        assert "No output yet." in bench.text("#log-view")
        assert "PAUSED" in bench.text("#header")
        assert "4 invokes" in bench.text("#header")
        await bench.press("p")
        assert "importing the order book" in bench.text("#log-view")


async def test_engine_lost_is_written_across_the_log_and_into_the_header() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.hang_up()
        await client.heard()
        await bench.pilot.pause()
        assert "engine lost" in bench.text("#log-view")
        assert "engine lost" in bench.text("#header")
        assert "the engine ended the stream" in bench.text("#notice")
