"""The server against raw sockets: order, framing, and what it does with peers that behave badly or go away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lambdatui.net.limits import Limits
from lambdatui.net.listener import Listener
from lambdatui.net.request import Request
from tests.contract.net.peer import PATIENCE_S, Door, Peer, echo

Serve = Callable[..., Awaitable[Listener]]
Connect = Callable[[int], Awaitable[Peer]]


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


async def test_a_stream_is_chunked_and_leaves_the_connection_open(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /s HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.start_stream(200, [("Content-Type", "text/plain")])
    for piece in (b"one", b"", b"three"):
        assert request.send_chunk(piece)
    request.end_stream()
    request.end_stream()
    assert await peer.until(b"\r\n\r\n") == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    assert await peer.until(b"0\r\n\r\n") == b"3\r\none\r\n5\r\nthree\r\n0\r\n\r\n"
    await peer.send(b"GET /after HTTP/1.1\r\n\r\n")
    assert (await door.came.get()).path == "/after"


async def test_a_stream_to_an_old_peer_ends_with_the_connection(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /s HTTP/1.0\r\n\r\n")
    request = await door.came.get()
    request.start_stream(200)
    request.send_chunk(b"one")
    request.send_chunk(b"two")
    request.end_stream()
    assert await peer.rest() == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo"


async def test_a_stream_stops_for_a_peer_that_does_not_read(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /s HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.start_stream(200)
    sent = 65_536
    while request.send_chunk(b"x" * 65_536):
        sent += 65_536
        assert sent < 64 * 1024 * 1024, "nothing ever said stop"
    drained = asyncio.ensure_future(request.drain())  # noqa: TID251  the test's own task
    assert not drained.done()
    request.end_stream()
    received = b""
    while not drained.done():
        received += await peer.some()
    while not received.endswith(b"0\r\n\r\n"):
        received += await peer.some()
    assert received.count(b"x") == sent


async def test_the_end_of_a_viewer_ends_its_stream(serve: Serve, connect: Connect) -> None:
    door, left = Door(), asyncio.Event()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /s HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.on_disconnect = lambda _: left.set()
    request.start_stream(200)
    peer.finish()
    await left.wait()
    assert not request.send_chunk(b"to nobody")
    request.end_stream()


async def test_a_drain_does_not_outlive_its_connection(serve: Serve, connect: Connect) -> None:
    door = Door()
    peer = await connect((await serve(door)).port)
    await peer.send(b"GET /s HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    request.start_stream(200)
    while request.send_chunk(b"x" * 65_536):
        pass
    drained = asyncio.ensure_future(request.drain())  # noqa: TID251  the test's own task
    peer.reset()
    await drained
    assert request.closed


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
