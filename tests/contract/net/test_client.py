"""The client against our server and against servers that do not behave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from lambdatui.net.client import HttpClient
from lambdatui.net.listener import Listener
from lambdatui.net.request import Request
from tests.contract.net.peer import Door, echo

Serve = Callable[..., Awaitable[Listener]]


@pytest.fixture
async def raw_server() -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """Starts a server that answers anything with the same bytes and closes."""
    servers: list[asyncio.Server] = []

    async def start(answer: bytes) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()
            await writer.wait_closed()

        servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        port: int = servers[-1].sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def client_of() -> AsyncIterator[Callable[[int], HttpClient]]:
    clients: list[HttpClient] = []

    def make(port: int) -> HttpClient:
        clients.append(HttpClient.tcp("127.0.0.1", port))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


ClientOf = Callable[[int], HttpClient]
RawServer = Callable[[bytes], Awaitable[int]]


async def test_requests_one_after_the_other_share_a_connection(serve: Serve, client_of: ClientOf) -> None:
    listener = await serve(echo)
    client = client_of(listener.port)
    for number in range(3):
        response = await client.request("POST", f"/{number}", [("A", "b")], b"body")
        assert (response.status, response.body) == (200, b"/%d body" % number)
        assert response.headers["content-type"] == "text/plain"
    assert listener.connection_count == 1


async def test_requests_at_the_same_time_have_connections_of_their_own(serve: Serve, client_of: ClientOf) -> None:
    door = Door()
    client = client_of((await serve(door)).port)
    both = asyncio.gather(client.request("GET", "/a"), client.request("GET", "/b"))
    requests = [await door.came.get(), await door.came.get()]
    for request in reversed(requests):
        request.respond(200, b"", request.path.encode())
    assert [response.body for response in await both] == [b"/a", b"/b"]


async def test_six_megabytes_go_both_ways(serve: Serve, client_of: ClientOf) -> None:
    body = bytes(range(256)) * 20 * 1024
    client = client_of((await serve(lambda request: request.respond(200, b"", request.body))).port)
    assert (await client.request("POST", "/", b"", body)).body == body


async def test_a_head_has_no_body_and_the_connection_goes_on(serve: Serve, client_of: ClientOf) -> None:
    listener = await serve(echo)
    client = client_of(listener.port)
    assert (await client.request("HEAD", "/x")).body == b""
    assert (await client.request("GET", "/x")).body == b"/x "
    assert listener.connection_count == 1


async def test_lines_of_a_stream_come_while_it_runs(serve: Serve, client_of: ClientOf) -> None:
    door = Door()
    client = client_of((await serve(door)).port)

    async def read() -> list[bytes]:
        async with client.stream("GET", "/events") as response:
            return [line async for line in response.lines()]

    reading = asyncio.ensure_future(read())  # noqa: TID251  the test's own task
    request = await door.came.get()
    request.start_stream(200)
    for piece in (b"one\ntw", b"o", b"\n\nfour\n", b"five"):
        request.send_chunk(piece)
    request.end_stream()
    assert await reading == [b"one", b"two", b"", b"four", b"five"]


async def test_leaving_a_stream_early_tells_the_server(serve: Serve, client_of: ClientOf) -> None:
    left = asyncio.Event()

    def stream(request: Request) -> None:
        request.on_disconnect = lambda _: left.set()
        request.start_stream(200)
        request.send_chunk(b"first\n")

    client = client_of((await serve(stream)).port)
    async with client.stream("GET", "/events") as response:
        async for line in response.lines():
            assert line == b"first"
            break
    await left.wait()


async def test_a_reader_that_stops_is_felt_by_the_server(serve: Serve, client_of: ClientOf) -> None:
    door = Door()
    client = client_of((await serve(door)).port)

    async def open_and_wait(go_on: asyncio.Event) -> int:
        async with client.stream("GET", "/events") as response:
            await go_on.wait()
            return len(await response.read())

    go_on = asyncio.Event()
    reading = asyncio.ensure_future(open_and_wait(go_on))  # noqa: TID251  the test's own task
    request = await door.came.get()
    request.start_stream(200)
    sent = 65_536
    while request.send_chunk(b"x" * 65_536):
        sent += 65_536
        assert sent < 64 * 1024 * 1024, "nothing ever said stop"
    go_on.set()
    await request.drain()
    request.end_stream()
    assert await reading == sent


async def test_a_connection_the_server_closed_while_idle_is_not_used_again(serve: Serve, client_of: ClientOf) -> None:
    def once(request: Request) -> None:
        request.keep_alive = False
        echo(request)

    client = client_of((await serve(once)).port)
    assert (await client.request("GET", "/1")).body == b"/1 "
    assert (await client.request("GET", "/2")).body == b"/2 "


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "before its answer was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "before its answer was complete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "before its answer was complete"),
        (b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
    ],
    ids=["nothing", "cut off", "cut off chunks", "other protocol"],
)
async def test_an_answer_that_is_none_is_a_connection_error(
    raw_server: RawServer, client_of: ClientOf, answer: bytes, why: str
) -> None:
    with pytest.raises(ConnectionError, match=why):
        await client_of(await raw_server(answer)).request("GET", "/")


async def test_an_answer_that_ends_with_the_connection_is_whole(raw_server: RawServer, client_of: ClientOf) -> None:
    response = await client_of(await raw_server(b"HTTP/1.1 200 OK\r\n\r\nabc")).request("GET", "/")
    assert response.body == b"abc"


async def test_an_interim_answer_is_passed_over(raw_server: RawServer, client_of: ClientOf) -> None:
    answer = b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
    response = await client_of(await raw_server(answer)).request("POST", "/")
    assert (response.status, response.body, "x" in response.headers) == (201, b"ok", False)


async def test_nobody_there_is_a_connection_error(client_of: ClientOf) -> None:
    with pytest.raises(ConnectionRefusedError):
        await client_of(1).request("GET", "/")
