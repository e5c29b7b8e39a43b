"""An environment's last minute in cells."""

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.views import PhaseSegment, ReportView, Span
from lambdatui.tui import timeline
from lambdatui.tui.spans import Line, plain

NOW_S = 1_000_020.0
ONE = RequestId("one")


def segment(span: Span, ago_s: float, until_s: float | None, request_id: RequestId | None = None) -> PhaseSegment:
    end_s = None if until_s is None else NOW_S - until_s
    return PhaseSegment(span=span, start_s=NOW_S - ago_s, end_s=end_s, request_id=request_id)


def tones(line: Line) -> list[str]:
    return [tone for text, tone in line for _ in text]


def test_row_is_as_wide_as_asked_and_blank_before_the_environment_existed() -> None:
    row = plain(timeline.row([segment(Span.INIT, 10.0, 5.0), segment(Span.IDLE, 5.0, None)], NOW_S, 60))
    assert len(row) == 60
    assert row[:49].strip() == ""
    assert row.rstrip().endswith("·")


def test_lasting_segment_reaches_now() -> None:
    assert timeline.row([segment(Span.FROZEN, 600.0, None)], NOW_S, 30) == (("─" * 30, "frozen"),)


def test_failure_wins_a_cell_over_everything_longer() -> None:
    row = timeline.row([segment(Span.INVOKE, 60.0, 0.1), segment(Span.KILLED, 0.1, None)], NOW_S, 10)
    assert plain(row)[-1] == "✖"


def test_short_invoke_is_visible_in_a_frozen_minute() -> None:
    row = timeline.row(
        [segment(Span.FROZEN, 60.0, 30.0), segment(Span.INVOKE, 30.0, 29.99), segment(Span.FROZEN, 29.99, None)],
        NOW_S,
        60,
    )
    assert tones(row).count("invoke") == 1
    assert "▂" in plain(row)


def cold(*, provision_s: float = 0.0, init_s: float = 0.02, invoke_s: float = 0.001) -> list[PhaseSegment]:
    """A cold start in the middle of a cell, half a minute ago, frozen since."""
    start = 30.9
    return [
        segment(Span.PROVISION, start, start - provision_s),
        segment(Span.INIT, start - provision_s, start - provision_s - init_s, ONE),
        segment(Span.INVOKE, start - provision_s - init_s, start - provision_s - init_s - invoke_s, ONE),
        segment(Span.FROZEN, start - provision_s - init_s - invoke_s, None),
    ]


def shown(line: Line) -> list[str]:
    """The tones in the order they are seen, neighbours joined."""
    return [tone for text, tone in line if text.strip()]


def test_first_invoke_is_seen_behind_the_init_that_fills_its_cell() -> None:
    row = timeline.row(cold(), NOW_S, 60)
    assert shown(row) == ["init", "invoke", "frozen"]
    assert "▓▂─" in plain(row)


def test_first_invoke_is_seen_at_once_and_stands_still_when_the_next_cell_begins() -> None:
    soon_s = NOW_S - 30.5
    at_once = timeline.row([*cold()[:-1], segment(Span.FROZEN, 30.85, None)], soon_s, 60)
    later = timeline.row(cold(), soon_s + 0.6, 60)
    assert plain(at_once)[-2:] == plain(later)[-2:] == "▓▂"


def test_init_is_seen_before_a_longer_invoke_in_its_cell() -> None:
    assert shown(timeline.row(cold(provision_s=0.1, init_s=0.1, invoke_s=0.4), NOW_S, 60)) == [
        "init",
        "invoke",
        "frozen",
    ]


def test_failed_first_invoke_is_seen_behind_its_init() -> None:
    assert shown(timeline.row(cold(), NOW_S, 60, frozenset({ONE}))) == ["init", "killed", "frozen"]


def test_what_has_a_cell_of_its_own_does_not_move() -> None:
    segments = [segment(Span.INIT, 30.9, 30.3), segment(Span.INVOKE, 30.3, 28.5), segment(Span.FROZEN, 28.5, None)]
    line = timeline.row(segments, NOW_S, 60)
    assert [text for text, tone in line if tone == "init"] == ["▓"]
    assert [len(text) for text, tone in line if tone == "invoke"] == [2]


def test_invoke_does_not_move_over_work() -> None:
    segments = [
        segment(Span.FROZEN, 60.0, 30.9), segment(Span.RESET, 30.9, 30.5), segment(Span.INVOKE, 30.5, 30.4),
        segment(Span.INIT, 30.4, 28.0), segment(Span.FROZEN, 28.0, None),
    ]  # fmt: skip
    assert shown(timeline.row(segments, NOW_S, 60)) == ["frozen", "reset", "init", "frozen"]


def test_legend_names_every_glyph_of_a_row() -> None:
    used = set(timeline.GLYPHS.values()) | {plain(timeline.row(cold(), NOW_S, 60)).strip()[1]}
    for room in (71, 76, 86, 160):
        legend = timeline.legend(room)
        assert used <= set("".join(plain(line) for line in legend))
        assert all(len(plain(line)) <= room for line in legend)


def test_trail_tells_the_last_invoke_from_its_start_with_the_numbers_of_its_report() -> None:
    report = ReportView(
        request_id=ONE, function=FunctionName("f"), environment=EnvironmentId("e1"), time_s=NOW_S, error_type=None,
        status=Status.SUCCESS, duration_ms=0.59, billed_duration_ms=20, memory_size_mb=128, max_memory_used_mb=14,
        init_duration_ms=18.6,
    )  # fmt: skip
    assert plain(timeline.trail(cold(), NOW_S, [report])) == "init 18.6 ms → invoke 0.59 ms → frozen 30 s"
    thawed = cold()
    thawed.insert(2, segment(Span.FROZEN, 30.88, 30.8799))
    assert plain(timeline.trail(thawed, NOW_S, [report])).startswith("init 18.6 ms → invoke 0.59 ms")
    later = [*cold()[:-1], segment(Span.FROZEN, 30.8, 4.0), segment(Span.INVOKE, 4.0, None, RequestId("two"))]
    assert plain(timeline.trail(later, NOW_S, [report])) == "invoke 4.00 s"


def test_height_of_an_invoke_says_how_busy_the_cell_was() -> None:
    half = timeline.row([segment(Span.INVOKE, 30.0, 29.5)], NOW_S, 60)
    whole = timeline.row([segment(Span.INVOKE, 30.0, 28.0)], NOW_S, 60)
    assert "▅" in plain(half)
    assert "█" in plain(whole)


def test_failed_invoke_has_the_tone_of_a_kill() -> None:
    row = timeline.row([segment(Span.INVOKE, 20.0, 10.0, ONE)], NOW_S, 60, frozenset({ONE}))
    assert "killed" in tones(row)
    assert "invoke" not in tones(row)


def test_cells_do_not_move_within_a_cell_of_time() -> None:
    segments = [segment(Span.INIT, 20.0, 18.0), segment(Span.INVOKE, 18.0, 12.3)]
    pictures = {plain(timeline.row(segments, NOW_S + tenth / 10, 60)) for tenth in range(10)}
    assert len(pictures) == 1
