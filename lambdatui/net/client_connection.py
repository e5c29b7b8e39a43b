"""One client connection: sends a request, gives its answer as a head and pieces of a body, with back-pressure."""

import asyncio
from collections import deque
from typing import cast

import httptools

_HIGH_WATER_BYTES = 1024 * 1024
"""So much unread body stops the reading; the server then feels it."""


class ClientConnection(asyncio.Protocol):
    """One request at a time: ``begin``, ``write``, ``head``, ``next_piece`` until it gives nothing."""

    def __init__(self) -> None:
        self._transport = cast("asyncio.Transport", None)
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._status = 0
        self._pieces: deque[bytes] = deque()
        self._buffered_bytes = 0
        self._head_done = False
        self._complete = True
        self._keep_alive = True
        self._head_only = False
        self._paused = False
        self._failure: ConnectionError | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def reusable(self) -> bool:
        """Nothing is under way and the server has not closed."""
        return self._complete and self._keep_alive and self._failure is None and not self._transport.is_closing()

    def begin(self, *, head_only: bool) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers = {}
        self._pieces.clear()
        self._buffered_bytes = 0
        self._head_done = self._complete = False
        self._head_only = head_only
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    async def head(self) -> tuple[int, dict[str, str]]:
        while not self._head_done:
            await self._wait()
        return self._status, self._headers

    async def next_piece(self) -> bytes:
        """The next bytes of the body; empty at its end."""
        while not self._pieces:
            if self._complete:
                return b""
            await self._wait()
        piece = self._pieces.popleft()
        self._buffered_bytes -= len(piece)
        if self._paused and self._buffered_bytes < _HIGH_WATER_BYTES // 2:
            self._paused = False
            self._transport.resume_reading()
        return piece

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._complete:
            self._fail("the server sent something nobody had asked for")
            self._transport.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("the server wants to change protocols")
        except httptools.HttpParserError as error:
            self._fail(f"the server does not speak HTTP: {error}")
        if self._buffered_bytes > _HIGH_WATER_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        if not self._complete and self._head_done and self._ends_with_connection():
            self._complete = True
        self._keep_alive = False
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep_alive = False
        if not self._complete:
            self._fail("the server closed the connection" + (f": {exc}" if exc else " before its answer was complete"))
        self._wake()

    # Callbacks of the parser

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._head_done:
            self._headers[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status == 100:
            self._headers = {}
            return
        self._status = status
        self._keep_alive = self._parser.should_keep_alive()
        self._head_done = True
        if self._head_only:
            self._complete = True

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._buffered_bytes += len(piece)

    def on_message_complete(self) -> None:
        if self._head_done:
            self._complete = True

    # Waiting

    def _ends_with_connection(self) -> bool:
        return "content-length" not in self._headers and "chunked" not in self._headers.get("transfer-encoding", "")

    def _fail(self, why: str) -> None:
        if self._failure is None:
            self._failure = ConnectionError(why)

    async def _wait(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
