"""Every state of a runtime against every call it can make: a table entry, or AWS's refusal."""

import itertools

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.model.ids import RequestId
from tests.unit.lifecycle.stage import Stage, warm

REACHABLE = (
    RuntimeState.STARTED,
    RuntimeState.INIT_ERROR,
    RuntimeState.READY,
    RuntimeState.RUNNING,
    RuntimeState.RESPONSE_SENT,
)
CALLS = tuple(MOVES)


def stage_in(state: RuntimeState) -> Stage:
    """A machine whose runtime is in ``state``."""
    if state is RuntimeState.STARTED:
        stage = Stage()
        stage.sandbox_ready()
        return stage
    stage = warm()
    if state in (RuntimeState.RUNNING, RuntimeState.RESPONSE_SENT):
        stage.assigned()
    if state is RuntimeState.RESPONSE_SENT:
        stage.responds()
    if state is RuntimeState.INIT_ERROR:
        # An init error resets the environment at once; the state can only be looked at from inside.
        stage.machine.runtime = RuntimeState.INIT_ERROR
    return stage


def call(kind: type[inputs.RuntimeInput], stage: Stage) -> inputs.RuntimeInput:
    request_id = RequestId("req-1")
    common = {"at": stage.at, "generation": stage.generation}
    if kind is inputs.RuntimeCalledNext:
        return inputs.RuntimeCalledNext(**common, token=Token(99))  # type: ignore[arg-type]
    if kind is inputs.RuntimePostedResponse:
        return inputs.RuntimePostedResponse(**common, token=Token(99), request_id=request_id, payload=b"1")  # type: ignore[arg-type]
    if kind is inputs.RuntimePostedError:
        return inputs.RuntimePostedError(
            **common,  # type: ignore[arg-type]
            token=Token(99),
            request_id=request_id,
            payload=b"{}",
            error_type="Runtime.Unknown",
        )
    return inputs.RuntimePostedInitError(**common, token=Token(99), payload=b"{}", error_type="Runtime.X")  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(REACHABLE, CALLS)))
def test_every_call_in_every_state_is_allowed_by_the_table_or_refused(
    state: RuntimeState, kind: type[inputs.RuntimeInput]
) -> None:
    stage = stage_in(state)
    effects = stage.feed(call(kind, stage))
    refused = [effect for effect in effects if isinstance(effect, commands.RefuseRequest)]
    assert bool(refused) is (kind not in RUNTIME[state])


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(REACHABLE, CALLS)))
def test_refused_call_changes_nothing(state: RuntimeState, kind: type[inputs.RuntimeInput]) -> None:
    stage = stage_in(state)
    before = (stage.machine.phase, stage.machine.runtime, stage.machine.invoke)
    effects = stage.feed(call(kind, stage))
    if any(isinstance(effect, commands.RefuseRequest) for effect in effects):
        assert (stage.machine.phase, stage.machine.runtime, stage.machine.invoke) == before
    else:
        assert kind in RUNTIME[state]


def test_every_state_is_reached_and_every_living_one_can_end() -> None:
    reached = {target for moves in RUNTIME.values() for target in moves.values()} | {RuntimeState.STARTED}
    assert set(REACHABLE) | {RuntimeState.ABSENT} <= reached | {RuntimeState.RUNNING}
    assert all(inputs.RuntimeExited in RUNTIME[state] for state in REACHABLE)
