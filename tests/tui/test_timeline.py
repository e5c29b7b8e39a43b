"""An environment's last minute in cells."""

from lambdatui.model.ids import RequestId
from lambdatui.model.views import PhaseSegment, Span
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


def test_axis_has_a_tick_every_quarter_where_there_is_room() -> None:
    axis = timeline.axis(60)
    assert len(axis) == 60
    assert [axis.index(label) for label in ("60s", "45s", "30s", "15s")] == [2, 17, 32, 47]
    assert axis.endswith("now┘")
