"""The error documents the platform itself writes when no runtime answered. Key order is the service's: type first."""

import json

from lambdatui.lifecycle.refusals import RESPONSE_TOO_LARGE_MESSAGE
from lambdatui.model import error_types
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult

UNHANDLED = "Unhandled"

_SIGNAL_NAMES = {
    1: "hangup",
    2: "interrupt",
    3: "quit",
    4: "illegal instruction",
    5: "trace/breakpoint trap",
    6: "aborted",
    7: "bus error",
    8: "floating point exception",
    9: "killed",
    10: "user defined signal 1",
    11: "segmentation fault",
    12: "user defined signal 2",
    13: "broken pipe",
    14: "alarm clock",
    15: "terminated",
}
"""Signal texts as the service prints them (Go's names, Linux numbers)."""


def exit_reason(*, exit_code: int | None, signal: int | None) -> str:
    """How a runtime's end reads in error documents and logs."""
    if signal is None and not exit_code:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: {end_of_process(exit_code=exit_code, signal=signal)}"


def end_of_process(*, exit_code: int | None, signal: int | None) -> str:
    """As the service prints the end of a process; an extension that ends at all has crashed, even with 0."""
    if signal is not None:
        return f"signal: {_SIGNAL_NAMES.get(signal, f'signal {signal}')}"
    return f"exit status {exit_code}" if exit_code else "exit code 0"


def platform_error(error_type: str, message: str) -> InvokeResult:
    """``message`` without the request id is only used where the service prints none."""
    document = json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":"))
    return InvokeResult(payload=document.encode(), function_error=UNHANDLED, error_type=error_type)


def sandbox_failed(request_id: RequestId, reason: str) -> InvokeResult:
    return platform_error(error_types.SANDBOX_FAILURE, f"RequestId: {request_id} Error: {reason}")


def response_too_large() -> InvokeResult:
    document = {
        "errorMessage": RESPONSE_TOO_LARGE_MESSAGE,
        "errorType": error_types.RESPONSE_SIZE_TOO_LARGE,
    }
    payload = json.dumps(document, separators=(",", ":")).encode()
    return InvokeResult(payload=payload, function_error=UNHANDLED, error_type=error_types.RESPONSE_SIZE_TOO_LARGE)


def response_truncated(request_id: RequestId) -> InvokeResult:
    return platform_error(
        error_types.RUNTIME_TRUNCATED_RESPONSE, f"RequestId: {request_id} Error: Runtime response was truncated"
    )


def invalid_response_mode() -> InvokeResult:
    """The caller gets an empty payload; only the error type tells."""
    return InvokeResult(payload=b"", function_error=UNHANDLED, error_type=error_types.RUNTIME_INVALID_RESPONSE_MODE)
