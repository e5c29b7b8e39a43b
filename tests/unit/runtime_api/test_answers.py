"""Answers, byte by byte."""

from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.runtime_api.answers import go_json, next_headers

PLAIN = Invocation(
    request_id=RequestId("r-1"), function=FunctionName("f"), payload=b"{}", invoked_arn="arn:f", timeout_s=3.0
)


def headers_of(invocation: Invocation) -> list[str]:
    raw = next_headers(invocation, deadline_epoch_ms=1234, invocation_id="i-1")
    return raw.decode().removesuffix("\r\n").split("\r\n")


def test_an_event_comes_with_the_five_headers_it_always_has() -> None:
    assert headers_of(PLAIN) == [
        "Content-Type: application/json",
        "Lambda-Runtime-Aws-Request-Id: r-1",
        "Lambda-Runtime-Invocation-Id: i-1",
        "Lambda-Runtime-Deadline-Ms: 1234",
        "Lambda-Runtime-Invoked-Function-Arn: arn:f",
    ]


def test_what_else_is_known_of_an_invocation_is_sent_as_well() -> None:
    full = Invocation(
        request_id=RequestId("r-1"),
        function=FunctionName("f"),
        payload=b"{}",
        invoked_arn="arn:f",
        timeout_s=3.0,
        content_type="text/plain",
        client_context='{"client":{"name":"\u00e9"}}',
        cognito_identity='{"cognitoIdentityId":"c"}',
        tenant_id="t",
        trace_id="Root=1-2-3",
    )
    assert {
        "Content-Type: text/plain",
        "Lambda-Runtime-Trace-Id: Root=1-2-3",
        'Lambda-Runtime-Client-Context: {"client":{"name":"\u00e9"}}',
        'Lambda-Runtime-Cognito-Identity: {"cognitoIdentityId":"c"}',
        "Lambda-Runtime-Aws-Tenant-Id: t",
    } <= set(headers_of(full))


def test_a_client_context_of_several_lines_stays_one_header() -> None:
    sneaky = Invocation(
        request_id=RequestId("r-1"),
        function=FunctionName("f"),
        payload=b"{}",
        invoked_arn="arn:f",
        timeout_s=3.0,
        client_context='{\r\n"a": 1\r\nLambda-Runtime-Aws-Request-Id: other\0}',
    )
    assert headers_of(sneaky)[-1] == (
        'Lambda-Runtime-Client-Context: {  "a": 1  Lambda-Runtime-Aws-Request-Id: other }'
    )


def test_json_is_escaped_as_go_does_it() -> None:
    assert go_json({"a": "<b> & \u2028\u00e9"}) == rb'{"a":"\u003cb\u003e \u0026 \u2028' + "\u00e9".encode() + b'"}'
