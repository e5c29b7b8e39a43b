"""Every state of a runtime against every call it can make: a table entry, or AWS's refusal."""

import itertools

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.model.ids import RequestId
from tests.unit.lifecycle.stage import Stage, snapshot, warm

REACHABLE = (
    RuntimeState.STARTED,
    RuntimeState.INIT_ERROR,
    RuntimeState.READY,
    RuntimeState.RUNNING,
    RuntimeState.RESTORE_READY,
    RuntimeState.RESTORING,
    RuntimeState.INVOCATION_RESPONSE,
    RuntimeState.RESPONSE_SENT,
    RuntimeState.RESTORE_ERROR,
)
CALLS = tuple(MOVES)


def stage_in(state: RuntimeState) -> Stage:
    """A machine whose runtime is in ``state``."""
    if state is RuntimeState.STARTED:
        stage = Stage()
        stage.sandbox_ready()
        return stage
    if state in (RuntimeState.RESTORE_READY, RuntimeState.RESTORING):
        stage = snapshot()
        if state is RuntimeState.RESTORING:
            stage.assigned()
        return stage
    stage = warm()
    if state in (RuntimeState.RUNNING, RuntimeState.RESPONSE_SENT, RuntimeState.INVOCATION_RESPONSE):
        stage.assigned()
    if state is RuntimeState.RESPONSE_SENT:
        stage.responds()
    if state is RuntimeState.INVOCATION_RESPONSE:
        stage.begins_streaming()
    if state in (RuntimeState.INIT_ERROR, RuntimeState.RESTORE_ERROR):
        # These errors end the environment's processes at once; the state can only be looked at from inside.
        stage.machine._facts.runtime.state = state
    return stage


def call(kind: type[inputs.RuntimeInput], stage: Stage) -> inputs.RuntimeInput:
    at, generation, token, request_id = stage.at, stage.generation, Token(99), RequestId("req-1")
    made: dict[type[inputs.RuntimeInput], inputs.RuntimeInput] = {
        inputs.RuntimeCalledNext: inputs.RuntimeCalledNext(at=at, generation=generation, token=token),
        inputs.RuntimeCalledRestoreNext: inputs.RuntimeCalledRestoreNext(at=at, generation=generation, token=token),
        inputs.RuntimePostedResponse: inputs.RuntimePostedResponse(
            at=at, generation=generation, token=token, request_id=request_id, payload=b"1"
        ),
        inputs.RuntimeBeganStreaming: inputs.RuntimeBeganStreaming(
            at=at, generation=generation, token=token, request_id=request_id, content_type="text/plain"
        ),
        inputs.RuntimePostedError: inputs.RuntimePostedError(
            at=at,
            generation=generation,
            token=token,
            request_id=request_id,
            payload=b"{}",
            error_type="Runtime.Unknown",
        ),
        inputs.RuntimePostedInitError: inputs.RuntimePostedInitError(
            at=at, generation=generation, token=token, payload=b"{}", error_type="Runtime.X"
        ),
        inputs.RuntimePostedRestoreError: inputs.RuntimePostedRestoreError(
            at=at, generation=generation, token=token, payload=b"{}", error_type="Runtime.X"
        ),
    }
    return made[kind]


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
    assert set(REACHABLE) | {RuntimeState.ABSENT} <= reached | {RuntimeState.RUNNING, RuntimeState.RESTORING}
    assert all(inputs.RuntimeExited in RUNTIME[state] for state in REACHABLE)
