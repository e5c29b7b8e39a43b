"""One HTTP request and the way to answer it. Holds no socket: the connection behind it is a ``Wire``."""

from collections.abc import Callable
from typing import Any, Protocol

from lambdatui.net.body_stream import BodyStream
from lambdatui.net.heads import LAST_CHUNK, Headers, render_chunk, render_headers, render_response_head

_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_JOIN_BELOW_BYTES = 64 * 1024
"""Up to here copying a body behind its head is cheaper than a second write."""


class Wire(Protocol):
    """What a request needs of its connection."""

    def send(self, data: bytes) -> None: ...

    def send_with_next(self, data: bytes) -> None: ...

    def finish_answer(self, *, keep_alive: bool) -> None: ...

    def release_body(self, size: int) -> None: ...

    async def drain(self) -> None: ...

    def abort(self) -> None: ...

    @property
    def writable(self) -> bool: ...

    @property
    def peer(self) -> str: ...


class Request:
    """What the handler of a listener gets, once per request, in the order of the connection.

    Answer exactly once, at any later time: ``respond``, or ``start_stream`` … ``end_stream``; answering a peer that has
    gone does nothing. ``body_too_large`` and ``truncated`` requests have no body and still want an answer in the words
    of the API. ``headers`` has lower-case names; repeated ones are joined by a comma. ``tag`` is the handler's own.
    """

    __slots__ = (
        "_answered",
        "_held_bytes",
        "_streaming",
        "_wire",
        "begun_at",
        "body",
        "body_stream",
        "body_too_large",
        "closed",
        "headers",
        "http_1_0",
        "keep_alive",
        "memo",
        "method",
        "on_disconnect",
        "path",
        "query",
        "raw_headers",
        "tag",
        "trailers",
        "truncated",
    )

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        raw_headers: list[tuple[bytes, bytes]],
        headers: dict[bytes, bytes] | None = None,
    ) -> None:
        """``headers`` are what ``joined`` makes of ``raw_headers``, where that is known. Both are not to be changed."""
        self.method = method
        self.path = path
        self.query = query
        self.raw_headers = raw_headers
        self.headers = joined(raw_headers) if headers is None else headers
        self.body: bytes = b""
        self.body_stream: BodyStream | None = None
        """In the place of ``body``, where the listener streams it; ``trailers`` and ``truncated`` are known at its end.
        Answering before its end is allowed: the rest is read and let go of.
        """
        self.trailers: dict[bytes, bytes] = {}
        self.begun_at: float | None = None
        """When its first bytes were here, by the listener's ``stamp``; None where they came with its last ones."""
        self.keep_alive = True
        self.http_1_0 = False
        self.body_too_large = False
        self.truncated = False
        self.closed = False
        """The peer is gone; nobody will read an answer."""
        self.on_disconnect: Callable[[Request], None] | None = None
        """Called once if the connection is lost before the answer is complete: then the body is not needed any more.
        Without it, a handler is taken to go on with the body until it answers.
        """
        self.tag: Any = None  # what a handler hangs on it is its own affair
        self.memo: dict[str, Any] | None = None
        """For what a handler works out of the head alone: shared with later requests whose heads are the same, byte for
        byte. None where that is not known.
        """
        self._wire: Wire | None = None
        self._answered = False
        self._streaming = False
        self._held_bytes = 0

    def header(self, name: bytes, default: str = "") -> str:
        """A header's value as text; ``name`` in lower case."""
        value = self.headers.get(name)
        return default if value is None else value.decode("utf-8", "replace")

    @property
    def peer(self) -> str:
        """Address of the client without its port; empty on a unix socket."""
        return self._wire.peer if self._wire is not None else ""

    def acknowledge(self, answer: bytes) -> None:
        """Send a whole rendered answer, its head included, for a peer that is known to have asked for more behind this
        request: where that has come already, together with the answer to it. Raises as ``respond`` does.
        """
        wire = self._take_wire()
        if wire is not None:
            wire.send_with_next(answer)
            wire.finish_answer(keep_alive=True)

    def respond(self, status: int, headers: Headers = b"", body: bytes = b"") -> None:
        """Send the whole answer. ``Content-Length`` is added. Raises RuntimeError when already answered."""
        wire = self._take_wire()
        if wire is None:
            return
        head = render_response_head(status, headers, len(body), keep_alive=self.keep_alive)
        if self.method == "HEAD" or not body:
            wire.send(head)
        elif len(body) < _JOIN_BELOW_BYTES:
            wire.send(head + body)
        else:
            wire.send(head)
            wire.send(body)
        wire.finish_answer(keep_alive=self.keep_alive)

    def start_stream(self, status: int, headers: Headers = b"") -> None:
        """Begin an answer of unknown length: chunked, or up to the end of the connection for HTTP/1.0."""
        wire = self._take_wire()
        if wire is None:
            return
        lines = headers if isinstance(headers, bytes) else render_headers(headers)
        if self.http_1_0:
            self.keep_alive = False
        else:
            lines += _CHUNKED
        self._streaming = True
        wire.send(render_response_head(status, lines, None, keep_alive=self.keep_alive))

    def send_chunk(self, data: bytes) -> bool:
        """Send a piece of a stream. False asks the caller to stop until ``drain``: the peer reads too slowly."""
        wire = self._wire
        if self.closed or wire is None or not self._streaming or not data:
            return not self.closed
        if self.method != "HEAD":
            wire.send(data if self.http_1_0 else render_chunk(data))
        return wire.writable

    async def drain(self) -> None:
        """Wait until the peer has read enough, or is gone."""
        if self._wire is not None and not self.closed:
            await self._wire.drain()

    def end_stream(self) -> None:
        """Complete a stream; a second call does nothing."""
        wire = self._wire
        if self.closed or wire is None or not self._streaming:
            return
        self._streaming = False
        if not self.http_1_0 and self.method != "HEAD":
            wire.send(LAST_CHUNK)
        wire.finish_answer(keep_alive=self.keep_alive)

    def drop(self) -> None:
        """Close the connection without an answer, as a server that dies would."""
        self._release_body()
        if self._wire is not None and not self.closed:
            self._wire.abort()

    @property
    def streaming(self) -> bool:
        return self._streaming

    def attach(self, wire: Wire) -> None:
        """For the connection only: the request's turn to be answered has come."""
        self._wire = wire
        self._held_bytes = len(self.body)

    def disconnect(self) -> None:
        """For the connection only: the peer is gone."""
        self.closed = True
        if self.on_disconnect is not None:
            self._release_body()
            self.on_disconnect(self)

    def _release_body(self) -> None:
        size, self._held_bytes = self._held_bytes, 0
        if self._wire is not None:
            self._wire.release_body(size)

    def _take_wire(self) -> Wire | None:
        if self._answered:
            raise RuntimeError(f"{self.method} {self.path} was answered twice")
        self._answered = True
        if self._held_bytes:
            self._release_body()
        return None if self.closed else self._wire


def joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by lower-case name; the values of a repeated one in order, joined by a comma (cookies by a semicolon)."""
    headers = {name.lower(): value for name, value in pairs}
    if len(headers) == len(pairs):
        return headers
    headers = {}
    for name, value in pairs:
        key = name.lower()
        if key in headers:
            separator = b"; " if key == b"cookie" else b", "
            headers[key] += separator + value
        else:
            headers[key] = value
    return headers


Handler = Callable[[Request], None]
"""What a listener does with a request: called in the loop, synchronously; it answers now or later."""
