"""What goes well: events out, responses in, in every framing a runtime may choose."""

import base64
import gc

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.commands import AnswerNext
from lambdatui.lifecycle.inputs import RuntimeCalledNext, RuntimePostedError, RuntimePostedResponse
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from tests.contract.net.peer import Peer
from tests.contract.runtime_api.stage import DEADLINE_MS, NEXT, OK, Stage, ask, invocation, post


async def test_an_event_arrives_with_its_headers(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(NEXT)
    await stage.invoke()
    status, headers, body = await peer.answer()
    assert (status, body) == (200, b'{"n":1}')
    attempt = headers.pop("lambda-runtime-invocation-id")
    assert len(attempt) == 36
    assert headers == {
        "content-type": "application/json",
        "content-length": "7",
        "lambda-runtime-aws-request-id": "r-1",
        "lambda-runtime-deadline-ms": str(DEADLINE_MS),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
    }


async def test_names_of_headers_have_the_case_that_simple_runtimes_look_for(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(NEXT)
    await stage.invoke()
    head = await peer.until(b"\r\n\r\n")
    assert b"\r\nLambda-Runtime-Aws-Request-Id: r-1\r\n" in head


async def test_every_attempt_has_an_id_of_its_own_which_the_runtime_may_echo(stage: Stage) -> None:
    peer = await stage.connect()
    attempts = set()
    for _ in range(3):
        await peer.send(NEXT)
        await stage.invoke()
        attempt = (await peer.answer())[1]["lambda-runtime-invocation-id"]
        attempts.add(attempt)
        echoed = b"lambda-runtime-invocation-id: " + attempt.encode()
        assert await ask(peer, post("invocation/r-1/response", b"1", echoed)) == OK
    assert len(attempts) == 3


async def test_a_response_is_forwarded_with_its_content_type(stage: Stage) -> None:
    peer = await stage.running()
    await ask(peer, post("invocation/r-1/response", b"\0\1", b"Content-Type: application/unknown"))
    result = await stage.result()
    assert (result.payload, result.content_type, result.function_error) == (b"\0\1", "application/unknown", None)


@pytest.mark.parametrize("leaf", ["response", "error"])
async def test_an_answer_in_pieces_began_with_its_first_one(stage: Stage, leaf: str) -> None:
    peer = await stage.running()
    (asked_at,) = (seen.at for seen in stage.seen if isinstance(seen, RuntimeCalledNext))
    head = b"POST /2018-06-01/runtime/invocation/r-1/%b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    await peer.send(head % leaf.encode())
    assert (await peer.answer())[0] == 100
    await peer.send(b"null")
    assert (await peer.answer())[0] == 202
    posted = stage.seen[-1]
    assert isinstance(posted, RuntimePostedResponse | RuntimePostedError)
    assert posted.begun_at is not None
    assert asked_at < posted.begun_at < posted.at


async def test_an_answer_in_one_piece_began_when_it_was_here(stage: Stage) -> None:
    peer = await stage.running()
    assert await ask(peer, post("invocation/r-1/response", b"null")) == OK
    posted = stage.seen[-1]
    assert isinstance(posted, RuntimePostedResponse)
    assert posted.begun_at is None


async def test_an_empty_response_is_a_response(stage: Stage) -> None:
    peer = await stage.running()
    assert await ask(peer, post("invocation/r-1/response")) == OK
    assert (await stage.result()).payload == b""


async def test_an_error_is_forwarded_and_its_type_goes_to_telemetry(stage: Stage) -> None:
    peer = await stage.running()
    header = b"Lambda-Runtime-Function-Error-Type: Function.Custom"
    assert await ask(peer, post("invocation/r-1/error", b'{"errorType":"X"}', header)) == OK
    result = await stage.result()
    assert (result.payload, result.function_error, result.error_type) == (
        b'{"errorType":"X"}',
        "Unhandled",
        "Function.Custom",
    )


async def test_a_cause_of_nearly_a_mebibyte_in_a_header_is_taken(stage: Stage) -> None:
    peer = await stage.running()
    cause = b"Lambda-Runtime-Function-XRay-Error-Cause: " + b"x" * (1024 * 1024 - 1)
    assert await ask(peer, post("invocation/r-1/error", b"{}", cause)) == OK


STREAM = (
    b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
    b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
)


async def test_a_streamed_response_is_collected_for_a_buffered_caller(stage: Stage) -> None:
    peer = await stage.running()
    await peer.send(STREAM)
    for piece in (b"one ", b"two ", b"three"):
        await peer.send(render_chunk(piece))
    assert await ask(peer, LAST_CHUNK) == OK
    assert (await stage.result()).payload == b"one two three"


async def test_a_stream_that_breaks_with_trailers_is_an_error(stage: Stage) -> None:
    peer = await stage.running()
    error = base64.b64encode(b'{"errorType":"Broken"}')
    trailers = (
        b"Lambda-Runtime-Function-Error-Type: Function.Broken\r\nLambda-Runtime-Function-Error-Body: " + error + b"\r\n"
    )
    assert await ask(peer, STREAM + render_chunk(b"one ") + b"0\r\n" + trailers + b"\r\n") == OK
    result = await stage.result()
    assert (result.payload, result.error_type) == (b'{"errorType":"Broken"}', "Function.Broken")


@pytest.mark.parametrize("piece_bytes", [1, 7])
async def test_a_runtime_may_send_as_slowly_as_it_likes(stage: Stage, piece_bytes: int) -> None:
    peer = await stage.running()
    raw = post("invocation/r-1/response", b'"slow"')
    for start in range(0, len(raw), piece_bytes):
        await peer.send(raw[start : start + piece_bytes])
    assert (await peer.answer())[0] == 202
    assert (await stage.result()).payload == b'"slow"'


async def test_a_runtime_that_offers_another_protocol_is_served_in_this_one(stage: Stage) -> None:
    peer = await stage.running()
    offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk")
    assert await ask(peer, post("invocation/r-1/response", b'"java"', *offer)) == OK
    assert (await stage.result()).payload == b'"java"'


async def test_an_answer_and_the_next_question_may_come_in_one_packet(stage: Stage) -> None:
    peer = await stage.running()
    await peer.send(post("invocation/r-1/response", b"1") + NEXT)
    assert (await peer.answer())[0] == 202
    await stage.invoke(invocation("r-2"))
    assert (await peer.answer())[1]["lambda-runtime-aws-request-id"] == "r-2"


async def test_a_runtime_that_asks_twice_is_answered_on_the_connection_that_asked_last(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await first.send(NEXT)
    await stage.became_idle()
    await second.send(NEXT)
    await second.send(b"")
    while sum(isinstance(happened, inputs.RuntimeCalledNext) for happened in stage.seen) < 2:
        await ask(await stage.connect(), b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n")
    await stage.invoke()
    assert (await second.answer())[0] == 200


async def test_memory_time_and_generation_are_stamped_where_the_request_comes_in(stage: Stage) -> None:
    await (await stage.connect()).send(NEXT)
    await stage.became_idle()
    called = stage.seen[-1]
    assert isinstance(called, inputs.RuntimeCalledNext)
    assert (called.memory_used_mb, called.generation, called.at) == (31, 1, 0.0)


async def test_answering_a_runtime_that_is_gone_does_nothing(stage: Stage) -> None:
    peer = await stage.connect()
    await peer.send(NEXT)
    await stage.became_idle()
    peer.reset()
    survivor = await stage.connect()
    await ask(survivor, b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n")
    await stage.invoke()
    assert await ask(survivor, post("invocation/r-1/response", b"1")) == OK


async def test_a_new_generation_ends_what_still_waits_for_the_old_one(stage: Stage) -> None:
    old = await stage.connect()
    await old.send(NEXT)
    old.finish()  # a half-closed connection looks like one that still waits
    await stage.became_idle()
    stage.feed(inputs.RuntimeExited(at=9.0, generation=1, signal=9))
    stage.feed(inputs.ProcessesGone(at=9.0, generation=1))
    await stage.invoke()
    await (await stage.connect()).send(NEXT)
    assert await old.rest() == b""


async def test_closing_ends_every_connection_and_nothing_more_is_reported(stage: Stage) -> None:
    peer = await stage.running()
    posting = await stage.connect()
    await ask(posting, b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n")
    await posting.send(b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    await ask(await stage.connect(), b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n")
    before = len(stage.seen)
    stage.api.close()
    assert await peer.rest() == b""
    assert await posting.rest() == b""
    assert len(stage.seen) == before


async def test_five_thousand_invocations_leave_nothing_behind(stage: Stage) -> None:
    peer = await stage.connect()

    async def run(times: int) -> int:
        for _ in range(times):
            await peer.send(NEXT)
            await stage.invoke()
            await peer.answer()
            await ask(peer, post("invocation/r-1/response", b"1"))
            await stage.result()
        stage.seen.clear()
        gc.collect()
        return len(gc.get_objects())

    before = await run(200)
    assert await run(5_000) < before + 200


class Payload(bytes):
    """Counts how many of its kind were let go of."""

    gone = 0

    def __del__(self) -> None:
        Payload.gone += 1


@pytest.mark.parametrize("route", ["response", "error"])
async def test_a_large_payload_is_kept_until_the_answer_and_no_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    monkeypatch.setattr(Payload, "gone", 0)
    peer = await stage.connect()
    await peer.send(NEXT)
    await stage.invoke(invocation(payload=Payload(b" " * 100_000 + b"{}")))
    await peer.answer()
    stage.seen.clear()
    assert Payload.gone == 0
    await peer.send(NEXT)
    assert len((await peer.answer())[2]) == 100_002
    assert await ask(peer, post(f"invocation/r-1/{route}", b"{}")) == OK
    assert Payload.gone == 1


async def test_an_answer_is_given_at_once_when_the_input_is_handled(stage: Stage) -> None:
    """The event leaves within the call that assigns it: no turn of the loop lies between."""
    peer: Peer = await stage.connect()
    await peer.send(NEXT)
    await stage.became_idle()
    effects = stage.machine.handle(inputs.InvokeAssigned(at=1.0, epoch_s=1_700_000_000.0, invocation=invocation()))
    answer = next(effect for effect in effects if isinstance(effect, AnswerNext))
    stage.api.answer_next(answer.token, answer.invocation, DEADLINE_MS)
    assert (await peer.answer())[0] == 200


async def test_who_says_that_its_next_call_follows_a_response_gets_both_answers_with_the_next_event(
    stage: Stage,
) -> None:
    peer = await stage.running()
    await peer.send(post("invocation/r-1/response", b"1", b"Lambdatui-Next-Follows: 1") + NEXT)
    assert (await stage.result()).payload == b"1"
    await stage.invoke(invocation("r-2"))
    accepted, event = await peer.answer(), await peer.answer()
    assert (accepted[0], accepted[2]) == (202, b'{"status":"OK"}\n')
    assert (event[0], event[1]["lambda-runtime-aws-request-id"]) == (200, "r-2")
