import pytest

from lambdatui.api import errors
from lambdatui.service.invoking import ServiceError, function_not_found, throttled


@pytest.mark.parametrize(
    ("error", "status_code", "body"),
    [
        (function_not_found("arn:x"), 404, b'{"Type":"User","Message":"Function not found: arn:x"}'),
        (
            throttled("ReservedFunctionConcurrentInvocationLimitExceeded"),
            429,
            b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
        ),
        (errors.invalid_content("not json"), 400, b'{"Type":"User","message":"not json"}'),
        (
            errors.payload_too_large(6291456),
            413,
            b'{"message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
        ),
        (ServiceError("AccessDeniedException", 403, "", type_=None, message_key="Message"), 403, b'{"Message":null}'),
        (
            errors.unknown_operation("GET", "/x"),
            404,
            b'{"message":"No operation answers to GET /x."}',
        ),
    ],
    ids=lambda value: value.name if isinstance(value, ServiceError) else None,
)
def test_refusal_has_the_status_and_body_of_its_exception(error: ServiceError, status_code: int, body: bytes) -> None:
    assert (error.status_code, errors.error_body(error)) == (status_code, body)


def test_text_outside_ascii_is_sent_as_utf_8() -> None:
    assert errors.error_body(errors.invalid_content("ü")) == '{"Type":"User","message":"ü"}'.encode()
