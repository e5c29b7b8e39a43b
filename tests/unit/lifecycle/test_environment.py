"""One execution environment, situation by situation. Times are integers of seconds: nothing here has a clock."""

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import EnvironmentThawed
from tests.unit.lifecycle.stage import (
    Stage,
    caller_gets,
    invocation,
    names,
    report,
    warm,
)


def test_new_place_starts_the_runtime_under_the_ten_second_cap() -> None:
    stage = Stage()
    effects = stage.sandbox_ready()
    assert names(effects) == ["phase init", "platform.initStart", "SpawnRuntime", "ArmTimer"]
    (armed,) = [effect for effect in effects if isinstance(effect, commands.ArmTimer)]
    assert armed.due_at == 10.0


def test_first_next_ends_init_and_freezes_the_environment() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 0.08
    assert names(stage.calls_next()) == [
        "platform.initRuntimeDone",
        "platform.initReport",
        "DisarmTimer",
        "phase ready",
        "Freeze",
        "environment.frozen",
        "AnnounceIdle",
    ]


def test_invoke_thaws_before_the_event_is_handed_over() -> None:
    stage = warm()
    assert names(stage.assigned()) == [
        "Thaw",
        "environment.thawed",
        "phase invoke",
        "platform.start",
        "AnswerNext",
        "ArmTimer",
    ]


def test_caller_has_its_answer_when_the_runtime_posts_it_and_the_report_comes_with_next() -> None:
    stage = warm()
    stage.assigned()
    assert names(stage.responds()) == ["AcceptPost", "AnswerCaller"]
    assert names(stage.calls_next())[:4] == [
        "platform.runtimeDone",
        "DisarmTimer",
        "platform.report",
        "ReleaseInvoke",
    ]


def test_cold_report_bills_init_and_duration_rounded_up_together() -> None:
    stage = warm(init_s=0.080)
    stage.assigned()
    stage.responds()
    stage.at += 0.13361
    metrics = report(stage.calls_next()).metrics
    assert (metrics.duration_ms, metrics.init_duration_ms, metrics.billed_duration_ms) == (133.61, 80.0, 214)


def test_second_invoke_is_warm_and_its_report_has_no_init_duration() -> None:
    stage = warm()
    stage.assigned()
    stage.responds()
    stage.calls_next()
    stage.assigned(invocation("req-2"))
    stage.responds(request_id="req-2")
    stage.at += 0.0015
    metrics = report(stage.calls_next()).metrics
    assert (metrics.init_duration_ms, metrics.billed_duration_ms) == (None, 2)


def test_frozen_time_is_told_at_the_thaw() -> None:
    stage = warm()
    stage.at += 21.0
    (thawed,) = [effect for effect in stage.assigned() if isinstance(effect, EnvironmentThawed)]
    assert thawed.frozen_ms == 21_000.0


def test_handler_exception_reaches_the_caller_unchanged_and_keeps_the_environment() -> None:
    stage = warm()
    stage.assigned()
    answer = caller_gets(stage.posts_error(b"{broken"))
    assert (answer.result.payload, answer.result.function_error) == (b"{broken", "Unhandled")
    stage.calls_next()
    assert stage.machine.phase is Phase.READY


def test_handler_exception_is_an_error_without_a_platform_error_type_in_the_report() -> None:
    stage = warm()
    stage.assigned()
    stage.posts_error()
    told = report(stage.calls_next())
    assert (told.status, told.error_type) == (Status.ERROR, None)


def test_retired_while_idle_ends_at_once() -> None:
    stage = warm()
    assert names(stage.retire()) == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_retired_while_busy_finishes_its_invoke_first() -> None:
    stage = warm()
    stage.assigned()
    assert stage.retire() == ()
    stage.responds()
    assert names(stage.calls_next())[-3:] == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_retired_before_its_place_exists_starts_no_runtime() -> None:
    stage = Stage()
    stage.retire()
    assert names(stage.sandbox_ready()) == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_retired_while_resetting_never_announces_itself_again() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1))
    stage.fires(Timer.INVOKE)
    stage.retire()
    assert "AnnounceIdle" not in names(stage.gone())


def test_stopped_while_busy_fails_the_invoke_as_a_kill() -> None:
    stage = warm()
    stage.assigned()
    effects = stage.stop()
    assert b"signal: killed" in caller_gets(effects).result.payload
    assert names(effects)[-1] == "DestroySandbox"


def test_lost_place_fails_the_invoke_as_a_sandbox_failure() -> None:
    stage = warm()
    stage.assigned()
    effects = stage.feed(inputs.SandboxLost(at=stage.at, reason="init process killed"))
    assert (report(effects).status, report(effects).error_type) == (Status.FAILURE, "Sandbox.Failure")


def test_closed_place_is_dead_and_hears_nothing_more() -> None:
    stage = warm()
    stage.retire()
    assert names(stage.feed(inputs.SandboxClosed(at=stage.at))) == ["phase dead"]
    assert stage.stop() == ()


def test_two_invokes_at_once_are_our_bug() -> None:
    stage = warm()
    stage.assigned()
    with pytest.raises(IllegalTransition):
        stage.assigned(invocation("req-2"))


def test_timer_of_an_earlier_arming_is_ignored() -> None:
    stage = warm()
    stage.assigned()
    stale = stage.arms[Timer.INVOKE]
    stage.responds()
    stage.calls_next()
    stage.assigned(invocation("req-2"))
    effects = stage.feed(inputs.TimerFired(at=stage.at, timer=Timer.INVOKE, arm_id=stale))
    assert effects == ()


def test_connection_that_hung_up_in_next_does_not_get_the_event() -> None:
    stage = warm()
    stage.calls_next()
    stray = stage.token_count
    stage.feed(inputs.RuntimeHungUp(at=stage.at, generation=1, token=inputs.Token(stray)))
    (answer,) = [effect for effect in stage.assigned() if isinstance(effect, commands.AnswerNext)]
    assert answer.token == stray - 1


def test_event_waits_for_the_next_call_where_everybody_hung_up() -> None:
    stage = warm()
    stage.feed(inputs.RuntimeHungUp(at=stage.at, generation=1, token=inputs.Token(stage.token_count)))
    assert "AnswerNext" not in names(stage.assigned())
    assert names(stage.calls_next()) == ["AnswerNext"]


def test_call_of_a_generation_that_is_dead_is_dropped_after_the_next_one_started() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    stage.gone()
    stage.assigned(invocation("req-2"))
    late = inputs.RuntimeCalledNext(at=stage.at, generation=1, token=stage.token())
    assert stage.feed(late) == ()


def test_environment_that_is_stopped_leaves_no_timer_armed() -> None:
    stage = warm()
    stage.assigned()
    assert "DisarmTimer" in names(stage.stop())
    stage = Stage()
    stage.sandbox_ready()
    assert "DisarmTimer" in names(stage.stop())
