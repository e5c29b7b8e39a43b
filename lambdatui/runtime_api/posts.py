"""What a runtime posts, judged as far as that needs no state: faults, error types, bodies with an X-Ray cause. Pure."""

import base64
import binascii
import json
import re
from typing import NamedTuple, NoReturn

from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.model import error_types
from lambdatui.model.error_cause import ErrorCause
from lambdatui.net.request import Request
from lambdatui.runtime_api.answers import go_json
from lambdatui.runtime_api.error_causes import error_cause

ERROR_TYPE_HEADER = b"lambda-runtime-function-error-type"
CAUSE_HEADER = b"lambda-runtime-function-xray-error-cause"
RESPONSE_MODE_HEADER = b"lambda-runtime-function-response-mode"
SNAPSHOT_ALONE_HEADER = b"lambdatui-snapshot-alone"
PEAK_MEMORY_HEADER = b"lambdatui-peak-memory"
STREAMING = "streaming"
_ERROR_BODY_TRAILER = b"lambda-runtime-function-error-body"
_WITH_CAUSE = "application/vnd.aws.lambda.error.cause+json"
_JSON = "application/json"
_OPAQUE = "application/octet-stream"
_INVALID_ERROR_BODY = b'"Invalid error body"'
_KNOWN_ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")


class PostedError(NamedTuple):
    """An error on its way to the caller; ``error_type`` and ``cause`` feed telemetry only."""

    payload: bytes
    content_type: str
    error_type: str
    cause: ErrorCause | None = None


def response_fault(request: Request) -> ResponseFault | None:
    """Why a response is not delivered as it is. The mode comes first, as it is judged before a body is read."""
    if request.header(RESPONSE_MODE_HEADER) not in ("", STREAMING):
        return ResponseFault.INVALID_MODE
    return body_fault(request)


def body_fault(request: Request) -> ResponseFault | None:
    if request.truncated:
        return ResponseFault.TRUNCATED
    return ResponseFault.TOO_LARGE if request.body_too_large else None


def snapshot_alone(request: Request) -> str | None:
    """Why a snapshot is for one environment only, as our own Python runtime tells it; empty where it is for all."""
    said = request.header(SNAPSHOT_ALONE_HEADER)
    return None if not said else "" if said == "no" else said


def has_same_peak_memory(request: Request) -> bool:
    """Whether our own Python runtime tells that it has needed no more memory than at its answer before."""
    return request.headers.get(PEAK_MEMORY_HEADER) == b"same"


def content_type(request: Request) -> str:
    return request.header(b"content-type") or _JSON


def stream_content_type(request: Request) -> str:
    return request.header(b"content-type") or _OPAQUE


def normalised_error_type(claimed: str) -> str:
    """Types of a known form are kept; the form may stand anywhere in the value, as in the service."""
    if _KNOWN_ERROR_TYPE.search(claimed):
        return claimed
    return error_types.FUNCTION_UNKNOWN if claimed.startswith("Function.") else error_types.RUNTIME_UNKNOWN


def invocation_error(request: Request) -> PostedError:
    """The body of ``/error`` reaches the caller unchanged, unless its type says that it carries a cause for X-Ray."""
    error_type = normalised_error_type(request.header(ERROR_TYPE_HEADER))
    if request.header(b"content-type") != _WITH_CAUSE:
        given = request.headers.get(CAUSE_HEADER)
        cause = None if given is None else error_cause(given)
        return PostedError(request.body, content_type(request), error_type, cause)
    parts = _parts_of_error(request.body)
    if parts is None:
        return PostedError(_INVALID_ERROR_BODY, _OPAQUE, error_type)
    return PostedError(parts.document, _JSON, error_type, error_cause(parts.cause))


def init_error(request: Request) -> PostedError:
    """The body of ``/init/error`` with the content type that it deserves, whatever the runtime called it."""
    error_type = normalised_error_type(request.header(ERROR_TYPE_HEADER))
    return PostedError(request.body, _JSON if _is_json(request.body) else _OPAQUE, error_type)


def stream_error(request: Request) -> PostedError | None:
    """A streamed response that ended in an error says so in its trailers, the error itself in base64.

    A streaming caller gets both, the bytes and then the error. A buffered one has room for one of them: the error, as
    with any function that fails half-way.
    """
    claimed = request.trailers.get(ERROR_TYPE_HEADER)
    if not claimed:
        return None
    try:
        payload = base64.b64decode(request.trailers.get(_ERROR_BODY_TRAILER, b""), validate=True)
    except binascii.Error:
        return PostedError(_INVALID_ERROR_BODY, _OPAQUE, error_types.RUNTIME_UNKNOWN)
    return PostedError(payload, _JSON, normalised_error_type(claimed.decode("utf-8", "replace")))


class _PartsOfError(NamedTuple):
    document: bytes
    """The three keys that callers know."""
    cause: object


def _parts_of_error(body: bytes) -> _PartsOfError | None:
    """None when the body is not what its content type promises."""
    try:
        document = _parse(body)
    except ValueError:
        return None
    if document is None:
        document = {}
    if not isinstance(document, dict):
        return None
    fields = {key.lower(): value for key, value in document.items() if value is not None}
    message, kind = fields.get("errormessage", ""), fields.get("errortype", "")
    trace = fields.get("stacktrace", [])
    if not (isinstance(message, str) and isinstance(kind, str) and _is_list_of_texts(trace)):
        return None
    kept: dict[str, object] = {"errorMessage": message, "errorType": kind}
    if trace:
        kept["stackTrace"] = ["" if line is None else line for line in trace]
    return _PartsOfError(go_json(kept), fields.get("errorcause"))


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(line is None or isinstance(line, str) for line in value)


def _is_json(body: bytes) -> bool:
    try:
        _parse(body)
    except ValueError:
        return False
    return True


def _parse(body: bytes) -> object:
    try:
        document: object = json.loads(body.decode("utf-8"), parse_constant=_no_constants)
        return document
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
