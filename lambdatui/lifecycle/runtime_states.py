"""What a runtime may do, when: the whole answer is the table below.

Rule 1: a move that is not in the table does not exist; made by a runtime it is refused with AWS's error document.
Rule 2: names are those the service prints in its refusals.
"""

from collections.abc import Mapping

from lambdatui.lifecycle.inputs import (
    RuntimeBeganStreaming,
    RuntimeCalledNext,
    RuntimeCalledRestoreNext,
    RuntimeEndedStreaming,
    RuntimeExited,
    RuntimeInput,
    RuntimeLaunchFailed,
    RuntimePostedError,
    RuntimePostedInitError,
    RuntimePostedResponse,
    RuntimePostedRestoreError,
)
from lambdatui.lifecycle.refusals import RuntimeMove, RuntimeState

_S = RuntimeState

RUNTIME: Mapping[RuntimeState, Mapping[type[RuntimeInput], RuntimeState]] = {
    _S.ABSENT: {},
    _S.STARTED: {
        RuntimeCalledNext: _S.READY,
        RuntimeCalledRestoreNext: _S.RESTORE_READY,
        RuntimePostedInitError: _S.INIT_ERROR,
        RuntimeLaunchFailed: _S.ABSENT,
        RuntimeExited: _S.ABSENT,
    },
    _S.INIT_ERROR: {RuntimeExited: _S.ABSENT},
    _S.READY: {RuntimeCalledNext: _S.READY, RuntimeExited: _S.ABSENT},
    _S.RUNNING: {
        # A runtime that asks again without having answered gets the same event again, at once.
        RuntimeCalledNext: _S.RUNNING,
        RuntimePostedResponse: _S.RESPONSE_SENT,
        RuntimePostedError: _S.RESPONSE_SENT,
        RuntimeBeganStreaming: _S.INVOCATION_RESPONSE,
        RuntimeExited: _S.ABSENT,
    },
    _S.RESTORE_READY: {RuntimeExited: _S.ABSENT},
    _S.RESTORING: {
        RuntimeCalledNext: _S.READY,
        RuntimePostedRestoreError: _S.RESTORE_ERROR,
        # Older clients know only this one; the service takes it for the other.
        RuntimePostedInitError: _S.RESTORE_ERROR,
        RuntimeExited: _S.ABSENT,
    },
    _S.INVOCATION_RESPONSE: {RuntimeEndedStreaming: _S.RESPONSE_SENT, RuntimeExited: _S.ABSENT},
    _S.RESPONSE_SENT: {RuntimeCalledNext: _S.READY, RuntimeExited: _S.ABSENT},
    _S.RESTORE_ERROR: {RuntimeExited: _S.ABSENT},
}

MOVES: Mapping[type[RuntimeInput], RuntimeMove] = {
    RuntimeCalledNext: RuntimeMove.NEXT,
    RuntimePostedResponse: RuntimeMove.RESPONSE,
    RuntimeBeganStreaming: RuntimeMove.RESPONSE,
    RuntimePostedError: RuntimeMove.ERROR,
    RuntimePostedInitError: RuntimeMove.INIT_ERROR,
    # The service names the wrong state here, and so do we.
    RuntimeCalledRestoreNext: RuntimeMove.NEXT,
    RuntimePostedRestoreError: RuntimeMove.RESTORE_ERROR,
}
"""The state each call asks for, as a refusal names it."""
