"""SnapStart: the snapshot, its restore before the first invoke, and what becomes of the invoke when that fails."""

from dataclasses import replace

import pytest

from lambdatui.lifecycle import commands
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import InitializationType, Phase, Status
from lambdatui.model.records import EnvironmentPhase, InitStart, Report, RestoreReport, RestoreRuntimeDone
from tests.unit.lifecycle.extension_stage import armed, warm_with
from tests.unit.lifecycle.stage import SNAP_START, Stage, init_report, invocation, names, records, report, snapshot


def refused(effects: commands.Effects) -> commands.RefuseCaller:
    (found,) = [effect for effect in effects if isinstance(effect, commands.RefuseCaller)]
    return found


def restore_report(effects: commands.Effects) -> RestoreReport:
    (found,) = [record for record in records(effects) if isinstance(record, RestoreReport)]
    return found


def test_init_of_a_snapshot_may_take_as_long_as_the_function_but_at_least_130_s() -> None:
    for timeout_s, due_at in ((3.0, 130.0), (300.0, 300.0), (900.0, 900.0)):
        stage = Stage(machine=Environment(replace(SNAP_START, timeout_s=timeout_s)))
        assert armed(stage.sandbox_ready()) == {Timer.INIT: due_at}


def test_init_of_a_snapshot_names_its_type() -> None:
    stage = Stage(machine=Environment(SNAP_START))
    (started,) = [record for record in records(stage.sandbox_ready()) if isinstance(record, InitStart)]
    assert started.initialization_type is InitializationType.SNAP_START


def test_runtime_that_asks_to_be_restored_has_ended_init_and_is_frozen() -> None:
    stage = Stage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    effects = stage.calls_restore_next()
    assert names(effects) == [
        "platform.initRuntimeDone",
        "platform.initReport",
        "DisarmTimer",
        "phase ready",
        "Freeze",
        "environment.frozen",
        "AnnounceIdle",
    ]
    (phase,) = [record for record in records(effects) if isinstance(record, EnvironmentPhase)]
    assert "snapshot" in phase.reason


def test_first_invoke_restores_the_snapshot_before_it_begins() -> None:
    stage = snapshot()
    stage.at = 50.0
    effects = stage.assigned()
    assert names(effects) == [
        "Thaw",
        "environment.thawed",
        "phase invoke",
        "platform.restoreStart",
        "ArmTimer",
        "AnswerRestoreNext",
    ]
    assert armed(effects) == {Timer.RESTORE: 60.0}
    stage.at = 50.5
    effects = stage.calls_next()
    assert names(effects) == [
        "DisarmTimer",
        "platform.restoreRuntimeDone",
        "platform.restoreReport",
        "platform.start",
        "AnswerNext",
        "ArmTimer",
    ]
    assert armed(effects) == {Timer.INVOKE: 53.5}
    assert restore_report(effects).metrics.duration_ms == 500.0


def test_report_has_the_restore_in_place_of_an_init_and_bills_it() -> None:
    stage = snapshot()
    stage.assigned()
    stage.at += 0.5
    stage.calls_next()
    stage.at += 0.1
    stage.responds()
    metrics = report(stage.calls_next()).metrics
    assert (metrics.duration_ms, metrics.restore_duration_ms, metrics.init_duration_ms) == (100.0, 500.0, None)
    assert (metrics.billed_restore_duration_ms, metrics.billed_duration_ms) == (500, 600)


def test_restore_is_billed_in_whole_milliseconds_of_its_own() -> None:
    """As in reports of the service: 149.53 ms after a restore of 163 billed ones are 313."""
    stage = snapshot()
    stage.assigned()
    stage.at += 0.16228
    stage.calls_next()
    stage.at += 0.14953
    stage.responds()
    metrics = report(stage.calls_next()).metrics
    assert (metrics.billed_restore_duration_ms, metrics.billed_duration_ms) == (163, 313)


def test_second_invoke_restores_nothing() -> None:
    stage = snapshot()
    stage.assigned()
    stage.calls_next()
    stage.responds()
    stage.calls_next()
    assert "platform.restoreStart" not in names(stage.assigned(invocation("req-2")))
    stage.responds(request_id="req-2")
    assert report(stage.calls_next()).metrics.restore_duration_ms is None


def test_runtime_without_interest_in_hooks_is_restored_at_once() -> None:
    stage = Stage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    stage.calls_next()
    shown = [name for name in names(stage.assigned()) if name.startswith("platform.")]
    assert shown == [
        "platform.restoreStart",
        "platform.restoreRuntimeDone",
        "platform.restoreReport",
        "platform.start",
    ]


def test_restore_that_takes_too_long_is_an_exception_of_the_service() -> None:
    stage = snapshot()
    stage.assigned()
    stage.at += 10.0
    effects = stage.fires(Timer.RESTORE)
    assert refused(effects).exception == "SnapStartTimeoutException"
    assert (restore_report(effects).status, restore_report(effects).error_type) == (
        Status.TIMEOUT,
        "Runtime.RestoreHookUserTimeout",
    )
    assert stage.machine.phase is Phase.SHUTDOWN


@pytest.mark.parametrize("post", ["posts_restore_error", "posts_init_error"])
def test_hook_that_fails_is_an_exception_of_the_service(post: str) -> None:
    stage = snapshot()
    stage.assigned()
    effects = getattr(stage, post)("Runtime.AfterRestoreError")
    assert names(effects)[0] == "AcceptPost"
    assert refused(effects).exception == "SnapStartException"
    (done,) = [record for record in records(effects) if isinstance(record, RestoreRuntimeDone)]
    assert (done.status, done.error_type) == (Status.ERROR, "Runtime.AfterRestoreError")


def test_invocation_whose_restore_failed_never_began() -> None:
    stage = snapshot()
    stage.assigned()
    effects = stage.exits(65)
    assert "platform.start" not in names(effects)
    assert not [record for record in records(effects) if isinstance(record, Report)]
    assert names(effects)[-3:] == ["phase shutdown", "AnnounceGone", "DestroySandbox"]
    assert "ReleaseInvoke" in names(effects)


def test_stop_during_a_restore_answers_the_caller_as_a_kill() -> None:
    stage = snapshot()
    stage.assigned()
    (answer,) = [effect for effect in stage.stop() if isinstance(effect, commands.AnswerCaller)]
    assert b"signal: killed" in answer.result.payload


def test_snapshot_whose_runtime_died_is_initialised_anew_inside_the_invoke() -> None:
    stage = snapshot()
    stage.exits(signal=9)
    stage.gone()
    assert "platform.initStart" in names(stage.assigned())
    assert names(stage.calls_restore_next()) == ["AnswerRestoreNext"]
    assert names(stage.calls_next()) == [
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "AnswerNext",
    ]


def test_failed_init_of_a_snapshot_is_reported() -> None:
    stage = Stage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    assert (
        init_report(stage.posts_init_error("Runtime.BeforeSnapshotError")).error_type == "Runtime.BeforeSnapshotError"
    )


def test_extensions_get_the_event_after_the_restore() -> None:
    stage = warm_with("alpha", identity=SNAP_START)
    assert "SendInvokeEvent" in names(stage.assigned())
    assert stage.machine.phase is Phase.INVOKE
