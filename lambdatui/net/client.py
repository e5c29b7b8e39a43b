"""A small HTTP/1.1 client for our own servers: TCP or a unix socket, connections kept alive, answers read as streams.

No redirects, no cookies, no TLS. Raises OSError when the server cannot be reached, and of that ConnectionError when it
goes away or talks nonsense.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lambdatui.net.client_connection import ClientConnection
from lambdatui.net.heads import Headers, render_headers, render_request_head

_JOIN_BELOW_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. ``headers`` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes


class StreamedResponse:
    """An answer whose body is still coming. Read it by exactly one of ``chunks``, ``lines`` and ``read``."""

    def __init__(self, status: int, headers: dict[str, str], connection: ClientConnection) -> None:
        self.status = status
        self.headers = headers
        self._connection = connection

    async def chunks(self) -> AsyncIterator[bytes]:
        """Pieces as they come, of no particular size. Raises ConnectionError if the body is cut off."""
        while piece := await self._connection.next_piece():
            yield piece

    async def lines(self) -> AsyncIterator[bytes]:
        """Lines without their line ends; the last one may lack its own. Raises ConnectionError as ``chunks`` does."""
        parts: list[bytes] = []
        async for piece in self.chunks():
            first, *rest = piece.split(b"\n")
            parts.append(first)
            if rest:
                yield b"".join(parts)
                for line in rest[:-1]:
                    yield line
                parts = [rest[-1]]
        if last := b"".join(parts):
            yield last

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self.chunks()])


class HttpClient:
    """Talks to one server: ``HttpClient.tcp(host, port)`` or ``HttpClient.unix(path)``. Safe for concurrent calls.

    A request that was sent is never sent again by itself: an invoke must not run twice.
    """

    def __init__(self, *, host: str = "", port: int = 0, path: Path | None = None) -> None:
        self._host = host
        self._port = port
        self._path = path
        self._idle: list[ClientConnection] = []
        self._closed = False
        authority = "localhost" if path is not None else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._host_line = render_headers([("Host", authority)])

    @classmethod
    def tcp(cls, host: str, port: int) -> "HttpClient":
        return cls(host=host, port=port)

    @classmethod
    def unix(cls, path: Path) -> "HttpClient":
        return cls(path=path)

    async def request(self, method: str, target: str, headers: Headers = b"", body: bytes = b"") -> Response:
        """Send one request and read its whole answer."""
        async with self.stream(method, target, headers, body) as response:
            return Response(response.status, response.headers, await response.read())

    @asynccontextmanager
    async def stream(
        self, method: str, target: str, headers: Headers = b"", body: bytes = b""
    ) -> AsyncIterator[StreamedResponse]:
        """Send one request; the body of its answer is read inside the block. Leaving early closes the connection."""
        lines = headers if isinstance(headers, bytes) else render_headers(headers)
        length = len(body) if body or method not in ("GET", "HEAD", "DELETE") else None
        head = render_request_head(method, target, self._host_line + lines, length)
        connection = self._take_idle() or await self._connect()
        try:
            connection.begin(head_only=method == "HEAD")
            if len(body) < _JOIN_BELOW_BYTES:
                connection.write(head + body)
            else:
                connection.write(head)
                connection.write(body)
            status, received = await connection.head()
            yield StreamedResponse(status, received, connection)
        finally:
            if connection.reusable and not self._closed:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close what is idle; running requests keep their connections to their end."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take_idle(self) -> ClientConnection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
            connection.close()
        return None

    async def _connect(self) -> ClientConnection:
        loop = asyncio.get_running_loop()
        if self._path is not None:
            _, connection = await loop.create_unix_connection(ClientConnection, str(self._path))
        else:
            _, connection = await loop.create_connection(ClientConnection, self._host, self._port)
        return connection
