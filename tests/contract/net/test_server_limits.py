"""What a server takes: heads and bodies of a size, in a time, from so many peers; the rest is refused in its turn."""

import asyncio

import pytest

from lambdatui.net.limits import Limits
from lambdatui.net.request import Request
from tests.contract.net.peer import PATIENCE_S, Connect, Door, Serve, echo


async def test_a_head_that_is_too_large_is_answered_with_431(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo, Limits(max_head_bytes=1000))).port)
    peer.write(b"GET / HTTP/1.1\r\nA: " + b"a" * 1_000_000)
    assert (await peer.answer())[0] == 431


@pytest.mark.parametrize(
    ("raw", "what"),
    [(b"GET / HTTP/1.1\r\nHo", b"head"), (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", b"body")],
    ids=["head", "body"],
)
async def test_a_request_that_does_not_go_on_is_answered_with_408(
    serve: Serve, connect: Connect, raw: bytes, what: bytes
) -> None:
    peer = await connect((await serve(echo, Limits(head_timeout_s=0.05, body_timeout_s=0.05))).port)
    await peer.send(raw)
    status, _, body = await peer.answer()
    assert (status, body) == (408, b"the rest of the request's %b did not come in time\n" % what)
    assert await peer.rest() == b""


async def test_a_head_that_stops_after_another_request_is_answered_with_408(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo, Limits(head_timeout_s=0.05, keep_alive_timeout_s=None))).port)
    await peer.send(b"GET /a HTTP/1.1\r\nHo")
    await peer.send(b"st: x\r\n\r\nGET /b HTTP/1.1\r\nHo")
    assert (await peer.answer())[2] == b"/a "
    assert (await peer.answer())[0] == 408


async def test_a_head_that_drips_does_not_move_its_own_deadline(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo, Limits(head_timeout_s=0.1))).port)
    await peer.send(b"GET / HTTP/1.1\r\nDrip: ")
    answered = asyncio.ensure_future(peer.answer())  # noqa: TID251  the test's own task
    while not answered.done():
        peer.write(b"A")
        await asyncio.wait([answered], timeout=0.01)
    assert (await answered)[0] == 408


@pytest.mark.parametrize("raw", [b"", b"GET / HTTP/1.1\r\n\r\n"], ids=["never asked", "asked once"])
async def test_an_idle_connection_is_closed_without_a_word(serve: Serve, connect: Connect, raw: bytes) -> None:
    peer = await connect((await serve(echo, Limits(head_timeout_s=0.05, keep_alive_timeout_s=0.05))).port)
    await peer.send(raw)
    assert (await peer.rest()).count(b"HTTP/1.1") == raw.count(b"HTTP/1.1")


async def test_waiting_for_the_handler_has_no_time_limit(serve: Serve, connect: Connect) -> None:
    door = Door()
    limits = Limits(head_timeout_s=0.02, body_timeout_s=0.02, keep_alive_timeout_s=0.02)
    peer = await connect((await serve(door, limits)).port)
    await peer.send(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n")
    await peer.send(b"a")
    request = await door.came.get()
    answered = asyncio.ensure_future(peer.answer())  # noqa: TID251  the test's own task
    await asyncio.wait([answered], timeout=0.1)
    assert not answered.done()
    request.respond(200)
    assert (await answered)[0] == 200


async def test_one_connection_too_many_is_told_so(serve: Serve, connect: Connect) -> None:
    listener = await serve(echo, Limits(max_connections=1))
    first = await connect(listener.port)
    await first.send(b"GET /first HTTP/1.1\r\n\r\n")
    await first.answer()
    second = await connect(listener.port)
    assert (await second.answer())[0] == 503
    await first.send(b"GET /again HTTP/1.1\r\n\r\n")
    assert (await first.answer())[2] == b"/again "


async def test_unfinished_bodies_are_bounded_in_total(serve: Serve, connect: Connect) -> None:
    door = Door(echo)
    limits = Limits(max_body_bytes=100_000, max_buffered_bytes=150_000)
    listener = await serve(door, limits)
    first, second = await connect(listener.port), await connect(listener.port)
    for peer in (first, second):
        await peer.send(b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"x" * 90_000)
    done, _ = await asyncio.wait(
        [asyncio.ensure_future(peer.answer()) for peer in (first, second)],  # noqa: TID251  the test's own tasks
        return_when=asyncio.FIRST_COMPLETED,
    )
    assert [task.result()[0] for task in done] == [503]
    first.write(b"x" * 10_000)
    second.write(b"x" * 10_000)
    assert len((await door.came.get()).body) == 100_000


TWO_BODIES = Limits(max_body_bytes=100_000, max_buffered_bytes=250_000)


BODY = b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000


async def test_unanswered_requests_are_bounded_in_total_too(serve: Serve, connect: Connect) -> None:
    door = Door()
    listener = await serve(door, TWO_BODIES)
    peers = [await connect(listener.port) for _ in range(2)]
    for peer in peers:
        peer.write(BODY)
    for request in [await door.came.get() for _ in peers]:
        refused = await connect(listener.port)
        refused.write(BODY)
        status, headers, _ = await refused.answer()
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")
        assert await refused.rest() == b""
        request.respond(200)
        peers.append(await connect(listener.port))
        peers[-1].write(BODY)
        assert len((await door.came.get()).body) == 100_000


async def test_a_small_request_is_refused_while_large_ones_fill_the_memory(serve: Serve, connect: Connect) -> None:
    door = Door()
    listener = await serve(door, Limits(max_body_bytes=100_000, max_buffered_bytes=100_000))
    large, small = await connect(listener.port), await connect(listener.port)
    large.write(BODY)
    request = await door.came.get()
    small.write(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
    assert (await small.answer())[0] == 503
    assert door.came.empty()
    request.respond(200)


async def test_a_pipelined_request_over_the_total_is_refused_in_its_turn(serve: Serve, connect: Connect) -> None:
    door = Door()
    listener = await serve(door, Limits(max_buffered_bytes=25))
    peer = await connect(listener.port)
    peer.write(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789" * 3)
    for _ in range(2):
        (await door.came.get()).respond(200)
    assert [(await peer.answer())[0] for _ in range(3)] == [200, 200, 503]


async def test_a_body_counts_while_its_handler_works_although_the_peer_is_gone(serve: Serve, connect: Connect) -> None:
    door = Door()
    listener = await serve(door, Limits(max_body_bytes=100_000, max_buffered_bytes=150_000))
    gone = await connect(listener.port)
    gone.write(BODY)
    request = await door.came.get()
    listener.drop_connections()
    refused = await connect(listener.port)
    refused.write(BODY)
    assert (await refused.answer())[0] == 503
    assert request.closed
    request.respond(200)
    welcome = await connect(listener.port)
    welcome.write(BODY)
    assert len((await door.came.get()).body) == 100_000


@pytest.mark.parametrize("lets_go", ["drop", "on_disconnect"])
async def test_a_body_that_its_handler_let_go_of_counts_no_longer(serve: Serve, connect: Connect, lets_go: str) -> None:
    left = asyncio.Event()

    def handle(request: Request) -> None:
        request.on_disconnect = lambda _: left.set()
        if lets_go == "drop":
            request.on_disconnect = None
            request.drop()
            left.set()

    door = Door(handle)
    listener = await serve(door, Limits(max_body_bytes=100_000, max_buffered_bytes=100_000))
    for _ in range(3):
        peer = await connect(listener.port)
        peer.write(BODY)
        assert len((await door.came.get()).body) == 100_000
        peer.reset()
        async with asyncio.timeout(PATIENCE_S):
            await left.wait()
        left.clear()
