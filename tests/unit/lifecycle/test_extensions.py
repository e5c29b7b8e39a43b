"""Extensions beside a runtime, situation by situation: init, invoke, what breaks."""

import json

import pytest

from lambdatui.lifecycle import extension_commands
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import PlatformExtension, PlatformFault
from tests.unit.lifecycle.extension_stage import (
    ExtensionStage,
    warm_internal,
    warm_with,
)
from tests.unit.lifecycle.stage import IDENTITY, caller_gets, init_report, invocation, names, records, report


def test_external_extensions_start_before_the_runtime() -> None:
    stage = ExtensionStage(external=("alpha", "beta"))
    effects = stage.sandbox_ready()
    assert names(effects) == ["phase init", "platform.initStart", "SpawnExtensions", "ArmTimer"]
    (spawned,) = [effect for effect in effects if isinstance(effect, extension_commands.SpawnExtensions)]
    assert spawned.names == ("alpha", "beta")


def test_runtime_starts_when_every_external_extension_is_registered() -> None:
    stage = ExtensionStage(external=("alpha", "beta"))
    stage.sandbox_ready()
    assert names(stage.registers("alpha")) == ["AnswerRegister"]
    assert names(stage.registers("beta")) == ["AnswerRegister", "SpawnRuntime"]


def test_extension_that_never_registers_holds_init_up_until_its_cap() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.at = 10.0
    effects = stage.fires(Timer.INIT)
    assert init_report(effects).status is Status.TIMEOUT
    assert "platform.initRuntimeDone" not in names(effects)


def test_init_ends_when_the_runtime_and_every_extension_wait_for_an_event() -> None:
    stage = ExtensionStage(external=("alpha", "beta"))
    stage.sandbox_ready()
    stage.registers("alpha")
    stage.registers("beta", events=("INVOKE",))
    assert names(stage.calls_next()) == ["platform.initRuntimeDone"]
    assert names(stage.extension_calls_next("beta")) == []
    assert names(stage.extension_calls_next("alpha")) == [
        "platform.extension",
        "platform.extension",
        "platform.initReport",
        "DisarmTimer",
        "phase ready",
        "Freeze",
        "environment.frozen",
        "AnnounceIdle",
    ]


def test_log_says_of_each_extension_which_events_it_gets() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers(events=("SHUTDOWN", "INVOKE", "SHUTDOWN"))
    stage.calls_next()
    (told,) = [each for each in records(stage.extension_calls_next()) if isinstance(each, PlatformExtension)]
    assert told == PlatformExtension(name="alpha", state="Ready", events=("SHUTDOWN", "INVOKE"))


def test_extension_may_be_ready_before_the_runtime() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    stage.extension_calls_next()
    stage.calls_next()
    assert stage.machine.phase is Phase.READY


def test_init_of_an_internal_extension_is_waited_for() -> None:
    stage = ExtensionStage(external=())
    stage.sandbox_ready()
    stage.registers("inner", ("INVOKE",))
    assert names(stage.calls_next()) == ["platform.initRuntimeDone"]
    stage.extension_calls_next("inner")
    assert stage.machine.phase is Phase.READY


def test_eleventh_file_fails_init_before_anything_runs() -> None:
    stage = ExtensionStage(external=tuple(f"ext{number:02}" for number in range(11)))
    effects = stage.sandbox_ready()
    assert "SpawnRuntime" not in names(effects)
    assert (init_report(effects).status, init_report(effects).error_type) == (Status.ERROR, "Extension.LaunchError")
    (failed,) = [each for each in records(effects) if isinstance(each, PlatformExtension) and each.error_type]
    assert (failed.name, failed.state, failed.error_type) == ("ext10", "LaunchError", "TooManyExtensions")


def test_extension_that_cannot_be_executed_fails_init() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    effects = stage.launch_fails()
    assert init_report(effects).error_type == "Extension.LaunchError"
    (failed,) = [each for each in records(effects) if isinstance(each, PlatformExtension)]
    assert (failed.state, failed.error_type) == ("LaunchError", "PermissionDenied")


def test_log_says_why_an_extension_could_not_be_executed_and_what_to_do() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    (fault,) = [each for each in records(stage.launch_fails()) if isinstance(each, PlatformFault)]
    assert fault.message == (
        "Extension alpha could not be started: fork/exec /opt/extensions/alpha: permission denied (chmod +x it)"
    )


def suppressed_init() -> ExtensionStage:
    """An invoke waits for the second init of an environment."""
    stage = warm_with("alpha")
    stage.exits(1)
    stage.fires(Timer.END)
    stage.gone()
    stage.assigned()
    return stage


def test_report_of_an_init_that_an_extension_broke_says_how_much_memory_was_used() -> None:
    assert report(suppressed_init().extension_exits(memory_used_mb=64)).metrics.max_memory_used_mb == 64


def test_report_of_an_init_that_had_no_extension_to_start_says_how_much_memory_was_used() -> None:
    assert report(suppressed_init().launch_fails()).metrics.max_memory_used_mb == 63


def test_extension_that_is_killed_out_of_memory_has_used_all_there_is() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    told = report(stage.extension_exits(exit_code=None, signal=9, memory_used_mb=40, out_of_memory=True))
    assert told.metrics.max_memory_used_mb == IDENTITY.memory_mb


@pytest.mark.parametrize("exit_code", [0, 1])
def test_extension_that_ends_during_init_has_crashed(exit_code: int) -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    effects = stage.extension_exits(exit_code=exit_code)
    assert init_report(effects).error_type == "Extension.Crash"
    assert stage.machine.phase is Phase.RESETTING


def test_extension_that_reported_an_init_error_and_ends_fails_init_with_that() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    assert names(stage.extension_posts_init_error()) == ["AcceptPost"]
    effects = stage.extension_exits(exit_code=1)
    assert init_report(effects).error_type == "Extension.InitError"
    (told,) = [each for each in records(effects) if isinstance(each, PlatformExtension)]
    assert (told.state, told.error_type) == ("InitError", "Alpha.Broken")


def test_first_of_two_reported_errors_counts() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    stage.extension_posts_init_error(error_type="First.One")
    assert names(stage.extension_posts_init_error(error_type="Second.One")) == ["AcceptPost"]
    (told,) = [each for each in records(stage.extension_exits()) if isinstance(each, PlatformExtension)]
    assert told.error_type == "First.One"


def test_suppressed_init_runs_extensions_again_inside_the_invoke() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.extension_exits(exit_code=1)
    stage.gone()
    assert names(stage.assigned()) == ["phase invoke", "platform.initStart", "SpawnExtensions", "ArmTimer"]
    assert stage.generation == 2
    stage.registers()
    stage.calls_next()
    assert names(stage.extension_calls_next()) == [
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "SendInvokeEvent",
        "AnswerNext",
    ]


def test_init_that_fails_twice_gives_the_caller_the_extensions_failure() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.extension_exits(exit_code=1)
    stage.gone()
    stage.assigned()
    effects = stage.extension_exits(exit_code=7)
    assert json.loads(caller_gets(effects).result.payload) == {
        "errorType": "Extension.Crash",
        "errorMessage": "RequestId: req-1 Error: exit status 7",
    }
    assert report(effects).error_type == "Extension.Crash"


# Invoke


def test_invoke_reaches_extensions_and_runtime_at_the_same_moment() -> None:
    stage = warm_with("alpha", "beta")
    assert names(stage.assigned()) == [
        "Thaw",
        "environment.thawed",
        "phase invoke",
        "platform.start",
        "SendInvokeEvent",
        "SendInvokeEvent",
        "AnswerNext",
        "ArmTimer",
    ]


def test_extension_without_invoke_is_not_disturbed_and_not_waited_for() -> None:
    stage = warm_with("alpha", events=("SHUTDOWN",))
    assert "SendInvokeEvent" not in names(stage.assigned())
    stage.responds()
    stage.calls_next()
    assert stage.machine.phase is Phase.READY


def test_invoke_ends_with_the_last_extension_and_its_report_says_what_that_cost() -> None:
    stage = warm_with("alpha", "beta")
    stage.assigned()
    assert names(stage.responds()) == ["AcceptPost", "AnswerCaller"]
    stage.at += 0.1
    assert names(stage.calls_next()) == ["platform.runtimeDone"]
    stage.at += 0.2
    assert names(stage.extension_calls_next("alpha")) == []
    stage.at += 0.05
    told = report(stage.extension_calls_next("beta"))
    (overhead,) = told.spans
    assert (overhead.name, overhead.duration_ms) == ("extensionOverhead", 250.0)
    assert told.metrics.duration_ms == 350.0


def test_environment_freezes_only_when_all_are_done() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.responds()
    assert "Freeze" not in names(stage.calls_next())
    assert "Freeze" in names(stage.extension_calls_next())


def test_extension_that_is_done_before_the_runtime_is_not_waited_for() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.extension_calls_next()
    stage.responds()
    assert "platform.report" in names(stage.calls_next())


def test_report_counts_the_highest_memory_seen_by_anybody() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.responds()
    stage.calls_next(memory_used_mb=40)
    assert report(stage.extension_calls_next(memory_used_mb=55)).metrics.max_memory_used_mb == 55


def test_extension_that_never_finishes_times_the_invoke_out_though_the_caller_was_answered() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.responds()
    stage.calls_next()
    stage.at += 1.0
    effects = stage.fires(Timer.INVOKE)
    assert "AnswerCaller" not in names(effects)
    assert "platform.runtimeDone" not in names(effects)
    assert report(effects).status is Status.TIMEOUT


def test_extension_that_crashes_in_an_invoke_fails_it() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    effects = stage.extension_exits(exit_code=None, signal=11)
    assert json.loads(caller_gets(effects).result.payload) == {
        "errorType": "Extension.Crash",
        "errorMessage": "RequestId: req-1 Error: signal: segmentation fault",
    }
    assert (report(effects).status, report(effects).error_type) == (Status.ERROR, "Extension.Crash")


def test_extension_that_crashes_after_the_response_leaves_the_caller_alone_but_resets() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.responds()
    effects = stage.extension_exits(exit_code=1)
    assert "AnswerCaller" not in names(effects)
    assert report(effects).error_type == "Extension.Crash"
    assert stage.machine.phase is Phase.RESETTING


def test_extension_that_reported_an_exit_error_fails_the_invoke_with_that() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.extension_posts_exit_error()
    assert report(stage.extension_exits(exit_code=1)).error_type == "Extension.ExitError"


def test_runtime_that_ends_after_an_extension_gave_up_ends_of_that() -> None:
    stage = warm_internal()
    stage.assigned()
    stage.extension_posts_exit_error("inner")
    assert caller_gets(stage.exits(1)).result.error_type == "Extension.ExitError"


def test_extension_that_hung_up_misses_its_event_and_is_waited_for() -> None:
    stage = warm_with("alpha")
    stage.extension_hangs_up()
    assert "SendInvokeEvent" not in names(stage.assigned())
    stage.responds()
    assert "phase ready" not in names(stage.calls_next())
    assert "phase ready" in names(stage.extension_calls_next())


def test_extension_that_ends_between_invokes_resets_the_environment() -> None:
    stage = warm_with("alpha")
    stage.extension_exits(exit_code=0)
    assert stage.machine.phase is Phase.RESETTING
