"""What a posted response is worth: an answer to the runtime, and what the caller gets."""

from typing import assert_never

from lambdatui.lifecycle import platform_errors
from lambdatui.lifecycle.inputs import ResponseFault, RuntimePostedResponse
from lambdatui.lifecycle.refusals import OF_FAULT, Refusal
from lambdatui.model.invocation import InvokeResult


def judge(happened: RuntimePostedResponse) -> tuple[Refusal | None, InvokeResult]:
    """None as the refusal means that the post is accepted and its bytes reach the caller unchanged."""
    match happened.fault:
        case None:
            return None, InvokeResult(payload=happened.payload, content_type=happened.content_type)
        case ResponseFault.TOO_LARGE:
            result = platform_errors.response_too_large()
        case ResponseFault.TRUNCATED:
            result = platform_errors.response_truncated(happened.request_id)
        case ResponseFault.INVALID_MODE:
            result = platform_errors.invalid_response_mode()
        case _:
            assert_never(happened.fault)
    return OF_FAULT[happened.fault], result
