"""An environment whose runtime takes too long, ends or cannot begin: what the caller gets, and what is billed."""

import json

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Status
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
