"""Answers that go on: in pieces, at the pace of who reads them, no longer than their connection."""

import asyncio

from tests.contract.net.peer import Connect, Door, Serve


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
