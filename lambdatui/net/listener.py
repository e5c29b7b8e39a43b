"""Doors: sockets that accept connections for one handler. Cheap enough for one per environment."""

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from lambdatui.net.connection import HttpConnection, ServerState
from lambdatui.net.limits import Limits, StreamedBodies
from lambdatui.net.request import Handler

_BACKLOG = 512
_MAX_UNIX_PATH_BYTES = 103
"""What macOS allows; Linux has four more."""


class Listener:
    """An open door. ``port`` is 0 for a unix socket."""

    def __init__(self, server: asyncio.Server, state: ServerState, port: int, path: Path | None) -> None:
        self.port = port
        self.path = path
        self._server = server
        self._state = state
        self._due: set[HttpConnection] = set()

    @property
    def connection_count(self) -> int:
        return len(self._state.connections)

    def finish(self) -> None:
        """Accept nothing more. Connections end with the answer that they wait for, the others now."""
        self._stop_accepting()
        self._state.lost = asyncio.Event()
        self._due = {connection for connection in tuple(self._state.connections) if connection.finish()}

    async def finished(self, within_s: float) -> None:
        """After ``finish``: returns when every answer is sent, streams left out, or when the time is over."""
        lost = self._state.lost
        assert lost is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._due & self._state.connections:
                    lost.clear()
                    await lost.wait()

    def close(self) -> None:
        """Accept nothing more and drop every connection; unanswered requests see their peer as gone. Idempotent."""
        self._stop_accepting()
        self.drop_connections()
        if self.path is not None:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()
            self.path = None

    def drop_connections(self) -> None:
        """Drop every connection there is now; new ones are accepted."""
        for connection in tuple(self._state.connections):
            connection.abort()

    async def wait_closed(self) -> None:
        """After ``close``: the port is free, and every connection gone."""
        await self._server.wait_closed()

    def _stop_accepting(self) -> None:
        """A connection that asyncio's own loop has accepted belongs to its server only one turn later. Were that closed
        by then, it would fail in silence and hold the socket, and the peer would wait for ever. uvloop knows no such
        gap, and no reader either.
        """
        self._state.open = False
        loop = self._server.get_loop()
        for listening in self._server.sockets:
            loop.remove_reader(listening.fileno())
        loop.call_soon(self._server.close)


def bind_tcp(host: str, port: int) -> socket.socket:
    """A listening socket (port 0 picks a free one): connections queue up from here on. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: asyncio looks at it before it switches Nagle's algorithm off.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def bind_unix(path: Path) -> socket.socket:
    """A listening unix socket that only this user may open. A dead socket file in its place is replaced.

    Raises FileExistsError when somebody listens there or it is no socket, ValueError when the path is too long.
    """
    if len(os.fsencode(path)) > _MAX_UNIX_PATH_BYTES:
        raise ValueError(f"{path} is too long for a unix socket: at most {_MAX_UNIX_PATH_BYTES} bytes")
    _remove_dead_socket(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


async def serve(
    listening: socket.socket,
    handler: Handler,
    limits: Limits,
    *,
    path: Path | None = None,
    streamed: StreamedBodies | None = None,
    stamp: Callable[[], float] | None = None,
) -> Listener:
    """Serve on a socket that is bound and listening; it belongs to the listener from now on.

    With ``stamp``, requests that come in pieces know when they began.
    """
    state = ServerState(handler, limits, streamed, stamp)
    loop = asyncio.get_running_loop()
    if listening.family == socket.AF_UNIX:
        server = await loop.create_unix_server(lambda: HttpConnection(state), sock=listening, backlog=_BACKLOG)
        return Listener(server, state, 0, path)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what it accepts inherits it
    port = listening.getsockname()[1]
    server = await loop.create_server(lambda: HttpConnection(state), sock=listening, backlog=_BACKLOG)
    return Listener(server, state, port, None)


async def serve_tcp(
    host: str, port: int, handler: Handler, limits: Limits | None = None, *, streamed: StreamedBodies | None = None
) -> Listener:
    """Serve on an address given as numbers; port 0 picks a free one. Raises OSError when it cannot be bound."""
    return await serve(bind_tcp(host, port), handler, limits or Limits(), streamed=streamed)


async def serve_unix(path: Path, handler: Handler, limits: Limits | None = None) -> Listener:
    """Serve on a unix socket file, which disappears with the listener. Raises as ``bind_unix`` does."""
    return await serve(bind_unix(path), handler, limits or Limits(), path=path)


def _remove_dead_socket(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(f"{path} exists and is not a socket: remove it or choose another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise FileExistsError(f"somebody already listens on {path}")
