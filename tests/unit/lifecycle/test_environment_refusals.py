"""Calls of a runtime that an environment refuses, and how it goes on after them."""

import pytest

from lambdatui.lifecycle import commands
from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.model.phase import Phase
from tests.unit.lifecycle.stage import (
    Stage,
    caller_gets,
    names,
    report,
    warm,
)


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
