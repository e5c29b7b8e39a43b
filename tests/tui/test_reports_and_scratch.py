"""Panes 5 and 6 by situation."""

from dataclasses import replace

import pytest

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.records import ScratchChanged, ScratchFile
from lambdatui.model.views import MetricsView, Overall
from lambdatui.tui.widgets.line_view import LineView
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import NOW_S, FakeClient


async def test_reports_sum_up_and_list_the_newest_first() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        rows = bench.rows("#report-rows")
        assert rows[0] == "41 inv  4 cold  2 err  p50 96.2 ms  p95 2.19 s  p99 5.00 s"
        assert "█" in rows[1]
        assert rows[2].startswith("memory 118 of 128 MB  ≈ $0.83/million")
        assert "9.41 ms" in rows[4]
        assert "✖ Sandbox.T" in rows[5]
        assert "402 ms" in rows[5]


@pytest.mark.parametrize("size", [(120, 30), (120, 40), (160, 50)])
async def test_reports_fit_their_pane_with_the_outcome(size: tuple[int, int]) -> None:
    async with desk(FakeClient(views=pictures.busy()), size) as bench:
        rows = bench.rows("#report-rows")
        room = bench.bench.query_one("#report-rows", LineView).room
        assert len(rows[0]) <= room
        assert "p95 2.19 s" in rows[0]
        failed = next(row for row in rows if "✖ Sandbox"[:3] in row)
        assert "✖ Sandbox"[: room - failed.index("✖")] in failed[:room]


async def test_reports_with_more_room_tell_the_slowest_hundredth_too() -> None:
    async with desk(FakeClient(views=pictures.busy()), (80, 24)) as bench:
        await bench.press("5")
        assert bench.rows("#report-rows")[0].endswith("p50 96.2 ms  p95 2.19 s  p99 5.00 s")


async def test_times_are_without_those_of_experiments_until_they_are_asked_for() -> None:
    views = pictures.busy()
    metrics = replace(
        views.functions[pictures.API].metrics,
        experiments=12,
        overall=Overall(durations_ms=(1.0, 9.0), p50_ms=1.0, p95_ms=9.0),
    )
    views = replace(
        views, functions={**views.functions, pictures.API: replace(views.functions[pictures.API], metrics=metrics)}
    )
    async with desk(FakeClient(views=views), (200, 60)) as bench:
        assert "p50, p95 without 12 of experiments" in bench.title("#reports")
        assert "p95 2.19 s" in bench.rows("#report-rows")[0]
        await bench.press("5", "x")
        assert "p50, p95 with 12 of experiments" in bench.title("#reports")
        assert "p95 9.00 ms" in bench.rows("#report-rows")[0]


async def test_totals_are_those_of_all_functions_where_all_are_shown() -> None:
    views = pictures.busy()
    thumbs = replace(
        views.functions[pictures.THUMBS],
        metrics=MetricsView(
            invocations=9, errors=1, cold_starts=3, durations_ms=(9000.0, 9000.0), peak_memory_mb=250, billed_gb_s=9.0
        ),
    )
    report = replace(views.reports[-1], function=pictures.THUMBS, request_id=pictures.request(30), duration_ms=9000.0)
    views = replace(views, functions={**views.functions, thumbs.name: thumbs}, reports=(*views.reports, report))
    async with desk(FakeClient(views=views), (200, 60)) as bench:
        await bench.press("a")
        rows = bench.rows("#report-rows")
        assert "all functions" in bench.title("#reports")
        assert rows[0] == "50 inv  7 cold  3 err  p50 118 ms  p95 9.00 s  p99 9.00 s"
        assert "█" in rows[1]
        assert rows[4].split()[1] == "thumbnailer"
        assert rows[2].startswith("memory 250 of 256 MB thumbnailer  ≈ $")
        await bench.press("a")
        assert bench.rows("#report-rows")[0].startswith("41 inv ")


async def test_no_reports_say_how_to_get_one() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        assert "Numbers start with the first REPORT." in bench.text("#report-rows")


async def test_tmp_is_a_tree_with_sizes_under_its_fill_bar() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        rows = bench.rows("#scratch-rows")
        assert rows[0].startswith("12.3 MB of 512 MB")
        assert [row[:22].strip() for row in rows[2:]] == [
            "▾ cache/", "labels.json", "model.bin", "+ ▾ uploads/", "+     cat.thumb.png", "~   orders.sqlite",
            "− upload.part",
        ]  # fmt: skip


async def test_tmp_tells_what_the_last_invoke_did_to_it() -> None:
    async with desk(FakeClient(views=pictures.busy()), (200, 60)) as bench:
        assert bench.rows("#scratch-rows")[1] == f"{pictures.request(9)[:4]} 2 created  1 changed  1 deleted"


async def test_tmp_does_not_guess_which_of_many_fast_invokes_it_was() -> None:
    views = pictures.busy()
    e1a = replace(views.environments[EnvironmentId("e1a")], files_invokes=1234)
    client = FakeClient(views=replace(views, environments={**views.environments, e1a.id: e1a}))
    async with desk(client, (200, 60)) as bench:
        assert bench.rows("#scratch-rows")[1].startswith("last 1,234 invokes 2 created")


async def test_report_pane_says_that_memory_is_not_measured() -> None:
    views = pictures.busy()
    api = views.functions[pictures.API]
    api = replace(api, metrics=replace(api.metrics, peak_memory_mb=None))
    client = FakeClient(views=replace(views, functions={**views.functions, api.name: api}))
    async with desk(client, (200, 60)) as bench:
        assert bench.rows("#report-rows")[2].startswith("memory not measured  ≈ ")


async def test_file_that_a_handler_wrote_appears() -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        fresh = ScratchFile(path="fresh.txt", size_bytes=5, modified_s=NOW_S)
        client.say(ScratchChanged(files=(fresh,), total_bytes=5), environment="e1a")
        await bench.settle()
        assert "fresh.txt" in bench.text("#scratch-rows")


async def test_enter_reads_the_file_through_the_client() -> None:
    client = FakeClient(views=pictures.busy(), files={"cache/labels.json": b'{"cat": 1}\n\x1b[31mred'})
    async with desk(client) as bench:
        await bench.press("6", "down", "enter")
        assert bench.app.screen is not bench.bench
        lines = bench.app.screen.query_one("Lines")
        assert lines.region.height > 5
        await bench.press("escape")
        assert bench.app.screen is bench.bench


async def test_directory_is_not_read() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("6", "enter")
        assert bench.app.screen is bench.bench


async def test_copy_takes_the_path_as_the_handler_knows_it() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("6", "down", "c")
        assert bench.app.clipboard == "/tmp/cache/labels.json"
