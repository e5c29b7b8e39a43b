"""What the Runtime API answers to a move it does not allow: status, error type and message, as AWS words them.

Pure texts. The environment machine decides which move is refused; runtime_api puts the answer on the wire.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdatui.lifecycle.commands import RefuseRequest
from lambdatui.lifecycle.inputs import ResponseFault, Token
from lambdatui.model import limits


class RuntimeState(StrEnum):
    """Names of a runtime's states as AWS prints them in a refusal; two of them do end in ``State``."""

    ABSENT = "Absent"
    """Ours: no runtime process; nobody is there to be refused."""
    STARTED = "Started"
    INIT_ERROR = "InitError"
    READY = "Ready"
    RUNNING = "Running"
    RESTORE_READY = "RestoreReady"
    RESTORING = "Restoring"
    INVOCATION_RESPONSE = "InvocationResponse"
    INVOCATION_ERROR_RESPONSE = "InvocationErrorResponse"
    RESPONSE_SENT = "RuntimeResponseSentState"
    RESTORE_ERROR = "RuntimeRestoreErrorState"


class RuntimeMove(StrEnum):
    """The state that each request of a runtime asks for; the second name in a refusal of that request."""

    NEXT = RuntimeState.READY
    RESPONSE = RuntimeState.INVOCATION_RESPONSE
    ERROR = RuntimeState.INVOCATION_ERROR_RESPONSE
    INIT_ERROR = RuntimeState.INIT_ERROR
    RESTORE_ERROR = RuntimeState.RESTORE_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One error document on its way to a runtime."""

    status_code: int
    error_type: str
    message: str

    def of(self, token: Token) -> RefuseRequest:
        """The command that answers the request behind ``token`` with this refusal."""
        return RefuseRequest(
            token=token, status_code=self.status_code, error_type=self.error_type, message=self.message
        )


def invalid_transition(state: RuntimeState, move: RuntimeMove) -> Refusal:
    """403 for a request that the runtime's state does not allow."""
    return Refusal(
        status_code=403,
        error_type="InvalidStateTransition",
        message=f"State transition from {state} to {move} failed for runtime. Error: State transition is not allowed",
    )


INVALID_REQUEST_ID = Refusal(status_code=400, error_type="InvalidRequestID", message="Invalid request ID")
"""The id in the path is not the current invocation's, or there is none. Judged before the state."""

INVALID_INVOCATION_ID = Refusal(status_code=400, error_type="InvalidInvocationId", message="Invalid invocation ID")
"""A ``Lambda-Runtime-Invocation-Id`` came back that is not this attempt's; the wording of the message is ours."""

RESPONSE_TOO_LARGE = Refusal(
    status_code=413,
    error_type="RequestEntityTooLarge",
    message=f"Exceeded maximum allowed payload size ({limits.MAX_RESPONSE_BYTES} bytes).",
)
TRUNCATED_REQUEST = Refusal(
    status_code=400, error_type="TruncatedHTTPRequest", message="HTTP request detected as truncated"
)
INVALID_RESPONSE_MODE = Refusal(
    status_code=400, error_type="InvalidFunctionResponseMode", message="Invalid function response mode"
)

OF_FAULT = {
    ResponseFault.TOO_LARGE: RESPONSE_TOO_LARGE,
    ResponseFault.TRUNCATED: TRUNCATED_REQUEST,
    ResponseFault.INVALID_MODE: INVALID_RESPONSE_MODE,
}
"""What the runtime is told about a response that is not delivered as it is."""

RESPONSE_TOO_LARGE_MESSAGE = (
    f"Response payload size exceeded maximum allowed payload size ({limits.MAX_RESPONSE_BYTES} bytes)."
)
"""``errorMessage`` of the document that the *caller* gets for a response over the limit."""
