import itertools

from lambdatui.model.phase import Phase
from lambdatui.model.views import PhaseSegment, Span
from lambdatui.telemetry.timeline import KEPT_S, KEPT_SEGMENTS, TimeLine
from tests.unit.telemetry.samples import REQUEST


def spans(line: TimeLine) -> list[tuple[Span, float, float | None]]:
    return [(each.span, each.start_s, each.end_s) for each in line.segments()]


def walk(*phases: Phase) -> TimeLine:
    """An environment that goes through these phases, a second each."""
    line = TimeLine()
    before = None
    for second, phase in enumerate(phases):
        line.enter_phase(before, phase, float(second), None)
        before = phase
    return line


def test_each_phase_ends_where_the_next_begins() -> None:
    assert spans(walk(Phase.PROVISIONING, Phase.INIT, Phase.INVOKE)) == [
        (Span.PROVISION, 0, 1),
        (Span.INIT, 1, 2),
        (Span.INVOKE, 2, None),
    ]


def test_resetting_and_reset_are_one_stretch() -> None:
    assert spans(walk(Phase.INVOKE, Phase.RESETTING, Phase.RESET)) == [(Span.INVOKE, 0, 1), (Span.RESET, 1, None)]


def test_environment_that_ends_between_invokes_shuts_down() -> None:
    assert spans(walk(Phase.READY, Phase.SHUTDOWN, Phase.DEAD)) == [(Span.IDLE, 0, 1), (Span.SHUTDOWN, 1, 2)]


def test_environment_that_ends_in_an_invoke_is_killed() -> None:
    assert spans(walk(Phase.INVOKE, Phase.SHUTDOWN, Phase.DEAD)) == [(Span.INVOKE, 0, 1), (Span.KILLED, 1, 2)]


def test_environment_that_dies_without_shutdown_is_marked_as_killed() -> None:
    assert spans(walk(Phase.READY, Phase.DEAD)) == [(Span.IDLE, 0, 1), (Span.KILLED, 1, 1)]


def test_invoke_knows_its_request() -> None:
    line = TimeLine()
    line.enter_phase(None, Phase.INVOKE, 1.0, REQUEST)
    assert line.segments() == (PhaseSegment(span=Span.INVOKE, start_s=1.0, request_id=REQUEST),)


def test_idle_on_the_way_into_the_freezer_is_not_shown() -> None:
    line = walk(Phase.INVOKE, Phase.READY)
    line.freeze(1.0005)
    assert spans(line) == [(Span.INVOKE, 0, 1), (Span.FROZEN, 1, None)]


def test_idle_that_lasted_before_the_freeze_is_shown() -> None:
    line = walk(Phase.READY)
    line.freeze(3.0)
    assert spans(line) == [(Span.IDLE, 0, 3), (Span.FROZEN, 3, None)]


def test_thawed_environment_goes_straight_to_its_invoke() -> None:
    line = walk(Phase.READY)
    line.freeze(0.0)
    line.thaw(Phase.READY, 5.0)
    line.enter_phase(Phase.READY, Phase.INVOKE, 5.00001, None)
    assert spans(line) == [(Span.FROZEN, 0, 5), (Span.INVOKE, 5, None)]


def test_environment_that_is_only_thawed_idles() -> None:
    line = walk(Phase.READY)
    line.freeze(0.0)
    line.thaw(Phase.READY, 5.0)
    assert spans(line)[-1] == (Span.IDLE, 5, None)


def test_thaw_after_the_next_phase_changes_nothing() -> None:
    line = walk(Phase.READY, Phase.INVOKE)
    line.thaw(Phase.INVOKE, 5.0, REQUEST)
    assert spans(line) == [(Span.IDLE, 0, 1), (Span.INVOKE, 1, None)]


def test_what_ended_a_quarter_of_an_hour_ago_is_forgotten() -> None:
    line = walk(Phase.INIT, Phase.READY)
    line.enter_phase(Phase.READY, Phase.INVOKE, KEPT_S + 1.5, None)
    assert [each.span for each in line.segments()] == [Span.IDLE, Span.INVOKE]


def test_busy_past_is_told_coarsely_and_without_gaps() -> None:
    segments = busy(3000, every_s=0.01).segments()
    assert len(segments) <= KEPT_SEGMENTS
    assert segments[0].start_s == 0.0
    assert all(here.end_s == there.start_s for here, there in itertools.pairwise(segments))


def test_busy_quarter_of_an_hour_stays_short_however_long_it_goes_on() -> None:
    segments = busy(20_000, every_s=0.1).segments()
    assert len(segments) <= KEPT_SEGMENTS
    assert segments[-1].start_s - segments[0].start_s > KEPT_S / 2


def test_short_invokes_are_not_lost_in_a_coarse_stretch() -> None:
    assert {each.span for each in busy(3000, every_s=0.01, share=0.1).segments()[:10]} == {Span.INVOKE}


def test_coarse_stretch_shows_the_longest_of_equals() -> None:
    line = TimeLine()
    for number in range(1000):
        line.enter(Span.IDLE, number * 0.01, None)
        line.enter(Span.FROZEN, number * 0.01 + 0.004, None)
    assert line.segments()[0].span is Span.FROZEN


def test_failure_is_never_lost_in_a_coarse_stretch() -> None:
    line = TimeLine()
    line.enter(Span.INVOKE, 0.0, None)
    line.enter(Span.RESET, 0.2, None)
    line.enter(Span.INIT, 0.21, None)
    for number in range(1000):
        line.enter(Span.FROZEN if number % 2 else Span.INVOKE, 0.5 + number * 0.01, None)
    assert line.segments()[0].span is Span.RESET


def busy(count: int, *, every_s: float, share: float = 0.75) -> TimeLine:
    """Invokes that take this share of the time."""
    line = TimeLine()
    for number in range(count):
        line.enter(Span.INVOKE, number * every_s, None)
        line.enter(Span.FROZEN, (number + share) * every_s, None)
    return line
