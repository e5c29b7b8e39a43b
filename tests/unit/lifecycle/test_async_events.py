"""Retries of one asynchronous event, with seconds as integers."""

from dataclasses import replace

from lambdatui.lifecycle.async_events import (
    AGE_EXCEEDED,
    EventState,
    accepted,
    attempt_failed,
    attempt_refused,
    attempt_started,
    attempt_succeeded,
    attempt_throttled,
    recovered,
)
from lambdatui.model.ids import RequestId

R = RequestId("r1")


def test_accepted_event_is_due_at_once() -> None:
    event = accepted(R, 100.0)
    assert (event.state, event.due_s, event.attempts) == (EventState.WAITING, 100.0, 0)


def test_first_failure_waits_one_minute() -> None:
    event = attempt_failed(attempt_started(accepted(R, 0)), "Runtime.ExitError", 5.0)
    assert (event.state, event.due_s) == (EventState.WAITING, 65.0)


def test_second_failure_waits_two_minutes() -> None:
    event = attempt_failed(attempt_started(accepted(R, 0)), None, 0.0)
    event = attempt_failed(attempt_started(event), None, 60.0)
    assert (event.state, event.due_s) == (EventState.WAITING, 180.0)


def test_third_failure_is_the_last() -> None:
    event = accepted(R, 0)
    for _ in range(3):
        event = attempt_failed(attempt_started(event), "Sandbox.Timedout", 0.0)
    assert (event.state, event.attempts, event.error_type) == (EventState.FAILED, 3, "Sandbox.Timedout")


def test_success_after_a_retry_forgets_the_error() -> None:
    event = attempt_failed(attempt_started(accepted(R, 0)), "Runtime.ExitError", 0.0)
    event = attempt_succeeded(attempt_started(event))
    assert (event.state, event.error_type, event.attempts) == (EventState.SUCCEEDED, None, 2)


def test_throttles_wait_longer_each_time_and_use_up_no_attempt() -> None:
    event = accepted(R, 0)
    waits = []
    for _ in range(11):
        event = attempt_throttled(attempt_started(event), "Limit", 0.0)
        waits.append(event.due_s)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert event.attempts == 0


def test_event_that_was_throttled_a_thousand_times_still_waits_the_longest_time() -> None:
    event = replace(accepted(R, 0), throttles=2_000)
    assert attempt_throttled(attempt_started(event), "Limit", 0.0).due_s == 300.0


def test_event_that_would_be_six_hours_old_before_its_next_attempt_is_given_up() -> None:
    event = replace(accepted(R, 100.0), throttles=20)
    kept = attempt_throttled(attempt_started(event), "Limit", 100.0 + 21_600 - 301)
    given_up = attempt_throttled(attempt_started(event), "Limit", 100.0 + 21_600 - 300)
    assert kept.state is EventState.WAITING
    assert (given_up.state, given_up.error_type, given_up.attempts) == (EventState.FAILED, AGE_EXCEEDED, 0)


def test_failure_is_not_retried_where_the_event_is_too_old_by_then() -> None:
    event = attempt_failed(attempt_started(accepted(R, 0.0)), "ValueError", 21_550.0)
    assert (event.state, event.error_type, event.attempts) == (EventState.FAILED, AGE_EXCEEDED, 1)


def test_time_without_an_engine_makes_no_event_older() -> None:
    event = recovered(attempt_failed(attempt_started(accepted(R, 0.0)), "ValueError", 0.0), 90_000.0)
    assert attempt_failed(attempt_started(event), "ValueError", 90_000.0).state is EventState.WAITING


def test_run_that_was_cut_off_by_the_engines_death_runs_again_and_does_not_count() -> None:
    event = recovered(attempt_started(accepted(R, 0)), 50.0)
    assert (event.state, event.due_s, event.attempts) == (EventState.WAITING, 50.0, 0)


def test_waiting_event_keeps_its_due_time_over_a_restart() -> None:
    event = attempt_failed(attempt_started(accepted(R, 0)), None, 0.0)
    assert recovered(event, 10.0).due_s == event.due_s


def test_due_time_of_an_engine_whose_clock_ran_faster_is_brought_back_to_the_longest_wait() -> None:
    assert recovered(accepted(R, 90_000.0), 10.0).due_s == 310.0


def test_event_of_a_function_that_is_gone_fails_without_having_run() -> None:
    event = attempt_refused(attempt_started(accepted(R, 0)), "ResourceNotFoundException")
    assert (event.state, event.attempts) == (EventState.FAILED, 0)
