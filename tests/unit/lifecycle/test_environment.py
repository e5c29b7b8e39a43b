"""One execution environment, situation by situation. Times are integers of seconds: nothing here has a clock."""

import json

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import RuntimeDone
from tests.unit.lifecycle.stage import (
    IDENTITY,
    Stage,
    caller_gets,
    init_report,
    invocation,
    names,
    records,
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
    (thawed,) = [e for e in stage.assigned() if names([e]) == ["environment.thawed"]]
    assert isinstance(thawed, commands.Publish)
    assert thawed.record.frozen_ms == 21_000.0  # type: ignore[attr-defined]


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


def test_timeout_answers_the_caller_reports_and_kills() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.at += 1.0
    assert names(stage.fires(Timer.INVOKE)) == [
        "AnswerCaller",
        "platform.runtimeDone",
        "platform.report",
        "ReleaseInvoke",
        "phase resetting",
        "AnnounceBusy",
        "KillProcesses",
    ]


def test_report_of_a_timeout_has_exactly_the_time_that_was_allowed() -> None:
    stage = warm(init_s=0.08)
    stage.assigned(invocation(timeout_s=5.0))
    stage.at += 5.001182
    effects = stage.fires(Timer.INVOKE)
    (done,) = [record for record in records(effects) if isinstance(record, RuntimeDone)]
    assert done.metrics is not None
    metrics = report(effects).metrics
    assert (done.metrics.duration_ms, metrics.duration_ms, metrics.billed_duration_ms) == (5001.182, 5000.0, 5080)
    assert done.metrics.produced_bytes == 0


def test_timeout_document_is_the_services_own() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.at += 1.0
    payload = caller_gets(stage.fires(Timer.INVOKE)).result.payload
    assert payload == (
        b'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: req-1 Error: Task timed out after 1.00 seconds"}'
    )


def test_after_a_timeout_the_next_invoke_runs_init_inside_its_own_time() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    assert names(stage.gone()) == ["phase reset", "AnnounceIdle"]
    assert names(stage.assigned(invocation("req-2"))) == [
        "phase invoke",
        "platform.initStart",
        "SpawnRuntime",
        "ArmTimer",
    ]


def test_suppressed_init_ends_before_start_and_counts_as_duration() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    stage.gone()
    stage.assigned(invocation("req-2"))
    stage.at += 0.2
    assert names(stage.calls_next()) == [
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "AnswerNext",
    ]
    stage.responds(request_id="req-2")
    stage.at += 0.1
    metrics = report(stage.calls_next()).metrics
    assert (metrics.duration_ms, metrics.init_duration_ms) == (300.0, None)


def test_late_call_of_the_killed_generation_is_dropped_and_counted() -> None:
    stage = warm()
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    assert stage.responds() == ()
    assert stage.machine.dropped_inputs == 1


@pytest.mark.parametrize(
    ("exit_code", "signal", "reason"),
    [
        (0, None, "Runtime exited without providing a reason"),
        (3, None, "Runtime exited with error: exit status 3"),
        (None, 9, "Runtime exited with error: signal: killed"),
        (None, 11, "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_exit_in_the_handler_is_told_in_the_services_words(
    exit_code: int | None, signal: int | None, reason: str
) -> None:
    stage = warm()
    stage.assigned()
    document = json.loads(caller_gets(stage.exits(exit_code, signal)).result.payload)
    assert document == {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: req-1 Error: {reason}"}


def test_exit_after_the_answer_leaves_the_caller_alone_but_fails_the_report() -> None:
    stage = warm()
    stage.assigned()
    stage.responds()
    effects = stage.exits(1)
    assert "AnswerCaller" not in names(effects)
    assert (report(effects).status, report(effects).error_type) == (Status.ERROR, "Runtime.ExitError")


def test_exit_between_invokes_resets_and_takes_the_environment_out_of_placement() -> None:
    stage = warm()
    assert names(stage.exits(signal=9)) == ["phase resetting", "AnnounceBusy", "KillProcesses"]
    assert names(stage.gone()) == ["phase reset", "AnnounceIdle"]


def test_init_error_outside_an_invoke_is_reported_and_tried_again_inside_the_first() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 0.1
    effects = stage.posts_init_error()
    assert names(effects) == [
        "AcceptPost",
        "DisarmTimer",
        "platform.initRuntimeDone",
        "platform.initReport",
        "phase resetting",
        "AnnounceBusy",
        "KillProcesses",
    ]
    assert (init_report(effects).status, init_report(effects).error_type) == (
        Status.ERROR,
        "Runtime.ImportModuleError",
    )


def test_init_that_fails_again_inside_the_invoke_gives_the_caller_its_document() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.posts_init_error()
    stage.gone()
    stage.assigned()
    stage.at += 0.1
    effects = stage.posts_init_error()
    assert caller_gets(effects).result.payload == b'{"errorType":"Runtime.ImportModuleError"}'
    assert [name for name in names(effects) if name.startswith("platform.")] == [
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]


def test_failed_init_twice_reports_its_error_type_and_no_init_duration() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.posts_init_error()
    stage.gone()
    stage.assigned()
    told = report(stage.posts_init_error())
    assert (told.error_type, told.metrics.init_duration_ms) == ("Runtime.ImportModuleError", None)


def test_init_longer_than_ten_seconds_is_cut_off_and_run_again_under_the_function_timeout() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 10.0
    assert init_report(stage.fires(Timer.INIT)).status is Status.TIMEOUT
    stage.gone()
    (armed,) = [e for e in stage.assigned(invocation(timeout_s=30)) if isinstance(e, commands.ArmTimer)]
    assert (armed.timer, armed.due_at) == (Timer.INVOKE, 40.0)


def test_timeout_during_a_suppressed_init_times_the_invoke_out() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 10.0
    stage.fires(Timer.INIT)
    stage.gone()
    stage.assigned(invocation(timeout_s=3))
    stage.at = 13.0
    effects = stage.fires(Timer.INVOKE)
    assert report(effects).status is Status.TIMEOUT
    assert names(effects).count("platform.start") == 1


def test_wrong_request_id_is_refused_before_the_state_is_looked_at() -> None:
    stage = warm()
    (refused, told) = stage.responds(request_id="req-other")
    assert isinstance(refused, commands.RefuseRequest)
    assert (refused.status_code, refused.error_type) == (400, "InvalidRequestID")
    assert names([told]) == ["environment.misbehaved"]


def test_second_answer_to_the_same_event_is_refused_with_the_states_named() -> None:
    stage = warm()
    stage.assigned()
    stage.responds(b'"first"')
    (refused, _) = stage.responds(b'"second"')
    assert isinstance(refused, commands.RefuseRequest)
    assert (refused.status_code, refused.error_type) == (403, "InvalidStateTransition")
    assert refused.message.startswith("State transition from RuntimeResponseSentState to InvocationResponse failed")


def test_next_without_an_answer_gets_the_same_event_again() -> None:
    stage = warm()
    stage.assigned()
    (again,) = stage.calls_next()
    assert isinstance(again, commands.AnswerNext)
    assert again.invocation.request_id == "req-1"


def test_init_error_of_a_runtime_that_waits_for_an_event_is_refused() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.calls_next()
    (refused, _) = stage.posts_init_error()
    assert isinstance(refused, commands.RefuseRequest)
    assert refused.status_code == 403


def test_next_after_an_init_error_is_refused() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.posts_init_error()
    (refused, _) = stage.calls_next()
    assert isinstance(refused, commands.RefuseRequest)
    assert (refused.status_code, refused.error_type) == (403, "InvalidStateTransition")
    assert refused.message == (
        "State transition from InitError to Ready failed for runtime. Error: State transition is not allowed"
    )


def test_runtime_that_runs_again_after_an_init_error_may_ask_for_an_event() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.posts_init_error()
    stage.gone()
    stage.assigned()
    assert "AnswerNext" in names(stage.calls_next())


def init_fails_in_an_invoke(broken: inputs.Input | None = None) -> commands.Effects:
    """A suppressed init that ends in ``broken``, or in an init error at which 61 MB were used."""
    stage = warm()
    stage.assigned()
    stage.exits(1)
    stage.gone()
    stage.assigned(invocation("req-2"))
    return stage.posts_init_error(memory_used_mb=61) if broken is None else stage.feed(broken)


def test_failed_init_is_billed_by_itself_and_no_report_bills_it_again() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 0.3001
    metrics = init_report(stage.posts_init_error()).metrics
    assert (metrics.billed_duration_ms, metrics.memory_size_mb) == (301, IDENTITY.memory_mb)
    stage.gone()
    stage.assigned()
    stage.at += 0.2
    effects = stage.posts_init_error()
    assert init_report(effects).metrics.billed_duration_ms is None
    assert report(effects).metrics.billed_duration_ms == 200


def test_init_that_went_well_is_billed_with_the_first_invoke() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 0.3001
    assert init_report(stage.calls_next()).metrics.billed_duration_ms is None


def test_report_of_an_init_error_says_how_much_memory_was_used() -> None:
    assert report(init_fails_in_an_invoke()).metrics.max_memory_used_mb == 61


@pytest.mark.parametrize(
    "broken",
    [
        inputs.StopRequested(at=1.0, reason="killed by you", memory_used_mb=62),
        inputs.SandboxLost(at=1.0, reason="its init process ended", memory_used_mb=62),
        inputs.RuntimeLaunchFailed(
            at=1.0, generation=2, error_type="Runtime.InvalidEntrypoint", reason="none", memory_used_mb=62
        ),
    ],
    ids=lambda broken: type(broken).__name__,
)
def test_report_says_how_much_memory_was_used_whatever_ended_the_init(broken: inputs.Input) -> None:
    assert report(init_fails_in_an_invoke(broken)).metrics.max_memory_used_mb == 62


@pytest.mark.parametrize(
    ("fault", "status_code", "error_type"),
    [
        (ResponseFault.TOO_LARGE, 413, "Function.ResponseSizeTooLarge"),
        (ResponseFault.TRUNCATED, 400, "Runtime.TruncatedResponse"),
        (ResponseFault.INVALID_MODE, 400, "Runtime.InvalidResponseModeHeader"),
    ],
)
def test_bad_response_is_refused_and_fails_the_invoke_but_keeps_the_environment(
    fault: ResponseFault, status_code: int, error_type: str
) -> None:
    stage = warm()
    stage.assigned()
    effects = stage.responds(fault=fault)
    assert isinstance(effects[0], commands.RefuseRequest)
    assert (effects[0].status_code, caller_gets(effects).result.error_type) == (status_code, error_type)
    assert report(stage.calls_next()).error_type == error_type
    assert stage.machine.phase is Phase.READY


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
