"""How an environment ends, and how it is reset: who is asked, in which order, with which reason, and who is killed."""

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Phase
from tests.unit.lifecycle.extension_stage import (
    ExtensionStage,
    armed,
    refusal,
    shutdown_events,
    warm_internal,
    warm_with,
)
from tests.unit.lifecycle.stage import invocation, names, report, warm


def test_without_extensions_everything_is_killed_at_once() -> None:
    assert names(warm().retire()) == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_runtime_is_asked_first_and_has_thirty_percent_of_two_seconds() -> None:
    stage = warm_with("alpha")
    stage.at = 100.0
    effects = stage.retire()
    assert names(effects) == [
        "phase shutdown",
        "AnnounceGone",
        "Thaw",
        "environment.thawed",
        "ArmTimer",
        "ArmTimer",
        "TerminateRuntime",
    ]
    assert armed(effects) == {Timer.END: 102.0, Timer.RUNTIME_END: pytest.approx(100.6)}


def test_extensions_hear_of_the_end_when_the_runtime_is_gone() -> None:
    stage = warm_with("alpha", "beta")
    stage.at = 100.0
    stage.retire()
    stage.at = 100.2
    effects = stage.exits(signal=15)
    assert names(effects) == ["DisarmTimer", "SendShutdownEvent", "SendShutdownEvent"]
    assert {(event.reason, event.deadline_at) for event in shutdown_events(effects)} == {("spindown", 102.0)}


def test_environment_ends_with_the_last_extension() -> None:
    stage = warm_with("alpha", "beta")
    stage.retire()
    stage.exits(signal=15)
    assert names(stage.extension_exits("alpha")) == []
    assert names(stage.extension_exits("beta")) == ["DisarmTimer", "DestroySandbox"]


def test_extension_without_shutdown_is_killed_when_the_runtime_is_gone() -> None:
    stage = warm_with("alpha", events=("INVOKE",))
    stage.retire()
    assert names(stage.exits(signal=15)) == ["DisarmTimer", "KillExtension"]
    assert names(stage.extension_exits(signal=9, exit_code=None)) == ["DisarmTimer", "DestroySandbox"]


def test_runtime_that_ignores_its_signal_is_killed_after_its_share() -> None:
    stage = warm_with("alpha")
    stage.retire()
    assert names(stage.fires(Timer.RUNTIME_END)) == ["KillRuntime"]
    assert names(stage.exits(signal=9)) == ["SendShutdownEvent"]


def test_who_lives_at_the_deadline_is_killed() -> None:
    stage = warm_with("alpha")
    stage.retire()
    stage.exits(signal=15)
    assert names(stage.fires(Timer.END)) == ["DestroySandbox"]


def test_who_lives_at_the_deadline_is_killed_even_where_the_runtime_still_does() -> None:
    stage = warm_with("alpha")
    stage.retire()
    stage.fires(Timer.RUNTIME_END)
    assert names(stage.fires(Timer.END)) == ["DestroySandbox"]


def test_internal_extensions_give_the_runtime_half_a_second_and_no_event() -> None:
    stage = warm_internal()
    stage.at = 100.0
    effects = stage.retire()
    assert armed(effects) == {Timer.END: 100.5}
    assert names(effects)[-1] == "TerminateRuntime"
    assert names(stage.exits(0)) == ["DisarmTimer", "DestroySandbox"]


def test_extension_that_is_busy_hears_of_the_end_when_it_asks() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    assert shutdown_events(stage.exits(signal=15)) == []
    (event,) = shutdown_events(stage.extension_calls_next())
    assert event.reason == "timeout"


def test_extension_hears_of_the_end_once() -> None:
    stage = warm_with("alpha")
    stage.retire()
    stage.exits(signal=15)
    assert shutdown_events(stage.extension_calls_next()) == []


def test_timeout_resets_in_the_same_order_with_its_own_reason() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.extension_calls_next()
    stage.at += 1.0
    effects = stage.fires(Timer.INVOKE)
    assert names(effects) == [
        "AnswerCaller",
        "platform.runtimeDone",
        "platform.report",
        "ReleaseInvoke",
        "phase resetting",
        "AnnounceBusy",
        "ArmTimer",
        "ArmTimer",
        "TerminateRuntime",
    ]
    (event,) = shutdown_events(stage.exits(signal=15))
    assert event.reason == "timeout"
    assert names(stage.extension_exits()) == ["DisarmTimer", "KillProcesses"]
    assert names(stage.gone()) == ["phase reset", "AnnounceIdle"]


def test_runtime_that_ended_by_itself_is_not_asked_and_the_reason_is_failure() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.extension_calls_next()
    effects = stage.exits(1)
    assert "TerminateRuntime" not in names(effects)
    (event,) = shutdown_events(effects)
    assert event.reason == "failure"


def test_extension_that_crashed_is_not_waited_for() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.extension_exits(exit_code=1)
    assert names(stage.exits(signal=15))[-1] == "KillProcesses"


def test_after_a_reset_the_next_invoke_starts_every_extension_anew() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    stage.fires(Timer.END)
    stage.gone()
    assert "SpawnExtensions" in names(stage.assigned(invocation("req-2")))
    assert names(stage.registers()) == ["AnswerRegister", "SpawnRuntime"]


def test_runtime_that_answers_too_late_is_refused_while_it_is_asked_to_end() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    assert refusal(stage.responds()).error_type == "InvalidRequestID"


def test_runtime_that_asks_for_an_event_while_it_is_asked_to_end_gets_none() -> None:
    stage = warm_with("alpha")
    stage.retire()
    assert stage.calls_next() == ()


def test_retired_during_init_ends_in_order() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    effects = stage.retire()
    assert names(effects)[-1] == "TerminateRuntime"
    stage.exits(signal=15)
    assert shutdown_events(stage.extension_calls_next())[0].reason == "spindown"


def test_retired_while_busy_finishes_its_invoke_first() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    stage.retire()
    stage.responds()
    stage.calls_next()
    effects = stage.extension_calls_next()
    assert "platform.report" in names(effects)
    assert names(effects)[-1] == "TerminateRuntime"
    assert "Thaw" not in names(effects)


def test_stop_kills_at_once_whatever_extensions_there_are() -> None:
    assert names(warm_with("alpha").stop()) == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_orderly_stop_fails_the_invoke_and_tells_extensions_so() -> None:
    stage = warm_with("alpha")
    stage.assigned()
    effects = stage.feed(inputs.StopRequested(at=stage.at, reason="the engine stops", orderly=True))
    assert report(effects).error_type == "Runtime.ExitError"
    assert names(effects)[-1] == "TerminateRuntime"
    stage.exits(signal=15)
    assert shutdown_events(stage.extension_calls_next())[0].reason == "failure"


def test_stop_cuts_an_orderly_end_short() -> None:
    stage = warm_with("alpha")
    stage.retire()
    assert names(stage.stop()) == ["DisarmTimer", "DisarmTimer", "DestroySandbox"]
    assert stage.stop() == ()


def test_stop_cuts_an_orderly_reset_short() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    effects = stage.stop()
    assert "KillProcesses" not in names(effects)
    assert names(effects)[-1] == "DestroySandbox"


def test_orderly_stop_while_processes_are_being_killed_asks_nobody() -> None:
    stage = warm_with("alpha")
    stage.assigned(invocation(timeout_s=1.0))
    stage.fires(Timer.INVOKE)
    stage.fires(Timer.END)
    effects = stage.feed(inputs.StopRequested(at=stage.at, reason="the engine stops", orderly=True))
    assert names(effects) == ["phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_lost_place_ends_at_once() -> None:
    stage = warm_with("alpha")
    stage.retire()
    assert names(stage.feed(inputs.SandboxLost(at=stage.at, reason="gone")))[-1] == "DestroySandbox"


def test_closed_place_is_dead() -> None:
    stage = warm_with("alpha")
    stage.retire()
    stage.fires(Timer.END)
    stage.feed(inputs.SandboxClosed(at=stage.at))
    assert stage.machine.phase is Phase.DEAD
