"""A moment of the time line is picked: every pane that can shows it, and esc is back to now."""

from dataclasses import replace

from textual.events import MouseScrollUp

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase
from lambdatui.model.views import Span, Views
from lambdatui.tui import figures
from tests.tui.support import logs, pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import NOW_S, FakeClient

E1B = EnvironmentId("e1b")


def reported_by_their_environments() -> Views:
    """The busy morning, in which requests 5 and 6 were those of e1b."""
    views = pictures.busy()
    theirs = {pictures.request(5), pictures.request(6)}
    reports = (replace(each, environment=E1B) if each.request_id in theirs else each for each in views.reports)
    return replace(views, reports=tuple(reports))


async def at_the_last_invoke_of_e1b(bench: Desk, client: FakeClient) -> None:
    client.say(logs.line("e1b says hello", 6), logs.report(6, 31.0), environment="e1b", time_s=NOW_S - 27)
    client.say(logs.line("e1a says hello", 4), environment="e1a", time_s=NOW_S - 26)
    await bench.settle()
    await bench.press("2", "down", "left_square_bracket")


async def test_picked_invoke_narrows_the_log_to_its_environment_and_holds_it() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        assert "e1b says hello" in bench.text("#log-view")
        assert "e1a says hello" not in bench.text("#log-view")
        assert "e1b AT " in bench.title("#logs")


async def test_title_tells_the_moment_and_what_the_environment_did_then() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        assert f"e1b invoke {pictures.request(6)[:4]}" in bench.title("#environments")
        assert "27 s ago" in bench.title("#environments")


async def test_report_of_the_picked_invoke_is_selected() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        assert bench.bench.reports.copy() == pictures.request(6)


async def test_other_reports_can_be_looked_at_while_the_moment_stays() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        await bench.press("5", "down")
        client.say(logs.line("something new", 9))
        await bench.settle()
        assert bench.bench.reports.copy() != pictures.request(6)
        assert "AT " in bench.title("#environments")


async def test_escape_is_back_to_now_and_to_all_lines() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        await bench.press("escape")
        assert "AT " not in bench.title("#environments")
        assert "e1a says hello" in bench.text("#log-view")
        assert "FOLLOW" in bench.title("#logs")


async def test_tmp_says_that_it_is_not_of_the_moment() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await bench.press("2", "left")
        assert "as it is now" in bench.title("#scratch")


async def test_other_row_shows_the_same_moment_of_another_environment() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        await bench.press("up")
        assert "e1a AT " in bench.title("#logs")
        assert "e1a says hello" in bench.text("#log-view")


async def test_environment_without_lines_says_so() -> None:
    async with desk(FakeClient(views=reported_by_their_environments()), (200, 60)) as bench:
        await bench.press("2", "left")
        assert "Nothing was logged here by" in bench.text("#log-view")


async def test_click_on_the_time_of_a_row_picks_the_moment() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        await bench.pilot.click("#environment-rows", offset=(60, 1))
        await bench.settle()
        assert "AT " in bench.title("#environments")
        assert "e1b" in bench.title("#environments")


async def test_zoom_and_pan_are_told_in_the_title_and_on_the_ruler() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        await bench.press("2", "minus")
        assert " 2m" in bench.title("#environments")
        assert "90s" in bench.text("#environment-rows")
        await bench.press("less_than_sign")
        assert "until " in bench.title("#environments")
        await bench.press("0")
        assert "until " not in bench.title("#environments")
        assert "45s" in bench.text("#environment-rows")


async def test_wheel_over_the_time_zooms_where_there_is_nothing_to_scroll() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        await bench.pilot._post_mouse_events([MouseScrollUp], "#environment-rows", offset=(60, 1), button=0)
        await bench.settle()
        assert bench.bench.scene.window.span_s < 60.0


async def test_first_minute_is_live() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        assert bench.bench.scene.window.live
        await bench.press("2", "escape")
        assert bench.bench.scene.window.live


async def test_keys_that_come_at_once_are_all_obeyed() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        await bench.press("2")
        await bench.pilot.press("left_square_bracket", "plus", "plus", "plus")
        await bench.settle()
        assert bench.bench.scene.window.span_s == 5.0
        assert bench.bench.scene.moment is not None


async def test_picked_moment_stays_with_its_environment_when_another_one_begins_to_work() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await bench.press("2", "left_square_bracket")
        picked = bench.bench.scene.moment
        said = bench.title("#environments")
        assert "e1a invoke" in said
        client.say(EnvironmentPhase(phase=Phase.INVOKE, generation=1), environment="e1b", time_s=NOW_S + 1)
        await bench.settle()
        assert bench.title("#environments") == said
        assert bench.bench.scene.moment == picked
        assert "e1a AT " in bench.title("#logs")
        await bench.press("escape")
        assert bench.bench.scene.environment == "e1b"


async def test_picked_stretch_that_still_went_on_ends_when_it_does() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await bench.press("2", "down", "left")
        client.say(EnvironmentPhase(phase=Phase.INVOKE, generation=1), environment="e1b", time_s=NOW_S)
        await bench.settle()
        moment = bench.bench.scene.moment
        assert moment is not None
        assert moment.stretch is not None
        assert (moment.stretch.span, moment.stretch.end_s) == (Span.FROZEN, NOW_S)


async def test_other_function_is_seen_at_the_same_moment() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await at_the_last_invoke_of_e1b(bench, client)
        await bench.press("1", "down")
        moment = bench.bench.scene.moment
        assert moment is not None
        assert moment.stretch is None
        assert "e2a nothing" in bench.title("#environments")


async def test_all_panes_tell_the_same_time_of_a_moment() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        await bench.press("2", "down", "left")  # frozen for half a minute by then
        moment = bench.bench.scene.moment
        assert moment is not None
        for pane in ("#environments", "#invoke", "#logs"):
            assert f"AT {figures.clock(moment.time_s)}" in bench.title(pane)


async def test_lines_of_an_older_engine_are_none_of_an_environment_of_the_same_name() -> None:
    client = FakeClient(views=reported_by_their_environments())
    async with desk(client, (200, 60)) as bench:
        client.say(logs.line("an engine before this one", 2), environment="e1b", time_s=NOW_S - 5000)
        await at_the_last_invoke_of_e1b(bench, client)
        assert "an engine before this one" not in bench.text("#log-view")
        assert "e1b says hello" in bench.text("#log-view")
