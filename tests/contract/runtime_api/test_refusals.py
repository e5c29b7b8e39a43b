"""Every refusal that the Runtime API knows, by a raw runtime, byte for byte."""

import json

import pytest

from lambdatui.lifecycle.inputs import RuntimeBeganStreaming, RuntimePostedResponse
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from tests.contract.net.peer import Peer
from tests.contract.runtime_api.stage import NEXT, OK, Stage, ask, post


def refusal(status: int, error_type: str, message: str) -> tuple[int, str, bytes]:
    return status, "application/json", f'{{"errorMessage":"{message}","errorType":"{error_type}"}}\n'.encode()


def transition(before: str, after: str) -> tuple[int, str, bytes]:
    message = f"State transition from {before} to {after} failed for runtime. Error: State transition is not allowed"
    return refusal(403, "InvalidStateTransition", message)


TOO_LARGE = refusal(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).")
INVALID_ID = refusal(400, "InvalidRequestID", "Invalid request ID")
STREAMING = (
    b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.mark.parametrize(
    ("raw", "status", "body"),
    [
        (b"GET /nowhere HTTP/1.1\r\n\r\n", 404, b"404 page not found\n"),
        (b"GET /2018-06-01/runtime/restore/next HTTP/1.1\r\n\r\n", 404, b"404 page not found\n"),
        (post("restore/error"), 404, b"404 page not found\n"),
        (b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n", 200, b"pong"),
        (post("invocation/next"), 405, b""),
        (b"PUT /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n\r\n", 405, b""),
        (b"GET /2018-06-01/runtime/init/error HTTP/1.1\r\n\r\n", 405, b""),
    ],
)
async def test_what_needs_no_state_is_answered_without_asking_the_machine(
    stage: Stage, raw: bytes, status: int, body: bytes
) -> None:
    answer = await ask(await stage.connect(), raw)
    assert (answer[0], answer[2]) == (status, body)
    assert len(stage.seen) == 1  # that the sandbox is ready


async def test_a_wrong_method_is_told_the_right_one(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(post("invocation/next"))
    assert (await peer.answer())[1]["allow"] == "GET"


@pytest.mark.parametrize("leaf", ["response", "error"])
async def test_a_wrong_request_id_is_refused_before_the_state_is_looked_at(stage: Stage, leaf: str) -> None:
    peer = await stage.running()
    assert await ask(peer, post(f"invocation/other/{leaf}")) == INVALID_ID
    assert await ask(peer, post(f"invocation/r-1/{leaf}", b"1")) == OK
    assert await ask(peer, post(f"invocation/other/{leaf}")) == INVALID_ID


@pytest.mark.parametrize("leaf", ["response", "error"])
async def test_an_answer_before_any_event_has_no_valid_id(stage: Stage, leaf: str) -> None:
    assert await ask(await stage.connect(), post(f"invocation/r-1/{leaf}")) == INVALID_ID


@pytest.mark.parametrize(("second", "move"), [("response", "InvocationResponse"), ("error", "InvocationErrorResponse")])
@pytest.mark.parametrize("first", ["response", "error"])
async def test_a_second_answer_is_refused_and_the_caller_keeps_the_first(
    stage: Stage, first: str, second: str, move: str
) -> None:
    peer = await stage.running()
    assert await ask(peer, post(f"invocation/r-1/{first}", b'"first"')) == OK
    assert await ask(peer, post(f"invocation/r-1/{second}", b'"second"')) == transition(
        "RuntimeResponseSentState", move
    )
    assert (await stage.result()).payload == b'"first"'
    assert stage.results.empty()


async def test_an_answer_after_the_invoke_was_released_has_no_valid_id(stage: Stage) -> None:
    peer = await stage.running()
    await ask(peer, post("invocation/r-1/response", b"1"))
    await peer.send(NEXT)
    await stage.became_idle()
    assert await ask(await stage.connect(), post("invocation/r-1/response", b"2")) == INVALID_ID


async def test_an_init_error_in_an_invoke_is_refused(stage: Stage) -> None:
    peer = await stage.running()
    assert await ask(peer, post("init/error", b"{}")) == transition("Running", "InitError")


async def test_an_init_error_while_waiting_for_an_event_is_refused(stage: Stage) -> None:
    await (await stage.connect()).send(NEXT)
    await stage.became_idle()
    assert await ask(await stage.connect(), post("init/error", b"{}")) == transition("Ready", "InitError")


async def test_an_init_error_is_accepted_once(stage: Stage) -> None:
    assert await ask(await stage.connect(), post("init/error", b'{"errorType":"X"}')) == OK


async def test_asking_for_an_event_after_an_init_error_is_refused(stage: Stage) -> None:
    peer = await stage.connect()
    await ask(peer, post("init/error", b'{"errorType":"X"}'))
    assert await ask(peer, NEXT) == transition("InitError", "Ready")


async def test_asking_again_without_an_answer_brings_the_same_event_and_the_same_attempt(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(NEXT)
    await stage.invoke()
    first = await peer.answer()
    await peer.send(NEXT)
    assert await peer.answer() == first


async def test_a_response_of_exactly_the_limit_passes(stage: Stage) -> None:
    peer = await stage.running()
    body = b"x" * MAX_RESPONSE_BYTES
    peer.write(post("invocation/r-1/response", body))
    assert (await peer.answer())[0] == 202
    assert (await stage.result()).payload == body


@pytest.mark.parametrize("excess_bytes", [1, 100_000_000])
async def test_a_response_over_the_limit_is_refused_and_the_environment_stays_usable(
    stage: Stage, excess_bytes: int
) -> None:
    peer = await stage.running()
    assert await ask(peer, post("invocation/r-1/response", b"x" * (MAX_RESPONSE_BYTES + excess_bytes))) == TOO_LARGE
    assert json.loads((await stage.result()).payload) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    await peer.send(NEXT)
    await stage.became_idle()


async def test_an_error_over_the_limit_fails_the_invoke_for_its_size(stage: Stage) -> None:
    peer = await stage.running()
    peer.write(post("invocation/r-1/error", b"x" * (MAX_RESPONSE_BYTES + 1)))
    assert (await peer.answer())[0] == 413
    assert (await stage.result()).error_type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("leaf", ["response", "error"])
async def test_a_body_cut_off_is_refused_and_fails_the_invoke(stage: Stage, leaf: str) -> None:
    await stage.running()
    broken = await stage.connect()
    await broken.send(post(f"invocation/r-1/{leaf}", b"0123456789")[:-7])
    broken.finish()
    status, _, body = await broken.answer()
    assert (status, body) == (
        400,
        b'{"errorMessage":"HTTP request detected as truncated","errorType":"TruncatedHTTPRequest"}\n',
    )
    assert (await stage.result()).error_type == "Runtime.TruncatedResponse"


async def test_a_runtime_killed_while_it_answers_fails_the_invoke_too(stage: Stage) -> None:
    await stage.running()
    killed = await stage.connect()
    await killed.send(b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n")
    await killed.answer()
    await killed.send(b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    killed.reset()
    assert (await stage.result()).error_type == "Runtime.TruncatedResponse"


async def test_an_init_error_cut_off_is_refused(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    peer.finish()
    assert (await peer.answer())[0] == 400


@pytest.mark.parametrize("mode", [b"buffered", b"Streaming", b"STREAMING"])
async def test_a_response_mode_other_than_streaming_is_refused_and_the_caller_gets_nothing(
    stage: Stage, mode: bytes
) -> None:
    peer = await stage.running()
    raw = post("invocation/r-1/response", b"1", b"Lambda-Runtime-Function-Response-Mode: " + mode)
    assert await ask(peer, raw) == refusal(400, "InvalidFunctionResponseMode", "Invalid function response mode")
    result = await stage.result()
    assert (result.payload, result.error_type) == (b"", "Runtime.InvalidResponseModeHeader")


@pytest.mark.parametrize("leaf", ["response", "error"])
async def test_the_id_of_another_attempt_is_refused_and_this_attempt_goes_on(stage: Stage, leaf: str) -> None:
    peer = await stage.running()
    wrong = post(f"invocation/r-1/{leaf}", b"1", b"Lambda-Runtime-Invocation-Id: something-else")
    assert await ask(peer, wrong) == refusal(400, "InvalidInvocationId", "Invalid invocation ID")
    assert stage.results.empty()
    assert await ask(peer, post(f"invocation/r-1/{leaf}", b"1")) == OK


async def test_a_wrong_request_id_is_the_first_thing_wrong_even_with_a_wrong_attempt(stage: Stage) -> None:
    peer = await stage.running()
    raw = post("invocation/other/response", b"1", b"Lambda-Runtime-Invocation-Id: something-else")
    assert await ask(peer, raw) == INVALID_ID


async def test_garbage_costs_a_connection_and_nothing_else(stage: Stage) -> None:
    peer = await stage.running()
    garbage: Peer = await stage.connect()
    await garbage.send(b"\0\1\2 not HTTP at all\r\n\r\n")
    assert (await garbage.answer())[0] == 400
    assert await ask(peer, post("invocation/r-1/response", b"1")) == OK


@pytest.mark.parametrize(
    ("raw", "move"),
    [
        (NEXT, "Ready"),
        (post("invocation/r-1/response", b"1"), "InvocationResponse"),
        (post("invocation/r-1/error", b"{}"), "InvocationErrorResponse"),
        (STREAMING, "InvocationResponse"),
        (post("init/error", b"{}"), "InitError"),
    ],
)
async def test_while_a_response_is_streamed_nothing_else_is_allowed(stage: Stage, raw: bytes, move: str) -> None:
    await stage.running()
    streaming = await stage.connect()
    await streaming.send(STREAMING)
    await stage.saw(RuntimeBeganStreaming)
    assert await ask(await stage.connect(), raw) == transition("InvocationResponse", move)
    assert await ask(streaming, b"2\r\nok\r\n0\r\n\r\n") == OK
    assert (await stage.result()).payload == b"ok"


async def test_a_stream_for_another_request_is_refused_by_its_head(stage: Stage) -> None:
    peer = await stage.running()
    assert await ask(peer, STREAMING.replace(b"r-1", b"r-2")) == INVALID_ID
    await peer.send(b"2\r\nno\r\n0\r\n\r\n")
    assert await ask(peer, post("invocation/r-1/response", b"1")) == OK


async def test_a_stream_after_an_answer_is_refused(stage: Stage) -> None:
    peer = await stage.running()
    assert await ask(peer, post("invocation/r-1/response", b"1")) == OK
    assert await ask(peer, STREAMING) == transition("RuntimeResponseSentState", "InvocationResponse")


async def test_a_stream_of_another_attempt_is_refused(stage: Stage) -> None:
    peer = await stage.running()
    raw = STREAMING.replace(b"Transfer", b"Lambda-Runtime-Invocation-Id: x\r\nTransfer")
    assert await ask(peer, raw) == refusal(400, "InvalidInvocationId", "Invalid invocation ID")


async def test_a_next_call_said_to_follow_a_response_is_not_heard_when_that_is_refused(stage: Stage) -> None:
    peer = await stage.running()
    heard = len(stage.seen)
    assert await ask(peer, post("invocation/other/response", b"1", b"Lambdatui-Next-Follows: 1") + NEXT) == INVALID_ID
    assert await peer.rest() == b""
    assert [type(happened) for happened in stage.seen[heard:]] == [RuntimePostedResponse]
