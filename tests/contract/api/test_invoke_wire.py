"""The Invoke operation byte by byte, spoken over raw sockets. Texts and statuses are those recorded on AWS."""

import asyncio
import base64
import dataclasses
import gc

import pytest

from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType, InvokeResult
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, throttled
from tests.contract.api.standin import REQUEST_ID, TRACE_ID, StandIn, echo
from tests.contract.api.wire import exchange, read_answer, request_bytes

ORDERS = "/2015-03-31/functions/orders/invocations"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class TestHeads:
    @pytest.mark.parametrize(("chars", "status"), [(1_000_000, 200), (1_048_576, 431)])
    async def test_request_line_and_headers_may_have_a_megabyte(self, port: int, chars: int, status: int) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", X_Much="a" * chars))
        assert answer.status == status


class TestAnswers:
    async def test_synchronous_call_returns_the_functions_bytes_and_awss_headers(self, port: int) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b'{"a" :  1}'))
        assert (answer.status, answer.body) == (200, b'{"a" :  1}')
        assert answer.headers == {
            "x-amzn-requestid": REQUEST_ID,
            "x-amzn-trace-id": TRACE_ID,
            "content-type": "application/json",
            "x-amz-executed-version": "$LATEST",
            "content-length": "10",
        }

    @pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
    async def test_other_invocation_types_answer_without_a_body(self, port: int, kind: str, status: int) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", X_Amz_Invocation_Type=kind))
        assert (answer.status, answer.body) == (status, b"")
        assert answer.headers == {"x-amzn-requestid": REQUEST_ID} | ({"content-length": "0"} if status == 202 else {})

    @pytest.mark.parametrize("slash", ["", "/"])
    async def test_invoke_async_of_old_hands_an_event_over(self, port: int, service: StandIn, slash: str) -> None:
        path = f"/2014-11-13/functions/orders/invoke-async{slash}"
        answer = await exchange(port, request_bytes("POST", path, b'{"a": 1}'))
        assert (answer.status, answer.body) == (202, b'{"Status":202}')
        (asked,) = service.invoked
        assert (asked.invocation_type, asked.payload) == (InvocationType.EVENT, b'{"a": 1}')

    async def test_function_error_is_200_with_its_header(self, port: int, service: StandIn) -> None:
        document = b'{"errorMessage": "Handler fails", "errorType": "Exception"}'
        result = InvokeResult(payload=document, function_error="Unhandled")
        service.respond = lambda request: dataclasses.replace(echo(request), result=result)
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}"))
        assert (answer.status, answer.body) == (200, document)
        assert answer.headers["x-amz-function-error"] == "Unhandled"

    async def test_log_tail_is_sent_in_base64_when_asked_for(self, port: int) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", X_Amz_Log_Type="Tail"))
        assert base64.b64decode(answer.headers["x-amz-log-result"]) == b"START RequestId: x Version: $LATEST\n"

    async def test_log_tail_is_for_synchronous_calls_only(self, port: int, service: StandIn) -> None:
        await exchange(port, request_bytes("POST", ORDERS, b"{}", X_Amz_Log_Type="Tail", X_Amz_Invocation_Type="Event"))
        assert service.invoked[0].log_tail is False

    async def test_content_type_of_the_runtime_is_passed_on(self, port: int, service: StandIn) -> None:
        result = InvokeResult(payload=b"hi", content_type="text/plain")
        service.respond = lambda request: dataclasses.replace(echo(request), result=result)
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}"))
        assert answer.headers["content-type"] == "text/plain"

    async def test_header_names_are_spelled_as_aws_spells_them(self, port: int) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}"))
        assert answer.names == (
            "x-amzn-RequestId",
            "X-Amzn-Trace-Id",
            "Content-Type",
            "X-Amz-Executed-Version",
            "Content-Length",
        )


class TestRequests:
    async def test_empty_body_reaches_the_function_as_an_object(self, port: int, service: StandIn) -> None:
        await exchange(port, request_bytes("POST", ORDERS))
        assert service.invoked[0].payload == b"{}"

    async def test_chunked_body_is_put_together(self, port: int, service: StandIn) -> None:
        head = f"POST {ORDERS} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        await exchange(port, head + b"3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n")
        assert service.invoked[0].payload == b"[1,2]"

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"Content_Type": "application/x-www-form-urlencoded"},
            {"Content_Type": "application/octet-stream"},
            {"Content_Type": "application/json; charset=utf-8"},
            {"Content_Type": "text/plain"},
        ],
    )
    async def test_payload_is_json_to_the_function_whatever_the_caller_called_it(
        self, port: int, service: StandIn, given: dict[str, str]
    ) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", **given))
        assert (answer.status, service.invoked[0].content_type) == (200, "application/json")

    async def test_headers_arrive_in_the_request(self, port: int, service: StandIn) -> None:
        asked = request_bytes(
            "POST",
            ORDERS,
            b"{}",
            X_Amz_Client_Context=b64('{"custom": {"k": "v"}}'),
            X_Amzn_Trace_Id="Root=1-1-1",
            X_Amz_Tenant_Id="blue team",
            X_Lambdatui_Sample="s%C3%BC%C3%9F",
        )
        await exchange(port, asked)
        request = service.invoked[0]
        assert (request.client_context, request.trace_id, request.tenant_id, request.sample) == (
            '{"custom": {"k": "v"}}',
            "Root=1-1-1",
            "blue team",
            "süß",
        )

    async def test_client_context_of_an_asynchronous_call_is_dropped(self, port: int, service: StandIn) -> None:
        asked = request_bytes("POST", ORDERS, b"{}", X_Amz_Client_Context=b64("{}"), X_Amz_Invocation_Type="Event")
        await exchange(port, asked)
        assert service.invoked[0].client_context is None

    @pytest.mark.parametrize(
        ("target", "qualifier"),
        [
            ("orders", None),
            ("orders:$LATEST", "$LATEST"),
            ("orders%3A%24LATEST", "$LATEST"),
            (f"{ARN}orders", None),
            (f"{ARN}orders:$LATEST", "$LATEST"),
            ("123456789012:function:orders", None),
        ],
    )
    async def test_every_spelling_of_the_name_reaches_the_function(
        self, port: int, service: StandIn, target: str, qualifier: str | None
    ) -> None:
        answer = await exchange(port, request_bytes("POST", f"/2015-03-31/functions/{target}/invocations", b"{}"))
        assert (answer.status, service.invoked[0].function, service.invoked[0].qualifier) == (200, "orders", qualifier)

    async def test_qualifier_parameter_is_taken(self, port: int, service: StandIn) -> None:
        await exchange(port, request_bytes("POST", f"{ORDERS}?Qualifier=%24LATEST", b"{}"))
        assert service.invoked[0].qualifier == "$LATEST"

    async def test_pipelined_calls_are_answered_in_order(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_bytes("POST", ORDERS, b"1") + request_bytes("POST", ORDERS, b"2"))
        assert [(await read_answer(reader)).body for _ in range(2)] == [b"1", b"2"]
        writer.close()
        await writer.wait_closed()


class TestEmulatorName:
    PATH = "/2015-03-31/functions/function/invocations"

    async def test_it_reaches_the_only_function(self, port: int, service: StandIn, project: Project) -> None:
        service.project = dataclasses.replace(project, functions=project.functions[:1])
        await exchange(port, request_bytes("POST", self.PATH, b"{}"))
        assert service.invoked[0].function == "orders"

    async def test_it_is_nobody_among_several(self, port: int) -> None:
        answer = await exchange(port, request_bytes("POST", self.PATH, b"{}"))
        assert answer.json["Message"] == f"Function not found: {ARN}function:$LATEST"

    async def test_function_that_is_really_called_so_wins(self, port: int, service: StandIn, project: Project) -> None:
        named = dataclasses.replace(project.functions[0], name=FunctionName("function"))
        service.project = dataclasses.replace(project, functions=(named, *project.functions))
        await exchange(port, request_bytes("POST", self.PATH, b"{}"))
        assert service.invoked[0].function == "function"


NOT_JSON = "Could not parse request body into json: Could not parse payload into json: "


@pytest.mark.parametrize(
    ("target", "headers", "body", "status", "error_type", "document"),
    [
        ("nope", {}, b"{}", 404, "ResourceNotFoundException",
         {"Type": "User", "Message": f"Function not found: {ARN}nope:$LATEST"}),
        ("a" * 65, {}, b"{}", 404, "ResourceNotFoundException",
         {"Type": "User", "Message": f"Function not found: {ARN}{'a' * 65}:$LATEST"}),
        ("orders:live", {}, b"{}", 404, "ResourceNotFoundException",
         {"Type": "User", "Message": f"Function not found: {ARN}orders:live"}),
        ("orders:7", {}, b"{}", 404, "ResourceNotFoundException",
         {"Type": "User", "Message": f"Function not found: {ARN}orders:7"}),
        ("arn:aws:lambda:eu-west-1:123456789012:function:orders", {}, b"{}", 404, "ResourceNotFoundException",
         {"Type": "User", "Message": "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"}),
        ("arn:aws:lambda:us-east-1:000000000000:function:orders", {}, b"{}", 403, "AccessDeniedException",
         {"Message": None}),
        ("orders", {"X_Amz_Invocation_Type": "Sync"}, b"{}", 400, "ValidationException",
         {"message": "1 validation error detected: Value 'Sync' at 'invocationType' failed to satisfy constraint: "
                     "Member must satisfy enum value set: [RequestResponse, Event, DryRun]"}),
        ("orders", {"X_Amz_Log_Type": "Full"}, b"{}", 400, "ValidationException",
         {"message": "1 validation error detected: Value 'Full' at 'logType' failed to satisfy constraint: "
                     "Member must satisfy enum value set: [None, Tail]"}),
        ("orders", {"X_Amz_Tenant_Id": "a,b"}, b"{}", 400, "ValidationException",
         {"message": "1 validation error detected: Value 'a,b' at 'tenantId' failed to satisfy constraint: "
                     r"Member must satisfy regular expression pattern: [a-zA-Z0-9\._:\/=+\-@ ]+"}),
        ("orders", {"X_Amz_Client_Context": "%%%"}, b"{}", 400, "InvalidRequestContentException",
         {"Type": "User", "message": "Client context must be a valid Base64-encoded JSON object."}),
        ("orders", {"X_Amz_Client_Context": b64("[]")}, b"{}", 400, "InvalidRequestContentException",
         {"Type": "User", "message": "Client context must be a valid Base64-encoded JSON object."}),
        ("orders", {"X_Amz_Client_Context": b64("{" + " " * 3583 + "}")}, b"{}", 400, "InvalidRequestContentException",
         {"Type": "User", "message": "Client context must be at most 3583 bytes of Base64; it has 4780."}),
        ("orders", {"x_amzn_RequestId": "seven"}, b"{}", 400, "InvalidRequestContentException",
         {"Type": "User", "message": "The x-amzn-RequestId header is not a valid UUID string: 'seven'"}),
        ("orders", {}, b"hello", 400, "InvalidRequestContentException",
         {"Type": "User", "message": NOT_JSON + "Unrecognized token 'hello': was expecting (JSON String, Number, "
          "Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature."
          "INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 6]"}),
        ("orders", {}, b"n\x87r", 400, "InvalidRequestContentException",
         {"Type": "User", "message": NOT_JSON + "Invalid UTF-8 start byte 0x87\n at [Source: REDACTED "
          "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]"}),
        ("orders", {"X_Amz_Invocation_Type": "Event"}, b'"' + b"x" * 1_048_575 + b'"', 413,
         "RequestEntityTooLargeException",
         {"message": "Request must be smaller than 1048576 bytes for the InvokeFunction operation"}),
        ("orders", {}, b'"' + b"x" * 6_291_455 + b'"', 413, "RequestEntityTooLargeException",
         {"message": "Request must be smaller than 6291456 bytes for the InvokeFunction operation"}),
    ],
    ids=["missing", "long name", "alias", "version", "region", "account", "invocation type", "log type", "tenant",
         "context not base64", "context no object", "context too long", "request id", "not json", "not utf-8",
         "too large for async", "too large"],
)  # fmt: skip
async def test_refusal_has_awss_status_type_and_text(
    port: int,
    service: StandIn,
    target: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    error_type: str,
    document: dict[str, str],
) -> None:
    path = f"/2015-03-31/functions/{target}/invocations"
    answer = await exchange(port, request_bytes("POST", path, body, **headers))
    assert (answer.status, answer.headers["x-amzn-errortype"], answer.json) == (status, error_type, document)
    assert answer.headers["content-type"] == "application/json"
    assert service.invoked == []


class TestFailuresOfTheService:
    async def test_throttle_is_429_with_its_reason(self, port: int, service: StandIn) -> None:
        def refuse(_: object) -> InvokeOutcome:
            raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")

        service.respond = refuse
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}"))
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (429, "TooManyRequestsException")
        assert answer.body == (
            b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
        )

    async def test_bug_is_answered_with_500_and_logged(
        self, port: int, service: StandIn, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(_: object) -> InvokeOutcome:
            raise ZeroDivisionError("ours")

        service.respond = fail
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}"))
        assert (answer.status, answer.headers["x-amzn-errortype"], answer.json["Type"]) == (
            500,
            "ServiceException",
            "Server",
        )
        assert "ours" not in answer.body.decode()
        assert "ZeroDivisionError: ours" in caplog.text


class TestConnections:
    async def test_caller_that_goes_away_does_not_stop_the_function(self, port: int, service: StandIn) -> None:
        service.gate = asyncio.Event()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_bytes("POST", ORDERS, b"{}"))
        await asyncio.wait_for(service.started.wait(), 5)
        writer.transport.abort()
        service.gate.set()
        await asyncio.wait_for(service.finished.wait(), 5)

    async def test_body_that_breaks_off_is_refused_and_nothing_runs(self, port: int, service: StandIn) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_bytes("POST", ORDERS, b"{}", Content_Length="10"))
        writer.write_eof()
        answer = await read_answer(reader)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "InvalidRequestContentException")
        assert service.invoked == []
        writer.close()
        await writer.wait_closed()

    async def test_caller_that_only_stops_sending_still_gets_its_answer(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_bytes("POST", ORDERS, b"[1]"))
        writer.write_eof()
        assert (await read_answer(reader)).body == b"[1]"
        writer.close()
        await writer.wait_closed()

    async def test_each_of_many_equal_calls_is_judged_by_its_own_payload_and_the_functions_there_are(
        self, port: int, service: StandIn
    ) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def ask(payload: bytes) -> tuple[int, bytes]:
            writer.write(request_bytes("POST", ORDERS, payload))
            answer = await read_answer(reader)
            return answer.status, answer.body

        assert [await ask(payload) for payload in (b"[1]", b"[2]", b"[3]", b"[4]")] == [
            (200, b"[1]"),
            (200, b"[2]"),
            (200, b"[3]"),
            (200, b"[4]"),
        ]
        status, body = await ask(b"[5}")
        assert (status, b"Could not parse request body into json" in body) == (400, True)
        service.project = dataclasses.replace(service.project, functions=())
        status, body = await ask(b"[6]")
        assert (status, f"{ARN}orders:$LATEST".encode() in body) == (404, True)
        assert [asked.payload for asked in service.invoked] == [b"[1]", b"[2]", b"[3]", b"[4]"]
        writer.close()
        await writer.wait_closed()

    async def test_payload_is_not_kept_once_it_is_answered(self, port: int, service: StandIn) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(request_bytes("POST", ORDERS, b'"a secret of the caller"'))
            await read_answer(reader)
        service.invoked.clear()
        gc.collect()
        asked = [each for each in gc.get_objects() if isinstance(each, InvokeRequest)]
        assert [each.payload for each in asked if b"a secret of the caller" in each.payload] == []
        writer.close()
        await writer.wait_closed()

    async def test_page_of_another_site_cannot_invoke(self, port: int, service: StandIn) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", Origin="https://evil.example"))
        assert (answer.status, service.invoked) == (403, [])

    async def test_name_that_was_rebound_to_loopback_cannot_invoke(self, port: int, service: StandIn) -> None:
        answer = await exchange(port, request_bytes("POST", ORDERS, b"{}", Host="evil.example"))
        assert (answer.status, service.invoked) == (403, [])


@pytest.mark.parametrize("kind", list(InvocationType))
async def test_payload_of_exactly_the_limit_passes(port: int, service: StandIn, kind: InvocationType) -> None:
    size = 1_048_576 if kind is InvocationType.EVENT else 6_291_456
    payload = b'"' + b"x" * (size - 2) + b'"'
    await exchange(port, request_bytes("POST", ORDERS, payload, X_Amz_Invocation_Type=kind))
    assert service.invoked[0].payload == payload
