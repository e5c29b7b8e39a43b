"""What people order, in every situation an environment can be in: carried out, or refused in words."""

from collections.abc import Callable

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.commands import DestroySandbox, KillProcesses
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.orders import REFUSED
from lambdatui.lifecycle.phases import PHASES
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentOrdered
from tests.unit.lifecycle import test_every_situation as situations
from tests.unit.lifecycle.extension_stage import ExtensionStage, warm_with
from tests.unit.lifecycle.stage import Stage, caller_gets, names, records, report, warm

_EVERY = [(situation, order) for situation in situations.SITUATIONS for order in Order]
_IDS = [f"{situation.__name__}-{order}" for situation, order in _EVERY]

IDLE = (situations.ready, situations.snapshot)
RUNTIME_RUNS = {
    situations.init_of_the_runtime,
    situations.init_waits_for_extensions,
    situations.ready,
    situations.snapshot,
    situations.restoring,
    situations.invoke,
    situations.streaming,
    situations.answered,
    situations.waits_for_extensions,
    situations.suppressed_init_of_the_runtime,
}
PROCESSES_RUN = RUNTIME_RUNS | {situations.init_of_extensions, situations.suppressed_init}
TAKEN_IN = {
    Order.KILL: RUNTIME_RUNS,
    Order.FREEZE: PROCESSES_RUN - set(IDLE),
    Order.THAW: set(IDLE),
    Order.RESET: PROCESSES_RUN,
    Order.RETIRE: PROCESSES_RUN | {
        situations.provisioning, situations.resetting_the_runtime, situations.resetting_extensions,
        situations.resetting_killed, situations.reset,
    },
    Order.DESTROY: set(situations.SITUATIONS) - {situations.dead},
}  # fmt: skip


def give(stage: Stage, order: Order) -> list[str]:
    return names(stage.feed(inputs.OrderGiven(at=stage.at, order=order)))


@pytest.mark.parametrize(("situation", "order"), _EVERY, ids=_IDS)
def test_every_order_in_every_situation_is_carried_out_or_refused_in_words(
    situation: Callable[[], ExtensionStage], order: Order
) -> None:
    stage = situation()
    phase, why = stage.machine.phase, stage.machine.refusal(order)
    assert (why is None) == (situation in TAKEN_IN[order]), why
    if why is not None:
        assert why
        with pytest.raises(IllegalTransition):
            give(stage, order)
        return
    effects = stage.feed(inputs.OrderGiven(at=stage.at, order=order))
    assert records(effects)[0] == EnvironmentOrdered(order=order)
    assert stage.machine.phase in PHASES[phase] | {phase}


@pytest.mark.parametrize(("situation", "order"), _EVERY, ids=_IDS)
def test_an_environment_still_ends_after_any_order(situation: Callable[[], ExtensionStage], order: Order) -> None:
    stage = situation()
    if stage.machine.refusal(order) is None:
        give(stage, order)
    if stage.machine.phase is not Phase.DEAD:
        stage.stop()
        if stage.machine.phase is Phase.PROVISIONING:
            stage.sandbox_ready()
        assert sum(isinstance(effect, DestroySandbox) for effect in stage.effects) == 1
        stage.feed(inputs.SandboxClosed(at=stage.at))
    assert (stage.machine.phase, stage.machine.invoke) == (Phase.DEAD, None)


def test_every_order_has_its_words_for_every_phase_it_is_refused_in() -> None:
    assert set(REFUSED) == set(Order)
    assert all(REFUSED[order][Phase.DEAD] for order in Order)


class TestKill:
    def test_invoke_fails_as_of_a_crash(self) -> None:
        stage = warm()
        stage.assigned()
        assert give(stage, Order.KILL) == ["environment.ordered", "KillRuntime"]
        effects = stage.exits(signal=9)
        assert caller_gets(effects).result.error_type == "Runtime.ExitError"
        assert b"signal: killed" in caller_gets(effects).result.payload
        assert stage.machine.phase is Phase.RESETTING

    def test_frozen_runtime_is_thawed_to_die_and_its_environment_is_reset(self) -> None:
        stage = warm()
        assert give(stage, Order.KILL) == ["environment.ordered", "Thaw", "environment.thawed", "KillRuntime"]
        stage.exits(signal=9)
        stage.gone()
        assert stage.machine.phase is Phase.RESET

    def test_invoke_that_comes_between_the_signal_and_the_end_fails_of_it(self) -> None:
        stage = warm()
        give(stage, Order.KILL)
        stage.assigned()
        assert caller_gets(stage.exits(signal=9)).result.error_type == "Runtime.ExitError"


class TestFreeze:
    def test_invoke_stands_still_and_goes_on_when_thawed(self) -> None:
        stage = warm()
        stage.assigned()
        stage.at += 1.0
        assert give(stage, Order.FREEZE) == ["environment.ordered", "Freeze", "environment.frozen"]
        stage.at += 0.5
        assert give(stage, Order.THAW) == ["environment.ordered", "Thaw", "environment.thawed"]
        stage.at += 0.25
        stage.responds()
        assert report(stage.calls_next()).metrics.duration_ms == pytest.approx(1750.0)

    def test_timeout_goes_on_while_an_invoke_is_frozen(self) -> None:
        stage = warm()
        stage.assigned()
        give(stage, Order.FREEZE)
        stage.at += 3.0
        effects = stage.fires(Timer.INVOKE)
        assert caller_gets(effects).result.error_type == "Sandbox.Timedout"
        assert KillProcesses() in effects

    def test_timeout_of_a_frozen_invoke_thaws_before_extensions_are_told(self) -> None:
        stage = warm_with("alpha")
        stage.assigned()
        give(stage, Order.FREEZE)
        told = names(stage.fires(Timer.INVOKE))
        assert told.index("Thaw") < told.index("TerminateRuntime")

    def test_what_was_on_its_way_ends_the_invoke_and_it_stays_frozen(self) -> None:
        stage = warm()
        stage.assigned()
        stage.responds()
        give(stage, Order.FREEZE)
        effects = names(stage.calls_next())
        assert effects[-3:] == ["phase ready", "environment.frozen", "AnnounceIdle"]
        assert "Freeze" not in effects
        assert "Thaw" in names(stage.assigned())

    def test_init_stands_still_until_its_own_timeout(self) -> None:
        stage = Stage()
        stage.sandbox_ready()
        give(stage, Order.FREEZE)
        stage.fires(Timer.INIT)
        assert stage.machine.phase is Phase.RESETTING

    def test_runtime_that_is_started_after_all_starts_in_a_place_that_runs(self) -> None:
        stage = situations.init_of_extensions()
        give(stage, Order.FREEZE)
        assert names(stage.registers())[-3:] == ["Thaw", "environment.thawed", "SpawnRuntime"]


class TestThaw:
    def test_idle_environment_runs_until_the_end_of_its_next_invoke(self) -> None:
        stage = warm()
        assert give(stage, Order.THAW) == ["environment.ordered", "Thaw", "environment.thawed"]
        assert "Thaw" not in names(stage.assigned())
        stage.responds()
        assert "Freeze" in names(stage.calls_next())

    def test_idle_environment_can_be_frozen_again(self) -> None:
        stage = warm()
        give(stage, Order.THAW)
        assert give(stage, Order.FREEZE) == ["environment.ordered", "Freeze", "environment.frozen"]


class TestReset:
    def test_idle_environment_announces_itself_again_without_a_process(self) -> None:
        stage = warm()
        assert give(stage, Order.RESET) == [
            "environment.ordered",
            "phase resetting",
            "AnnounceBusy",
            "KillProcesses",
        ]
        assert names(stage.gone()) == ["phase reset", "AnnounceIdle"]

    def test_next_invoke_runs_init_again(self) -> None:
        stage = warm()
        give(stage, Order.RESET)
        stage.gone()
        assert "SpawnRuntime" in names(stage.assigned())
        assert stage.generation == 2

    def test_running_invoke_fails_as_of_a_kill(self) -> None:
        stage = warm()
        stage.assigned()
        effects = stage.feed(inputs.OrderGiven(at=stage.at, order=Order.RESET))
        assert caller_gets(effects).result.error_type == "Runtime.ExitError"
        assert [name for name in names(effects) if name.startswith("phase")] == ["phase resetting"]


class TestRetire:
    def test_idle_environment_ends_in_order_at_once(self) -> None:
        stage = warm_with("alpha")
        assert give(stage, Order.RETIRE)[:3] == ["environment.ordered", "phase shutdown", "AnnounceGone"]
        assert names(stage.exits(signal=15)) == ["DisarmTimer", "SendShutdownEvent"]

    def test_running_invoke_comes_to_its_end_first(self) -> None:
        stage = warm()
        stage.assigned()
        assert give(stage, Order.RETIRE) == ["environment.ordered"]
        assert stage.machine.refusal(Order.RETIRE) == "it ends already, as soon as it may: retired by you"
        stage.responds()
        assert names(stage.calls_next())[-1] == "DestroySandbox"


def test_destroying_cuts_an_orderly_end_short() -> None:
    stage = warm_with("alpha")
    give(stage, Order.RETIRE)
    assert give(stage, Order.DESTROY)[-1] == "DestroySandbox"
