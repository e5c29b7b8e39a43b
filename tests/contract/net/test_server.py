"""The server against raw sockets: order, framing, and what it does with peers that behave badly or go away."""

import asyncio
from collections.abc import Callable

import pytest

from lambdatui.net.limits import Limits
from lambdatui.net.request import Request
from tests.contract.net.peer import Connect, Door, Peer, Serve, echo


async def test_requests_on_one_connection_are_answered_one_after_the_other(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo)).port)
    for number in range(3):
        await peer.send(b"POST /%d HTTP/1.1\r\nContent-Length: 2\r\n\r\nab" % number)
        assert await peer.answer() == (200, {"content-type": "text/plain", "content-length": "5"}, b"/%d ab" % number)


async def test_pipelined_requests_wait_for_the_answer_to_the_first(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
    for path in ("/a", "/b", "/c"):
        request = await door.came.get()
        assert request.path == path
        assert door.came.empty()
        request.respond(200, b"", path.encode())
        assert (await peer.answer())[2] == path.encode()


async def test_a_thousand_pipelined_requests_are_answered_in_order(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo)).port)
    peer.write(b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % number for number in range(1000)))
    assert [(await peer.answer())[2] for _ in range(1000)] == [b"/%d " % number for number in range(1000)]


async def test_six_megabytes_arrive_whole_in_both_directions(serve: Serve, connect: Connect) -> None:
    body = bytes(range(256)) * 24 * 1024
    peer = await connect((await serve(Door(lambda request: request.respond(200, b"", request.body)))).port)
    peer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert (await peer.answer())[2] == body


async def test_one_byte_over_the_limit_is_told_to_the_handler_and_the_connection_goes_on(
    serve: Serve, connect: Connect
) -> None:
    door = Door(lambda request: request.respond(413 if request.body_too_large else 200))
    peer = await connect((await serve(door, Limits(max_body_bytes=1000))).port)
    await peer.send(b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001)
    assert (await peer.answer())[0] == 413
    await peer.send(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert (await peer.answer())[0] == 200


async def test_a_sender_of_far_too_much_still_gets_to_read_its_answer(serve: Serve, connect: Connect) -> None:
    door = Door(lambda request: request.respond(413, b"", b"too large"))
    peer = await connect((await serve(door, Limits(max_body_bytes=1000, max_discarded_bytes=1000))).port)
    peer.write(b"POST / HTTP/1.1\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 2_000_000)
    status, headers, body = await peer.answer()
    assert (status, headers["connection"], body) == (413, "close", b"too large")


@pytest.mark.parametrize("leave", [Peer.finish, Peer.reset], ids=["half-closed", "reset"])
async def test_a_body_cut_off_is_told_to_the_handler(
    serve: Serve, connect: Connect, leave: Callable[[Peer], None]
) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /ready HTTP/1.1\r\n\r\n")
    (await door.came.get()).respond(200)
    await peer.answer()
    await peer.send(b"POST /cut HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    leave(peer)
    request = await door.came.get()
    assert (request.path, request.truncated, request.body) == ("/cut", True, b"")
    request.respond(400, b"", b"truncated")  # nothing to be done, or an answer; never an error


async def test_a_peer_that_half_closed_still_gets_its_answers(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\na")
    peer.finish()
    (await door.came.get()).respond(200, b"", b"first")
    (await door.came.get()).respond(400, b"", b"cut off")
    assert (await peer.rest()).endswith(b"Connection: close\r\n\r\ncut off")


async def test_the_handler_hears_of_a_peer_that_left_and_answering_it_does_nothing(
    serve: Serve, connect: Connect
) -> None:
    door, left = Door(), asyncio.Event()
    listener = await serve(door)
    peer = await connect(listener.port)
    await peer.send(b"GET / HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.on_disconnect = lambda _: left.set()
    peer.reset()
    await left.wait()
    assert request.closed
    request.respond(200, b"", b"to nobody")
    assert listener.connection_count == 0


async def test_answering_twice_is_our_mistake_and_says_so(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /twice HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.respond(200)
    with pytest.raises(RuntimeError, match="GET /twice was answered twice"):
        request.respond(200)


async def test_a_peer_that_asks_first_is_told_to_continue(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo)).port)
    await peer.send(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert await peer.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await peer.send(b"abc")
    assert (await peer.answer())[2] == b"/x abc"


async def test_a_continue_waits_its_turn_behind_an_unanswered_request(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    (await door.came.get()).respond(200, b"", b"a")
    assert (await peer.until(b"Continue\r\n\r\n")).startswith(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 100 "
    )


async def test_a_head_request_gets_the_head_of_the_answer_alone(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo)).port)
    await peer.send(b"HEAD /x HTTP/1.1\r\n\r\nGET /y HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert (await peer.rest()).startswith(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK"
    )


@pytest.mark.parametrize(
    "raw", [b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"], ids=["1.0", "close"]
)
async def test_a_peer_that_wants_one_answer_gets_one_and_the_end(serve: Serve, connect: Connect, raw: bytes) -> None:
    peer = await connect((await serve(echo)).port)
    await peer.send(raw)
    assert (await peer.rest()).endswith(b"Connection: close\r\n\r\n/ ")


async def test_garbage_is_answered_with_400_and_the_end(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert (await peer.answer())[0] == 400
    assert await peer.rest() == b""
    assert door.came.empty()


async def test_a_good_request_before_garbage_is_answered_first(serve: Serve, connect: Connect) -> None:
    peer = await connect((await serve(echo)).port)
    await peer.send(b"GET /good HTTP/1.1\r\n\r\ngarbage\r\n\r\n")
    assert (await peer.answer())[2] == b"/good "
    assert (await peer.answer())[0] == 400


async def test_a_handler_that_raises_costs_its_own_connection_and_is_reported(serve: Serve, connect: Connect) -> None:
    def fail(request: Request) -> None:
        if request.path == "/bad":
            raise LookupError("a bug of ours")
        echo(request)

    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    port = (await serve(fail)).port
    bad, good = await connect(port), await connect(port)
    await bad.send(b"GET /bad HTTP/1.1\r\n\r\n")
    assert await bad.rest() == b""
    await good.send(b"GET /good HTTP/1.1\r\n\r\n")
    assert (await good.answer())[2] == b"/good "
    assert reported == ["the handler of GET /bad failed"]


async def test_ten_thousand_requests_on_one_connection_leave_nothing_behind(serve: Serve, connect: Connect) -> None:
    import gc

    peer = await connect((await serve(echo)).port)

    async def ask(times: int) -> int:
        for _ in range(times // 100):
            peer.write(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" * 100)
            for _ in range(100):
                await peer.answer()
        gc.collect()
        return len(gc.get_objects())

    before = await ask(500)
    assert await ask(10_000) < before + 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 200),
        (b"GET /x HTTP/2.0\r\n\r\n", 505),
        (b"no HTTP at all\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", 400),
    ],
)
async def test_connection_that_is_gone_is_freed_without_a_collector_of_garbage(
    serve: Serve, connect: Connect, asked: bytes, status: int
) -> None:
    import gc
    import weakref

    listener = await serve(echo)
    peer = await connect(listener.port)
    freed = asyncio.Event()
    await peer.send(b"GET /first HTTP/1.1\r\n\r\n")
    await peer.answer()
    for connection in listener._state.connections:
        weakref.finalize(connection, freed.set)
    del connection
    gc.disable()
    try:
        await peer.send(asked)
        assert (await peer.answer())[0] == status
        await peer.close()
        await asyncio.wait_for(freed.wait(), 5)
    finally:
        gc.enable()
