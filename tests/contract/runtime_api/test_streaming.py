"""Responses in the streaming mode: beginning and end are inputs, the bytes go to whoever reads them, at his pace."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.inputs import ResponseFault, RuntimeBeganStreaming, RuntimeEndedStreaming
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from lambdatui.runtime_api import response_stream
from lambdatui.runtime_api.response_stream import ResponseStream
from tests.contract.net.peer import PATIENCE_S, Peer
from tests.contract.runtime_api.door import ApiDoor, request

HEAD = (
    b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nContent-Type: text/html\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
    b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
)
ERROR = b'{"errorType":"Broken"}'
TRAILERS = (
    b"0\r\nLambda-Runtime-Function-Error-Type: Function.Broken\r\n"
    b"Lambda-Runtime-Function-Error-Body: " + base64.b64encode(ERROR) + b"\r\n\r\n"
)


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor() as ready:
        yield ready


class Begun:
    """A stream that a runtime has begun: the peer that sends, and the stream that comes."""

    def __init__(self, door: ApiDoor, peer: Peer, happened: RuntimeBeganStreaming) -> None:
        self.door = door
        self.peer = peer
        self.happened = happened
        self.stream: ResponseStream = door.api.read_stream(happened.token)

    async def next(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self.stream.next_piece()

    async def ended(self) -> RuntimeEndedStreaming:
        ended = await self.door.came(RuntimeEndedStreaming)
        assert (ended.token, ended.request_id) == (self.happened.token, "r-1")
        return ended


@pytest.fixture
async def begun(door: ApiDoor) -> Begun:
    peer = await door.connect()
    await peer.send(HEAD)
    return Begun(door, peer, await door.came(RuntimeBeganStreaming))


async def test_the_head_alone_is_the_beginning(begun: Begun) -> None:
    assert (begun.happened.request_id, begun.happened.content_type, begun.happened.at) == ("r-1", "text/html", 7.0)


async def test_pieces_reach_the_reader_before_the_runtime_has_written_the_last(begun: Begun) -> None:
    for piece in (b"one", b"two"):
        await begun.peer.send(render_chunk(piece))
        assert await begun.next() == piece
    assert begun.door.quiet
    await begun.peer.send(LAST_CHUNK)
    assert await begun.next() == b""
    ended = await begun.ended()
    assert (ended.payload, ended.produced_bytes, ended.error_type, ended.fault) == (b"onetwo", 6, None, None)
    begun.door.api.accept(ended.token)
    assert (await begun.peer.answer())[0] == 202


async def test_the_call_of_the_runtime_goes_on_until_its_last_byte_was_read(begun: Begun) -> None:
    await begun.peer.send(render_chunk(b"one") + LAST_CHUNK)
    assert await begun.next() == b"one"
    assert begun.door.quiet
    assert await begun.next() == b""
    assert (await begun.ended()).produced_bytes == 3


async def test_an_error_in_the_middle_comes_after_the_bytes_before_it(begun: Begun) -> None:
    await begun.peer.send(render_chunk(b"half") + TRAILERS)
    assert await begun.next() == b"half"
    assert await begun.next() == b""
    ended = await begun.ended()
    assert (ended.error_type, ended.error_payload, ended.produced_bytes) == ("Function.Broken", ERROR, 4)


async def test_a_collected_response_is_whole_at_the_end(begun: Begun) -> None:
    begun.stream.collect()
    await begun.peer.send(render_chunk(b"one ") + render_chunk(b"two") + LAST_CHUNK)
    assert (await begun.ended()).payload == b"one two"


async def test_a_collected_response_that_broke_is_its_error(begun: Begun) -> None:
    begun.stream.collect()
    await begun.peer.send(render_chunk(b"half") + TRAILERS)
    ended = await begun.ended()
    assert (ended.payload, ended.error_payload) == (b"", ERROR)


async def test_a_collected_response_may_be_as_large_as_a_buffered_one_and_no_larger(begun: Begun) -> None:
    begun.stream.collect()
    begun.peer.write(render_chunk(b"x" * MAX_RESPONSE_BYTES))
    begun.peer.write(render_chunk(b"x"))
    ended = await begun.ended()
    assert (ended.fault, ended.payload) == (ResponseFault.TOO_LARGE, b"")
    begun.door.api.refuse(ended.token, 413, "RequestEntityTooLarge", "too large")
    begun.peer.write(render_chunk(b"y" * 1000) + LAST_CHUNK)
    assert (await begun.peer.answer())[0] == 413


async def test_a_streamed_response_has_a_limit_of_its_own(door: ApiDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_stream, "MAX_STREAMED_BYTES", 10)
    peer = await door.connect()
    await peer.send(HEAD)
    begun = Begun(door, peer, await door.came(RuntimeBeganStreaming))
    await peer.send(render_chunk(b"x" * 10))
    assert len(await begun.next()) == 10
    await peer.send(render_chunk(b"x"))
    assert await begun.next() == b""
    assert (await begun.ended()).fault is ResponseFault.TOO_LARGE


async def test_a_response_that_was_read_in_pieces_is_kept_for_the_record_up_to_the_buffered_limit(
    begun: Begun,
) -> None:
    begun.peer.write(render_chunk(b"x" * (MAX_RESPONSE_BYTES + 1)) + LAST_CHUNK)
    while await begun.next():
        pass
    ended = await begun.ended()
    assert (ended.produced_bytes, ended.payload, ended.fault) == (MAX_RESPONSE_BYTES + 1, b"", None)


async def test_an_abandoned_response_is_read_to_its_end(begun: Begun) -> None:
    begun.stream.abandon()
    begun.peer.write(render_chunk(b"x" * 3_000_000) + LAST_CHUNK)
    ended = await begun.ended()
    assert (ended.produced_bytes, len(ended.payload), ended.fault) == (3_000_000, 3_000_000, None)


@pytest.mark.parametrize("leave", [Peer.finish, Peer.reset], ids=["half-closed", "reset"])
async def test_a_runtime_that_leaves_in_the_middle_has_truncated_it(
    begun: Begun, leave: Callable[[Peer], None]
) -> None:
    await begun.peer.send(render_chunk(b"half"))
    assert await begun.next() == b"half"
    leave(begun.peer)
    assert await begun.next() == b""
    assert (await begun.ended()).fault is ResponseFault.TRUNCATED
    assert begun.door.quiet


async def test_a_stream_whose_invocation_ended_otherwise_ends_for_its_reader_alone(begun: Begun) -> None:
    reading = asyncio.get_running_loop().create_task(begun.next())
    await begun.peer.send(render_chunk(b"half"))
    assert await reading == b"half"
    begun.stream.cut()
    assert await begun.next() == b""
    begun.door.api.drop_connections()
    await begun.peer.rest()
    assert begun.door.quiet


async def test_when_the_processes_are_gone_the_reader_is_told_and_nobody_else(begun: Begun) -> None:
    begun.door.api.drop_connections()
    assert await begun.next() == b""
    assert begun.door.quiet


async def test_a_refused_stream_is_answered_before_it_was_read(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(HEAD)
    happened = await door.came(RuntimeBeganStreaming)
    door.api.refuse(happened.token, 403, "InvalidStateTransition", "no")
    assert (await peer.answer())[0] == 403
    with pytest.raises(KeyError):
        door.api.read_stream(happened.token)
    await peer.send(render_chunk(b"unread") + LAST_CHUNK + request("GET", "/2018-06-01/ping"))
    assert (await peer.answer())[2] == b"pong"
    assert door.quiet


async def test_another_mode_is_judged_by_the_head_alone(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(HEAD.replace(b"streaming\r\n", b"Streaming\r\n"))
    happened = await door.came(inputs.RuntimePostedResponse)
    assert (happened.fault, happened.payload) == (ResponseFault.INVALID_MODE, b"")
    door.api.refuse(happened.token, 400, "InvalidFunctionResponseMode", "Invalid function response mode")
    assert (await peer.answer())[0] == 400


async def test_a_runtime_that_writes_faster_than_its_reader_waits(begun: Begun) -> None:
    size = 32 * 1024 * 1024
    begun.peer.write(render_chunk(b"x" * size) + LAST_CHUNK)
    first = await begun.next()
    for _ in range(20):
        assert (await begun.door.ask(request("GET", "/2018-06-01/ping")))[2] == b"pong"
    assert begun.stream.produced_bytes == len(first)
    total = len(first)
    while piece := await begun.next():
        total += len(piece)
    assert total == size
