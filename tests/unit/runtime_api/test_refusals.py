"""The words of a refusal are part of the contract."""

import pytest

from lambdatui.lifecycle import refusals
from lambdatui.lifecycle.inputs import ResponseFault, Token
from lambdatui.lifecycle.refusals import RuntimeMove, RuntimeState


def test_a_second_response_is_refused_with_the_names_of_both_states() -> None:
    refusal = refusals.invalid_transition(RuntimeState.RESPONSE_SENT, RuntimeMove.RESPONSE)
    assert (refusal.status_code, refusal.error_type) == (403, "InvalidStateTransition")
    assert refusal.message == (
        "State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. "
        "Error: State transition is not allowed"
    )


def test_the_limit_is_named_to_the_byte() -> None:
    assert refusals.RESPONSE_TOO_LARGE.message == "Exceeded maximum allowed payload size (6291556 bytes)."
    assert refusals.RESPONSE_TOO_LARGE.status_code == 413


def test_a_refusal_becomes_the_command_for_its_token() -> None:
    command = refusals.INVALID_REQUEST_ID.of(Token(7))
    assert (command.token, command.status_code, command.error_type, command.message) == (
        7,
        400,
        "InvalidRequestID",
        "Invalid request ID",
    )


@pytest.mark.parametrize("fault", ResponseFault)
def test_every_fault_has_an_answer_for_the_runtime(fault: ResponseFault) -> None:
    assert refusals.OF_FAULT[fault].status_code in {400, 413}
