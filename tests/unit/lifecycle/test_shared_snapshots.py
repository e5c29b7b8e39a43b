"""One snapshot for many environments: which environment takes it, which are restored from it, and how long it stays."""

import itertools
from dataclasses import replace

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.placement import Assign, Decision, Placement, Retire, StartEnvironment
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import EnvironmentPhase, InitReport, InitStart, RestoreReport
from tests.unit.lifecycle.extension_stage import warm_with
from tests.unit.lifecycle.stage import SNAP_START, Stage, names, records, report

R1, R2, R3 = RequestId("r1"), RequestId("r2"), RequestId("r3")
E1, E2, E3, E4 = (EnvironmentId(f"e{number}") for number in range(1, 5))


def placement() -> Placement:
    numbers = itertools.count(1)
    place = Placement(mint=lambda: EnvironmentId(f"e{next(numbers)}"), limit=10, limit_reason="Limit")
    place.set_snapshots(True)
    return place


def taken() -> Placement:
    """e1 has the snapshot."""
    place = placement()
    place.take_snapshot()
    place.snapshot_taken(E1)
    return place


def takes(environment_id: EnvironmentId, revision: int = 0) -> StartEnvironment:
    return StartEnvironment(environment_id=environment_id, revision=revision, takes_snapshot=True)


def restored(environment_id: EnvironmentId, revision: int = 0) -> StartEnvironment:
    return StartEnvironment(environment_id=environment_id, revision=revision, restores=E1)


def alone(environment_id: EnvironmentId) -> StartEnvironment:
    return StartEnvironment(environment_id=environment_id, revision=0)


def retired(decisions: list[Decision]) -> list[EnvironmentId]:
    return [each.environment_id for each in decisions if isinstance(each, Retire)]


# Placement


def test_snapshot_is_taken_ahead_once() -> None:
    place = placement()
    assert place.take_snapshot() == [takes(E1)]
    assert place.take_snapshot() == []


def test_function_without_snap_start_takes_none() -> None:
    place = placement()
    place.set_snapshots(False)
    assert place.take_snapshot() == []
    assert place.invoke_arrived(R1) == [alone(E1)]


def test_invokes_wait_for_the_snapshot_and_are_restored_from_it() -> None:
    place = placement()
    assert place.invoke_arrived(R1) == [takes(E1)]
    assert place.invoke_arrived(R2) == []
    assert place.snapshot_taken(E1) == [restored(E2), restored(E3)]
    assert place.environment_idle(E2) == [Assign(environment_id=E2, request_id=R1)]


def test_snapshot_itself_takes_no_invoke() -> None:
    assert taken().invoke_arrived(R1) == [restored(E2)]


def test_snapshot_that_cannot_be_shared_takes_the_first_invoke_and_others_get_their_own() -> None:
    place = placement()
    place.invoke_arrived(R1)
    place.invoke_arrived(R2)
    assert place.environment_idle(E1) == [Assign(environment_id=E1, request_id=R1), alone(E2)]
    assert place.invoke_arrived(R3) == [alone(E3)]


def test_new_code_has_a_snapshot_of_its_own() -> None:
    decisions = taken().code_changed(broken=False)
    assert retired(decisions) == [E1]
    assert decisions[-1] == takes(E2, revision=1)


def test_snapshot_of_older_code_stays_until_what_was_restored_from_it_is_gone() -> None:
    place = taken()
    place.invoke_arrived(R1)
    place.environment_idle(E2)
    assert retired(place.code_changed(broken=False)) == [E2]
    assert retired(place.environment_gone(E2)) == [E1]


def test_snapshot_that_was_taken_of_older_code_meanwhile_is_let_go() -> None:
    place = placement()
    place.take_snapshot()
    place.code_changed(broken=False)
    assert place.snapshot_taken(E1) == []


def test_lost_snapshot_is_taken_anew_for_the_next_invoke() -> None:
    place = taken()
    place.environment_gone(E1)
    assert place.invoke_arrived(R1) == [takes(E2)]


def test_snapshot_whose_process_ended_goes_when_nothing_needs_it() -> None:
    place = taken()
    place.invoke_arrived(R1)
    place.environment_idle(E2)
    assert place.environment_busy(E1) == []
    assert place.environment_idle(E1) == []
    assert E1 in retired(place.environment_gone(E2))


def test_idle_snapshot_never_ends_by_itself() -> None:
    assert taken().next_end_s is None


# The environment that takes it


def waits_in_restore_next(why_alone: str | None) -> tuple[Stage, commands.Effects]:
    stage = Stage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    called = inputs.RuntimeCalledRestoreNext(
        at=stage.at, generation=stage.generation, token=stage.token(), alone=why_alone
    )
    return stage, stage.feed(called)


def words(effects: commands.Effects) -> str:
    (phase,) = [record for record in records(effects) if isinstance(record, EnvironmentPhase)]
    return phase.reason


def test_snapshot_for_others_is_frozen_and_announced() -> None:
    _, effects = waits_in_restore_next("")
    assert names(effects)[-4:] == ["phase ready", "Freeze", "environment.frozen", "AnnounceSnapshot"]
    assert words(effects) == "snapshot for all: others are restored from it"


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (None, "snapshot for one: the next invoke restores it"),
        ("it has 2 threads", "snapshot for one: the next invoke restores it; it has 2 threads"),
    ],
)
def test_snapshot_of_one_environment_is_idle_and_says_why(why: str | None, told: str) -> None:
    _, effects = waits_in_restore_next(why)
    assert names(effects)[-1] == "AnnounceIdle"
    assert words(effects) == told


def test_snapshot_that_its_place_keeps_to_itself_says_why() -> None:
    stage = Stage(machine=Environment(SNAP_START))
    stage.feed(inputs.SandboxReady(at=stage.at, alone="there are no namespaces"))
    token = stage.token()
    effects = stage.feed(inputs.RuntimeCalledRestoreNext(at=stage.at, generation=stage.generation, token=token))
    assert words(effects) == "snapshot for one: the next invoke restores it; there are no namespaces"


def test_environment_with_extensions_keeps_its_snapshot_for_itself() -> None:
    stage = warm_with("alpha", identity=SNAP_START)
    assert stage.machine.phase is Phase.READY
    assert "AnnounceSnapshot" not in names(stage.effects)


# The environment that is restored


def restored_stage() -> Stage:
    stage = Stage(machine=Environment(replace(SNAP_START, restores=True)))
    stage.sandbox_ready()
    stage.at = 5.0
    return stage


def test_restored_environment_has_no_init_and_waits_for_an_invoke() -> None:
    stage = Stage(machine=Environment(replace(SNAP_START, restores=True)))
    assert names(stage.sandbox_ready()) == ["phase ready", "AnnounceIdle"]


def test_its_runtime_is_restored_in_its_first_invoke_and_only_there() -> None:
    stage = restored_stage()
    assert names(stage.assigned()) == ["phase invoke", "platform.restoreStart", "ArmTimer", "RestoreRuntime"]
    stage.at = 5.25
    effects = stage.calls_next()
    (told,) = [record for record in records(effects) if isinstance(record, RestoreReport)]
    assert told.metrics.duration_ms == 250.0
    stage.responds()
    metrics = report(stage.calls_next()).metrics
    assert (metrics.init_duration_ms, metrics.restore_duration_ms) == (None, 250.0)
    assert "RestoreRuntime" not in names(stage.assigned())
    assert not [record for record in records(stage.effects) if isinstance(record, InitStart | InitReport)]


def test_process_that_ends_while_it_is_restored_is_an_exception_of_the_service() -> None:
    stage = restored_stage()
    stage.assigned()
    effects = stage.exits(exit_code=1)
    (told,) = [record for record in records(effects) if isinstance(record, RestoreReport)]
    assert told.status is Status.ERROR
    assert "RefuseCaller" in names(effects)
    assert stage.machine.phase is Phase.SHUTDOWN


def test_restored_environment_that_breaks_starts_its_own_runtime_next_time() -> None:
    stage = restored_stage()
    stage.assigned()
    stage.calls_next()
    stage.exits(exit_code=1)
    stage.gone()
    assert "SpawnRuntime" in names(stage.assigned())
