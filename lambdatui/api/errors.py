"""Refusals as they go over the wire: the status, the error-type header and the JSON body of a ServiceError.

Pure. Key order is AWS's: Reason, Type, then the message under the casing of that exception.
"""

import json

from lambdatui.service.invoking import ServiceError

ERROR_TYPE_HEADER = "x-amzn-ErrorType"


def error_body(error: ServiceError) -> bytes:
    """The JSON document of a refusal; an empty message is null there, as in AWS's AccessDenied for another account."""
    document: dict[str, str | None] = {}
    if error.reason is not None:
        document["Reason"] = error.reason
    if error.type is not None:
        document["Type"] = error.type
    document[error.message_key] = error.message or None
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def unknown_operation(method: str, path: str) -> ServiceError:
    """No operation has this method and path. AWS's front end sends the same name without a text."""
    return ServiceError("UnknownOperationException", 404, f"No operation answers to {method} {path}.", type_=None)


def payload_too_large(limit_bytes: int) -> ServiceError:
    return ServiceError(
        "RequestEntityTooLargeException",
        413,
        f"Request must be smaller than {limit_bytes} bytes for the InvokeFunction operation",
        type_=None,
    )


def invalid_content(message: str) -> ServiceError:
    return ServiceError("InvalidRequestContentException", 400, message)


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", 400, message)


def access_denied(message: str) -> ServiceError:
    """A refusal of ours, not of a permission: the message says what to send instead."""
    return ServiceError("AccessDeniedException", 403, message, type_=None, message_key="Message")


def control_not_found(what: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", 404, what, message_key="Message")


def order_refused(message: str) -> ServiceError:
    """An order that makes no sense in the state that an environment is in."""
    return ServiceError("ResourceConflictException", 409, message)


def conflict(message: str) -> ServiceError:
    return ServiceError("ResourceConflictException", 409, message, message_key="Message")


def internal_error() -> ServiceError:
    """A bug of ours. The traceback is in the engine's log; the caller gets no internals."""
    return ServiceError(
        "ServiceException",
        500,
        "lambdatui failed to answer this request; the engine's log has the traceback.",
        type_="Server",
        message_key="Message",
    )


def serialization_error(message: str) -> ServiceError:
    """A parameter has the wrong type."""
    return ServiceError("SerializationException", 400, message, type_=None, message_key="Message")
