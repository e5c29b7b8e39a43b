"""The event of an Invoke call: how large it may be, and that it is JSON. The bytes themselves are never changed."""

import json

from lambdatui.api.errors import invalid_content, payload_too_large
from lambdatui.api.jackson import describe
from lambdatui.model import limits
from lambdatui.model.invocation import InvocationType

EMPTY_EVENT = b"{}"
_SMALL_BYTES = 4 * 1024
"""Below this the standard library is done in microseconds; above, pydantic's parser is about ten times faster."""


def _refuse_constant(token: str) -> None:
    raise ValueError(token)


# json.loads accepts NaN and Infinity, which Lambda does not.
_strict = json.JSONDecoder(parse_constant=_refuse_constant)


def limit_bytes(invocation_type: InvocationType) -> int:
    if invocation_type is InvocationType.EVENT:
        return limits.MAX_ASYNC_REQUEST_BYTES
    return limits.MAX_REQUEST_BYTES


def check_size(size_bytes: int, invocation_type: InvocationType) -> None:
    """Raise the 413 that AWS sends for a payload over the limit of its invocation type."""
    limit = limit_bytes(invocation_type)
    if size_bytes > limit:
        raise payload_too_large(limit)


def check_json(payload: bytes) -> None:
    """Raise 400 InvalidRequestContentException, with line and column, unless the payload is JSON in UTF-8."""
    if _is_json(payload):
        return
    message = describe(payload)
    if message is not None:
        raise invalid_content(message)


def _is_json(payload: bytes) -> bool:
    """False may also mean that only the fast parser refuses it: it stops at 200 levels and at lone surrogates."""
    try:
        if len(payload) <= _SMALL_BYTES:
            _strict.decode(payload.decode())
        else:
            from pydantic_core import from_json

            from_json(payload, allow_inf_nan=False)
    except (ValueError, RecursionError):
        return False
    return True
