"""Doors: opening, closing, and unix sockets left behind by the dead."""

import asyncio
import contextlib
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lambdatui.net.client import HttpClient
from lambdatui.net.limits import Limits
from lambdatui.net.listener import Listener, bind_tcp, bind_unix, serve, serve_unix
from tests.contract.net.peer import PATIENCE_S, Door, Peer, echo

Serve = Callable[..., Awaitable[Listener]]
Connect = Callable[[int], Awaitable[Peer]]


async def test_closing_drops_every_connection_and_frees_the_port(serve: Serve, connect: Connect) -> None:
    door = Door()
    listener = await serve(door)
    peer = await connect(listener.port)
    await peer.send(b"GET / HTTP/1.1\r\n\r\n")
    request = await door.came.get()
    listener.close()
    listener.close()
    assert await peer.rest() == b""
    assert request.closed
    bind_tcp("127.0.0.1", listener.port).close()


@pytest.mark.parametrize("end", [Listener.close, Listener.finish], ids=["close", "finish"])
async def test_connection_accepted_in_the_very_turn_in_which_the_door_closes_is_dropped(
    serve: Serve, end: Callable[[Listener], None]
) -> None:
    listener = await serve(echo)
    with socket.create_connection(("127.0.0.1", listener.port)) as peer:
        peer.setblocking(False)
        loop = asyncio.get_running_loop()
        loop.call_later(0, end, listener)  # what is due at once comes after what the selector has found
        with contextlib.suppress(ConnectionResetError):
            async with asyncio.timeout(PATIENCE_S):
                assert await loop.sock_recv(peer, 1) == b""


async def test_a_socket_bound_before_can_be_served_later() -> None:
    listening = bind_tcp("127.0.0.1", 0)
    early = await Peer.connect(listening.getsockname()[1])
    await early.send(b"GET /early HTTP/1.1\r\n\r\n")
    listener = await serve(listening, echo, Limits())
    assert (await early.answer())[2] == b"/early "
    await early.close()
    listener.close()


async def test_answers_are_not_held_back_to_fill_a_packet() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as handed_over:
        handed_over.bind(("127.0.0.1", 0))
        handed_over.listen()
        handed_over.setblocking(False)
        listener = await serve(handed_over.dup(), echo, Limits())
        assert handed_over.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        listener.close()


async def test_a_port_in_use_is_refused() -> None:
    with bind_tcp("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        bind_tcp("127.0.0.1", taken.getsockname()[1])


async def test_a_unix_socket_is_for_its_user_alone_and_goes_with_its_listener(tmp_path: Path) -> None:
    path = tmp_path / "s"
    listener = await serve_unix(path, echo)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    client = HttpClient.unix(path)
    assert (await client.request("GET", "/x")).body == b"/x "
    client.close()
    listener.close()
    assert not path.exists()


async def test_a_socket_file_nobody_listens_on_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    bind_unix(path).close()


async def test_a_socket_file_somebody_listens_on_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with bind_unix(path), pytest.raises(FileExistsError, match="somebody already listens"):
        bind_unix(path)


async def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="is not a socket"):
        bind_unix(path)
    assert path.read_text() == "mine"


async def test_a_path_the_system_cannot_take_is_named_as_too_long(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too long for a unix socket"):
        bind_unix(tmp_path / ("x" * 120))
