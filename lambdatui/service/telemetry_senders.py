"""How one payload of telemetry gets to a listener inside an environment: as an HTTP request, or as lines over TCP.

``Dial`` makes the connection. Where an environment has no network of its own, its loopback is this machine's.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol

from lambdatui.net.client_connection import ClientConnection
from lambdatui.net.heads import render_request_head
from lambdatui.runtime_api.telemetry_subscription import HOSTS, Destination
from lambdatui.runtime_api.telemetry_subscription import Protocol as Wire

Dial = Callable[[int], Awaitable[socket.socket]]
"""A connected, non-blocking socket to a port of the environment's loopback. Raises OSError."""

_LOOPBACK = "127.0.0.1"
_ANSWER_BYTES = 64 * 1024
"""Nobody wants to know more of what a listener answers."""


class Undeliverable(Exception):
    """An attempt failed; the message says how."""


class Sender(Protocol):
    async def send(self, events: list[bytes]) -> None:
        """One attempt. Raises OSError or Undeliverable."""

    def close(self) -> None: ...


async def dial_loopback(port: int) -> socket.socket:
    """On this machine. Raises OSError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, (_LOOPBACK, port))
    except BaseException:
        made.close()
        raise
    return made


def sender_to(destination: Destination, dial: Dial) -> Sender:
    kind = HttpSender if destination.protocol is Wire.HTTP else TcpSender
    return kind(destination, dial)


class HttpSender:
    """A JSON array by POST, or by PUT where the Logs API was asked to. The connection is kept while that lasts."""

    def __init__(self, destination: Destination, dial: Dial) -> None:
        self._to = destination
        self._dial = dial
        self._connection: ClientConnection | None = None

    async def send(self, events: list[bytes]) -> None:
        body = b"[" + b",".join(events) + b"]"
        headers = f"Host: {HOSTS[0]}:{self._to.port}\r\nContent-Type: application/json\r\n".encode()
        connection = await self._connected()
        try:
            connection.begin(head_only=False)
            connection.write(render_request_head(self._to.method, self._to.target, headers, len(body)) + body)
            status, _ = await connection.head()
            await _skip_answer(connection)
        finally:
            if not connection.reusable:
                self.close()
        if status >= 400:
            raise Undeliverable(f"HTTP request failed with status {status}")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _connected(self) -> ClientConnection:
        if self._connection is not None and self._connection.reusable:
            return self._connection
        self.close()
        loop = asyncio.get_running_loop()
        made = await self._dial(self._to.port)
        _, self._connection = await loop.create_connection(ClientConnection, sock=made)
        return self._connection


async def _skip_answer(connection: ClientConnection) -> None:
    size = 0
    while size < _ANSWER_BYTES and (piece := await connection.next_piece()):
        size += len(piece)


class TcpSender:
    """One JSON text per line, over one connection as long as that lasts."""

    def __init__(self, destination: Destination, dial: Dial) -> None:
        self._port = destination.port
        self._dial = dial
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, events: list[bytes]) -> None:
        reader, writer = self._connection or (None, None)
        if reader is None or writer is None or reader.at_eof() or writer.is_closing():
            self.close()
            made = await self._dial(self._port)
            self._connection = reader, writer = await asyncio.open_connection(sock=made)
        try:
            writer.write(b"\n".join(events) + b"\n")
            await writer.drain()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            self._connection = None
