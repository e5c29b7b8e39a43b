"""A peer that writes whatever bytes a test wants, and a door that remembers what came through it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from lambdatui.net.listener import Listener
from lambdatui.net.request import Request

PATIENCE_S = 20
"""After this long a test fails instead of waiting for what will not come."""


class Peer:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> "Peer":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def write(self, data: bytes) -> None:
        """Send as much as the other side takes, and do not wait for it to take the rest."""
        self._writer.write(data)

    def finish(self) -> None:
        """Send nothing more, but go on reading."""
        self._writer.write_eof()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by lower-case name, body of the next answer with a Content-Length."""
        head = (await self.until(b"\r\n\r\n")).decode()
        status_line, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        async with asyncio.timeout(PATIENCE_S):
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return int(status_line.split()[1]), headers, body

    async def until(self, end: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.readuntil(end)

    async def exactly(self, size: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.readexactly(size)

    async def some(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read(1024 * 1024)

    async def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read()

    def reset(self) -> None:
        """Go away without a word, as a killed process may."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return  # a test had the server reset it


class Door:
    """A handler: keeps what comes and answers by ``answer``, at once."""

    def __init__(self, answer: Callable[[Request], None] | None = None) -> None:
        self.came: asyncio.Queue[Request] = asyncio.Queue()
        self._answer = answer

    def __call__(self, request: Request) -> None:
        self.came.put_nowait(request)
        if self._answer is not None:
            self._answer(request)


def echo(request: Request) -> None:
    request.respond(200, b"Content-Type: text/plain\r\n", request.path.encode() + b" " + request.body)


# The fixtures that open a door, and go through it.
Serve = Callable[..., Awaitable[Listener]]
Connect = Callable[[int], Awaitable[Peer]]
