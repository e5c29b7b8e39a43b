"""Which environment takes which invocation, decided with names and integers."""

import itertools

from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.placement import (
    Assign,
    Decision,
    FailWaiting,
    Hesitate,
    Placement,
    Retire,
    StartEnvironment,
    Throttle,
    TurnAway,
)
from lambdatui.model.ids import EnvironmentId, RequestId

R1, R2, R3 = RequestId("r1"), RequestId("r2"), RequestId("r3")
E1, E2, E3 = EnvironmentId("e1"), EnvironmentId("e2"), EnvironmentId("e3")


def placement(limit: int = 10, life_span: LifeSpan | None = None) -> Placement:
    numbers = itertools.count(1)
    return Placement(
        mint=lambda: EnvironmentId(f"e{next(numbers)}"), limit=limit, limit_reason="Limit", life_span=life_span
    )


def started(environment_id: EnvironmentId, revision: int = 0) -> StartEnvironment:
    return StartEnvironment(environment_id=environment_id, revision=revision)


def assigned(environment_id: EnvironmentId, request_id: RequestId) -> Assign:
    return Assign(environment_id=environment_id, request_id=request_id)


def retired(environment_id: EnvironmentId) -> Retire:
    return Retire(environment_id=environment_id, reason="code changed")


def idle_pair() -> Placement:
    """Two idle environments; e2 became idle last."""
    place = placement()
    place.invoke_arrived(R1)
    place.invoke_arrived(R2)
    for environment_id in (E1, E2):
        place.environment_idle(environment_id)
    for environment_id in (E1, E2):
        place.environment_idle(environment_id)
    return place


def test_first_invoke_starts_an_environment_and_waits_for_it() -> None:
    place = placement()
    assert place.invoke_arrived(R1) == [started(E1)]
    assert place.environment_idle(E1) == [assigned(E1, R1)]


def test_invoke_with_an_idle_environment_takes_it_at_once() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.environment_idle(E1)
    assert place.invoke_arrived(R2) == [assigned(E1, R2)]


def test_the_environment_that_became_idle_last_is_taken_first() -> None:
    assert idle_pair().invoke_arrived(R3) == [assigned(E2, R3)]


def test_invoke_while_all_are_busy_starts_another_environment() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    assert place.invoke_arrived(R2) == [started(E2)]


def test_waiting_invoke_takes_whichever_environment_is_free_first() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.invoke_arrived(R2)
    assert place.environment_idle(E1) == [assigned(E1, R2)]


def test_invoke_over_the_limit_is_throttled_with_the_reason() -> None:
    place = placement(limit=1)
    place.invoke_arrived(R1)
    assert place.invoke_arrived(R2) == [Throttle(request_id=R2, reason="Limit")]


def test_limit_of_zero_throttles_everything() -> None:
    assert placement(limit=0).invoke_arrived(R1) == [Throttle(request_id=R1, reason="Limit")]


def test_finished_invoke_frees_its_concurrency() -> None:
    place = placement(limit=1)
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.environment_idle(E1)
    assert place.invoke_arrived(R2) == [assigned(E1, R2)]


def test_environment_lost_while_an_invoke_waits_is_replaced() -> None:
    place = placement()
    place.invoke_arrived(R1)
    assert place.environment_gone(E1) == [started(E2)]


def test_environment_that_could_not_be_made_fails_its_invoke_instead_of_trying_for_ever() -> None:
    place = placement()
    place.invoke_arrived(R1)
    assert place.environment_gone(E1, "no namespaces") == [FailWaiting(request_id=R1, reason="no namespaces")]


def test_environment_reported_gone_twice_is_replaced_once() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_gone(E1)
    assert place.environment_gone(E1) == []


def test_changed_code_retires_idle_environments_and_makes_one_ready() -> None:
    assert idle_pair().code_changed(broken=False) == [retired(E1), retired(E2), started(E3, 1)]


def test_changed_code_starts_nothing_where_nothing_ran() -> None:
    assert placement().code_changed(broken=False) == []


def test_busy_environment_is_retired_too_and_finishes_by_itself() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    assert place.code_changed(broken=False) == [retired(E1), started(E2, 1)]


def test_invoke_that_waited_for_an_environment_on_old_code_gets_one_on_the_new() -> None:
    place = placement()
    place.invoke_arrived(R1)
    assert place.code_changed(broken=False) == [retired(E1), started(E2, 1)]
    place.environment_gone(E1)
    assert place.environment_idle(E2) == [assigned(E2, R1)]


def test_broken_code_leaves_the_last_good_environments_until_the_next_invoke() -> None:
    place = idle_pair()
    assert place.code_changed(broken=True) == []
    assert place.invoke_arrived(R3) == [retired(E1), retired(E2), started(E3, 1)]


def test_invoke_that_waited_when_broken_code_was_saved_runs_on_the_code_it_was_started_on() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.code_changed(broken=True)
    assert place.environment_idle(E1) == [assigned(E1, R1)]


def test_environment_mending_itself_takes_no_invoke() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.environment_idle(E1)
    place.environment_busy(E1)
    decisions: list[Decision] = place.invoke_arrived(R2)
    assert decisions == []
    assert place.environment_idle(E1) == [assigned(E1, R2)]


def test_retired_environment_that_announces_itself_is_left_alone() -> None:
    place = idle_pair()
    place.code_changed(broken=False)
    assert place.environment_idle(E1) == []


def answered_once(limit: int = 10) -> Placement:
    """One environment that has answered r1 and has not asked for the next event yet."""
    place = placement(limit)
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.environment_answered(E1)
    return place


def test_invoke_right_after_an_answer_waits_a_moment_instead_of_starting_another_environment() -> None:
    place = answered_once()
    assert place.invoke_arrived(R2) == [Hesitate(request_id=R2)]
    assert place.environment_idle(E1) == [assigned(E1, R2)]


def test_environment_that_stays_busy_after_its_answer_is_not_waited_for_long() -> None:
    place = answered_once()
    place.invoke_arrived(R2)
    assert place.hesitation_over(R2) == [started(E2)]


def test_second_invoke_after_one_answer_starts_its_own_environment() -> None:
    place = answered_once()
    place.invoke_arrived(R2)
    assert place.invoke_arrived(R3) == [started(E2)]


def test_invoke_right_after_an_answer_is_not_throttled_at_the_limit() -> None:
    place = answered_once(limit=1)
    assert place.invoke_arrived(R2) == [Hesitate(request_id=R2)]


def test_invoke_at_the_limit_is_throttled_when_the_environment_stays_busy_after_its_answer() -> None:
    place = answered_once(limit=1)
    place.invoke_arrived(R2)
    assert place.hesitation_over(R2) == [Throttle(request_id=R2, reason="Limit")]


def test_hesitation_that_is_over_by_itself_decides_nothing() -> None:
    place = answered_once()
    place.invoke_arrived(R2)
    place.environment_idle(E1)
    assert place.hesitation_over(R2) == []


def test_closing_turns_away_what_waits_and_starts_nothing_for_it() -> None:
    place = placement()
    place.invoke_arrived(R1)
    assert place.close() == [TurnAway(request_id=R1)]
    assert place.environment_gone(E1) == []


def test_invoke_after_closing_is_turned_away() -> None:
    place = placement()
    place.close()
    assert place.invoke_arrived(R1) == [TurnAway(request_id=R1)]


def test_code_changed_after_closing_starts_nothing() -> None:
    place = idle_pair()
    place.close()
    assert place.code_changed(broken=False) == []


def test_invoke_while_the_environment_mends_itself_after_a_timeout_waits_for_it() -> None:
    place = answered_once(limit=1)
    place.environment_busy(E1)
    assert place.invoke_arrived(R2) == []
    assert place.environment_idle(E1) == [assigned(E1, R2)]


def test_environment_that_answered_on_old_code_is_not_waited_for() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.code_changed(broken=False)
    place.environment_answered(E1)
    assert place.invoke_arrived(R2) == []
    assert place.environment_idle(E2) == [assigned(E2, R2)]


def test_retired_environment_that_is_still_busy_counts_as_concurrency() -> None:
    place = placement(limit=1)
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.code_changed(broken=False)
    assert place.invoke_arrived(R2) == [Throttle(request_id=R2, reason="Limit")]


def one_idle(life_span: LifeSpan, at_s: float = 1000.0) -> Placement:
    """e1, idle since ``at_s``, which is also when it was ready."""
    place = placement(life_span=life_span)
    place.invoke_arrived(R1)
    place.environment_idle(E1, at_s)
    place.environment_idle(E1, at_s)
    return place


def test_environment_that_stays_idle_goes_when_its_time_is_over() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=600, max_lifetime_s=None))
    assert place.next_end_s == 1600.0
    assert place.end_idle(1599.0) == []
    assert place.end_idle(1600.0) == [Retire(environment_id=E1, reason="idle for 600 s")]
    assert place.next_end_s is None


def test_invoke_makes_the_idle_time_begin_anew() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=600, max_lifetime_s=None))
    assert place.invoke_arrived(R2) == [assigned(E1, R2)]
    assert place.next_end_s is None
    place.environment_idle(E1, 1500.0)
    assert place.next_end_s == 2100.0


def test_old_environment_goes_even_where_it_is_used() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=600, max_lifetime_s=7200))
    place.invoke_arrived(R2)
    assert place.environment_idle(E1, 8200.0) == [Retire(environment_id=E1, reason="lived for 7200 s")]


def test_invocation_that_waits_for_an_environment_that_is_too_old_gets_another() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=None, max_lifetime_s=7200))
    place.invoke_arrived(R2)
    place.environment_answered(E1)
    place.invoke_arrived(R3)
    assert place.environment_idle(E1, 9000.0) == [Retire(environment_id=E1, reason="lived for 7200 s")]
    assert place.hesitation_over(R3) == [started(E2)]


def test_old_environment_goes_before_it_was_idle_for_long() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=600, max_lifetime_s=100))
    assert place.next_end_s == 1100.0
    assert place.end_idle(1100.0) == [Retire(environment_id=E1, reason="lived for 100 s")]


def test_environment_without_limits_lives_for_ever() -> None:
    place = one_idle(LifeSpan(idle_timeout_s=None, max_lifetime_s=None))
    assert place.next_end_s is None
    assert place.end_idle(1e12) == []


def test_answer_for_an_environment_that_is_gone_moves_nothing() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.environment_idle(E1)
    place.environment_gone(E1)
    place.environment_answered(E1)
    assert place.invoke_arrived(R2) == [started(E2)]
