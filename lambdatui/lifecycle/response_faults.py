"""What a posted response is worth: an answer to the runtime, and what the caller gets."""

from typing import assert_never

from lambdatui.lifecycle import platform_errors
from lambdatui.lifecycle.inputs import ResponseFault, RuntimeEndedStreaming, RuntimePostedResponse
from lambdatui.lifecycle.refusals import OF_FAULT, Refusal
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult


def judge(happened: RuntimePostedResponse) -> tuple[Refusal | None, InvokeResult]:
    """None as the refusal means that the post is accepted and its bytes reach the caller unchanged."""
    if happened.fault is None:
        return None, InvokeResult(payload=happened.payload, content_type=happened.content_type)
    return OF_FAULT[happened.fault], _faulty(happened.fault, happened.request_id)


def judge_stream(happened: RuntimeEndedStreaming) -> tuple[Refusal | None, InvokeResult]:
    """As ``judge``; a runtime that ends its stream in an error has done so rightly, and the error is the result."""
    if happened.fault is not None:
        return OF_FAULT[happened.fault], _faulty(happened.fault, happened.request_id)
    if happened.error_type is None:
        return None, InvokeResult(payload=happened.payload, content_type=happened.content_type)
    return None, InvokeResult(
        payload=happened.error_payload,
        function_error=platform_errors.UNHANDLED,
        error_type=happened.error_type,
    )


def _faulty(fault: ResponseFault, request_id: RequestId) -> InvokeResult:
    match fault:
        case ResponseFault.TOO_LARGE:
            return platform_errors.response_too_large()
        case ResponseFault.TRUNCATED:
            return platform_errors.response_truncated(request_id)
        case ResponseFault.INVALID_MODE:
            return platform_errors.invalid_response_mode()
        case _:
            assert_never(fault)
