"""Every phase against everything the engine can tell an environment."""

import itertools

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.phases import HEARD, INPUTS, PHASES, may_be_late
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from tests.unit.lifecycle.stage import Stage, invocation, warm


def stage_in(phase: Phase) -> Stage:
    """A machine in ``phase``, got there as a driver would get it there."""
    if phase is Phase.PROVISIONING:
        return Stage()
    if phase is Phase.INIT:
        stage = Stage()
        stage.sandbox_ready()
        return stage
    stage = warm()
    if phase is Phase.INVOKE:
        stage.assigned()
    if phase in (Phase.RESETTING, Phase.RESET):
        stage.exits(1)
    if phase is Phase.RESET:
        stage.gone()
    if phase in (Phase.SHUTDOWN, Phase.DEAD):
        stage.stop()
    if phase is Phase.DEAD:
        stage.feed(inputs.SandboxClosed(at=stage.at))
    return stage


def an_input(kind: type[inputs.Input], stage: Stage) -> inputs.Input:
    made: dict[type[inputs.Input], inputs.Input] = {
        inputs.SandboxReady: inputs.SandboxReady(at=stage.at),
        inputs.SandboxLost: inputs.SandboxLost(at=stage.at, reason="lost"),
        inputs.SandboxClosed: inputs.SandboxClosed(at=stage.at),
        inputs.InvokeAssigned: inputs.InvokeAssigned(at=stage.at, invocation=invocation("req-9"), epoch_s=0.0),
        inputs.TimerFired: inputs.TimerFired(at=stage.at, timer=Timer.INVOKE, arm_id=0),
        inputs.RetireRequested: inputs.RetireRequested(at=stage.at, reason="code changed"),
        inputs.StopRequested: inputs.StopRequested(at=stage.at, reason="stopped"),
        inputs.ProcessesGone: inputs.ProcessesGone(at=stage.at, generation=stage.generation),
        # The only order that every phase takes which takes any.
        inputs.OrderGiven: inputs.OrderGiven(at=stage.at, order=Order.DESTROY),
    }
    return made[kind]


EVERY = list(itertools.product(Phase, sorted(INPUTS, key=lambda kind: kind.__name__)))


@pytest.mark.parametrize(("phase", "kind"), EVERY)
def test_every_input_in_every_phase_is_heard_dropped_or_our_bug(phase: Phase, kind: type[inputs.Input]) -> None:
    stage = stage_in(phase)
    assert stage.machine.phase is phase
    happened = an_input(kind, stage)
    if kind in HEARD[phase]:
        stage.feed(happened)
        assert stage.machine.phase in PHASES[phase] | {phase}
    elif kind in may_be_late(phase):
        assert stage.feed(happened) == ()
        assert stage.machine.dropped_inputs == 1
    else:
        with pytest.raises(IllegalTransition):
            stage.feed(happened)


def test_every_phase_is_reached_from_another_and_leads_to_the_end() -> None:
    reached = {target for targets in PHASES.values() for target in targets}
    assert reached | {Phase.PROVISIONING} == set(Phase)
    assert all(Phase.SHUTDOWN in PHASES[phase] for phase in Phase if phase not in (Phase.SHUTDOWN, Phase.DEAD))
