"""What a runtime posts, before anybody asks whether it may."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.model.error_cause import CauseException, ErrorCause
from lambdatui.net.request import Request
from lambdatui.runtime_api import posts

WITH_CAUSE = b"application/vnd.aws.lambda.error.cause+json"


def posted(body: bytes = b"", **headers: bytes) -> Request:
    pairs = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    request = Request("POST", "/", "", pairs)
    request.body = body
    return request


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("", "Runtime.Unknown"),
        ("Runtime.ImportModuleError", "Runtime.ImportModuleError"),
        ("Function.MyError", "Function.MyError"),
        ("MyFunction.Error", "MyFunction.Error"),
        ("anything Runtime.Ab at all", "anything Runtime.Ab at all"),
        ("Function.lower", "Function.Unknown"),
        ("Function.X", "Function.Unknown"),
        ("Runtime.lower", "Runtime.Unknown"),
        ("Runtime.X", "Runtime.Unknown"),
        ("ValueError", "Runtime.Unknown"),
        ("function.MyError", "Runtime.Unknown"),
    ],
)
def test_an_error_type_is_kept_or_becomes_unknown(claimed: str, kept: str) -> None:
    assert posts.normalised_error_type(claimed) == kept


@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        (b"streaming", None),
        (b"", None),
        (b"Streaming", ResponseFault.INVALID_MODE),
        (b"buffered", ResponseFault.INVALID_MODE),
    ],
)
def test_streaming_is_the_only_mode_and_case_matters(mode: bytes, fault: ResponseFault | None) -> None:
    assert posts.response_fault(posted(lambda_runtime_function_response_mode=mode)) is fault


def test_a_wrong_mode_is_noticed_before_a_wrong_size() -> None:
    request = posted(lambda_runtime_function_response_mode=b"no")
    request.body_too_large = True
    assert posts.response_fault(request) is ResponseFault.INVALID_MODE


def test_an_error_reaches_the_caller_as_the_runtime_wrote_it() -> None:
    error = posts.invocation_error(posted(b'{ "errorType" : "X" }', content_type=b"text/x"))
    assert error == (b'{ "errorType" : "X" }', "text/x", "Runtime.Unknown", None)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            b'{"errorCause":{"message":"m"},"stackTrace":["a","b"],"errorType":"T","errorMessage":"<&>"}',
            rb'{"errorMessage":"\u003c\u0026\u003e","errorType":"T","stackTrace":["a","b"]}',
        ),
        (b'{"errorMessage":"m","errorType":"T","stackTrace":[]}', b'{"errorMessage":"m","errorType":"T"}'),
        (b'{"ErrorMessage":"m"}', b'{"errorMessage":"m","errorType":""}'),
        (b'{"errorMessage":null}', b'{"errorMessage":"","errorType":""}'),
        (b"null", b'{"errorMessage":"","errorType":""}'),
    ],
)
def test_the_cause_for_x_ray_is_not_shown_to_the_caller(body: bytes, kept: bytes) -> None:
    assert posts.invocation_error(posted(body, content_type=WITH_CAUSE))[:2] == (kept, "application/json")


def test_the_cause_for_x_ray_is_kept_for_the_trace_wherever_it_came() -> None:
    body = b'{"errorMessage":"m","errorCause":{"exceptions":[{"type":"ValueError","message":"boom"}]}}'
    in_body = posts.invocation_error(posted(body, content_type=WITH_CAUSE)).cause
    header = b'{"exceptions":[{"type":"ValueError","message":"boom"}]}'
    in_header = posts.invocation_error(posted(b"{}", lambda_runtime_function_xray_error_cause=header)).cause
    assert in_body == in_header == ErrorCause(exceptions=(CauseException(type="ValueError", message="boom"),))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b'{"errorMessage":1}', b'{"stackTrace":"a"}', b'{"stackTrace":[1]}', b"\xff", b"NaN"],
)
def test_a_body_that_should_have_a_cause_and_is_unusable_becomes_a_fixed_text(body: bytes) -> None:
    error = posts.invocation_error(posted(body, content_type=WITH_CAUSE))
    assert error[:2] == (b'"Invalid error body"', "application/octet-stream")


@given(st.binary(max_size=100))
def test_no_body_with_a_cause_makes_it_fail(body: bytes) -> None:
    assert posts.invocation_error(posted(body, content_type=WITH_CAUSE)).content_type.startswith("application/")


def test_a_body_nested_without_end_is_unusable_and_no_more() -> None:
    error = posts.invocation_error(posted(b"[" * 200_000, content_type=WITH_CAUSE))
    assert error.payload == b'"Invalid error body"'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"errorType":"X"}', "application/json"), (b"plain text", "application/octet-stream")],
)
def test_an_init_error_has_the_content_type_of_its_content(body: bytes, content_type: str) -> None:
    error = posts.init_error(posted(body, content_type=b"text/x", lambda_runtime_function_error_type=b"Runtime.Bad"))
    assert error == (body, content_type, "Runtime.Bad", None)


def test_a_stream_that_failed_half_way_is_an_error_to_a_buffered_caller() -> None:
    request = posted(b"half of it")
    request.trailers = {
        b"lambda-runtime-function-error-type": b"Function.Broken",
        b"lambda-runtime-function-error-body": base64.b64encode(b'{"errorType":"Broken"}'),
    }
    assert posts.stream_error(request) == (b'{"errorType":"Broken"}', "application/json", "Function.Broken", None)


def test_a_stream_whose_error_is_no_base64_has_an_unusable_error() -> None:
    request = posted(b"half of it")
    request.trailers = {
        b"lambda-runtime-function-error-type": b"Function.Broken",
        b"lambda-runtime-function-error-body": b"%",
    }
    error = posts.stream_error(request)
    assert error == (b'"Invalid error body"', "application/octet-stream", "Runtime.Unknown", None)


def test_a_stream_that_ended_well_has_no_error() -> None:
    assert posts.stream_error(posted(b"all of it")) is None
