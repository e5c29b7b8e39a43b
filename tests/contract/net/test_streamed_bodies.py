"""Bodies as streams on real sockets: handed over as they come, held up by a slow handler, answered early or not."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lambdatui.net.body_stream import BodyStream
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from lambdatui.net.limits import StreamedBodies
from lambdatui.net.listener import Listener
from lambdatui.net.request import Request
from tests.contract.net.peer import PATIENCE_S, Door, Peer

Serve = Callable[..., Awaitable[Listener]]
Connect = Callable[[int], Awaitable[Peer]]
STREAMED = StreamedBodies(header=b"x-mode", path_end="/response")
HEAD = b"POST /response HTTP/1.1\r\nX-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n"


class Taker:
    """Takes the body of one request, as it comes or not at all."""

    def __init__(self, request: Request) -> None:
        assert request.body_stream is not None
        self.stream: BodyStream = request.body_stream
        self._changed = asyncio.Event()
        self.stream.on_change = self._changed.set

    async def next(self) -> bytes:
        """Empty at the end."""
        async with asyncio.timeout(PATIENCE_S):
            while not (piece := self.stream.take()) and not self.stream.finished:
                self._changed.clear()
                await self._changed.wait()
        return piece or self.stream.take()

    async def rest(self) -> int:
        size = 0
        while piece := await self.next():
            size += len(piece)
        return size


@pytest.fixture
async def came(serve: Serve, connect: Connect) -> tuple[Peer, Taker, Request]:
    """A peer that has sent the head of a stream, and the request that came of it."""
    door = Door()
    peer = await connect((await serve(door, None, STREAMED)).port)
    await peer.send(HEAD)
    request = await door.came.get()
    return peer, Taker(request), request


async def test_pieces_come_before_the_body_is_complete(came: tuple[Peer, Taker, Request]) -> None:
    peer, taker, request = came
    for piece in (b"one", b"two"):
        await peer.send(render_chunk(piece))
        assert await taker.next() == piece
    await peer.send(b"0\r\nX-Error: e\r\n\r\n")
    assert await taker.next() == b""
    assert (request.trailers, request.truncated) == ({b"x-error": b"e"}, False)
    request.respond(202)
    assert (await peer.answer())[0] == 202


async def test_a_peer_is_held_up_while_nobody_takes(serve: Serve, connect: Connect) -> None:
    door = Door(lambda request: request.respond(200) if request.method == "GET" else None)
    port = (await serve(door, None, STREAMED)).port
    peer, other = await connect(port), await connect(port)
    size = 64 * 1024 * 1024
    peer.write(HEAD + render_chunk(b"x" * size) + LAST_CHUNK)
    request = await door.came.get()
    taker = Taker(request)
    first = len(await taker.next())
    for _ in range(50):  # in which a server that reads on would fill its memory
        await other.send(b"GET / HTTP/1.1\r\n\r\n")
        await other.answer()
    assert taker.stream._buffered_bytes < 1024 * 1024
    assert first + await taker.rest() == size
    request.respond(202)
    assert (await peer.answer())[0] == 202


async def test_after_an_early_answer_the_next_request_is_answered(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(Door(lambda request: request.respond(403)), None, STREAMED)).port)
    for _ in range(3):
        await peer.send(HEAD)
        assert (await peer.answer())[0] == 403
        await peer.send(render_chunk(b"x" * 600_000) + LAST_CHUNK)


@pytest.mark.parametrize("leave", [Peer.finish, Peer.reset], ids=["half-closed", "reset"])
async def test_a_peer_that_leaves_ends_the_body(
    came: tuple[Peer, Taker, Request], leave: Callable[[Peer], None]
) -> None:
    peer, taker, request = came
    await peer.send(render_chunk(b"half"))
    assert await taker.next() == b"half"
    leave(peer)
    assert await taker.next() == b""
    assert request.truncated


async def test_broken_framing_ends_the_body_and_the_connection(came: tuple[Peer, Taker, Request]) -> None:
    peer, taker, request = came
    await peer.send(render_chunk(b"half") + b"zz\r\n")
    assert await taker.next() == b"half"
    assert await taker.next() == b""
    assert request.truncated
    request.respond(400)
    status, headers, _ = await peer.answer()
    assert (status, headers["connection"]) == (400, "close")


async def test_a_peer_that_asks_first_is_told_to_go_on(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door, None, STREAMED)).port)
    await peer.send(HEAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    assert (await peer.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    await peer.send(render_chunk(b"body") + LAST_CHUNK)
    assert await Taker(await door.came.get()).next() == b"body"


async def test_a_stream_behind_an_unanswered_request_waits_for_its_turn(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door, None, STREAMED)).port)
    await peer.send(b"GET /first HTTP/1.1\r\n\r\n" + HEAD + render_chunk(b"body") + LAST_CHUNK)
    first = await door.came.get()
    assert door.came.empty()
    first.respond(200)
    await peer.answer()
    assert await Taker(await door.came.get()).rest() == 4
