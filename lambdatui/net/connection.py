"""One server connection: bytes to requests, their answers in order, and every bound of time. For any event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from lambdatui.net import heads
from lambdatui.net.body_stream import BodyStream
from lambdatui.net.limits import Limits, StreamedBodies
from lambdatui.net.request import Handler, Request
from lambdatui.net.request_reader import HeadRefused, RequestReader

_PLAIN_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n"
_RETRY_SOON = b"Retry-After: 1\r\n"


class ServerState:
    """What the connections of one listener share."""

    __slots__ = ("buffered_bytes", "connections", "handler", "limits", "lost", "open", "stamp", "streamed")

    def __init__(
        self,
        handler: Handler,
        limits: Limits,
        streamed: StreamedBodies | None = None,
        stamp: Callable[[], float] | None = None,
    ) -> None:
        self.handler = handler
        self.limits = limits
        self.streamed = streamed
        self.stamp = stamp
        self.connections: set[HttpConnection] = set()
        self.buffered_bytes = 0
        self.open = True
        self.lost: asyncio.Event | None = None
        """Set whenever a connection is lost, where somebody waits for that."""


class HttpConnection(asyncio.Protocol):
    """Gives the handler one request at a time; what a peer pipelines waits, and then so does the peer.

    There is one timer per connection. It is not moved on each request: it looks at ``_due_at`` when it fires.
    """

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._limits = state.limits
        self._reader = RequestReader(state.limits, state.streamed)
        self._loop = asyncio.get_running_loop()
        self._transport = cast("asyncio.Transport", None)
        self._current: Request | None = None
        self._refusal: HeadRefused | None = None
        self._handling = False
        self._reading_paused = False
        self._writing_paused = False
        self._held = b""
        self._peer_finished = False
        self._closing = False
        self._accounted_bytes = 0
        self._due_at: float | None = None
        self._expire: Callable[[], None] = self.abort
        self._timer: asyncio.TimerHandle | None = None
        self._drained: deque[asyncio.Future[None]] = deque()
        self.peer = ""

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._state.open:
            # Accepted before the door was closed, and made known to us only now.
            self._transport.abort()
            return
        address: Any = transport.get_extra_info("peername")  # a tuple for TCP, a string for unix sockets
        self.peer = address[0] if isinstance(address, tuple) else ""
        crowded = len(self._state.connections) >= self._limits.max_connections
        self._state.connections.add(self)
        if crowded:
            self._refuse(HeadRefused(503, f"over {self._limits.max_connections} connections"))
        else:
            self._wait_until(self._limits.head_timeout_s, self._close_now)

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if self._closing or reader.finished:
            return  # nothing is asked any more; reading on only keeps the peer from a reset before it has its answer
        goes_on = reader.mid_head  # a head that merely goes on keeps its deadline
        try:
            reader.feed(data)
        except HeadRefused as refusal:
            # Not itself: by its traceback it would hold on to this connection, and to all that was read.
            self._refusal = HeadRefused(refusal.status, str(refusal))
            refusal.__traceback__ = refusal.__context__ = None
        if reader.mid_body or reader.completed_bytes or self._accounted_bytes:
            self._account()
        if (reader.mid_body or reader.mid_head) and reader.begun_at is None and self._state.stamp is not None:
            reader.begun_at = self._state.stamp()
        goes_on = goes_on and not reader.completed
        if self._current is not None and self._current.body_stream is not None:
            self._current.body_stream.notify()
        self._pump()
        if self._current is not None:
            if reader.stream is not None and self._current.body_stream is reader.stream:
                if reader.stream.wants_pause():
                    self._pause_reading()
            elif reader.mid_head or reader.mid_body or reader.completed:
                self._pause_reading()
        elif reader.mid_body:
            self._wait_until(self._limits.body_timeout_s, self._time_out)
        elif reader.mid_head and not goes_on:
            self._wait_until(self._limits.head_timeout_s, self._time_out)

    def eof_received(self) -> bool:
        """A peer may stop sending and still read: its pending requests are answered, then the connection is closed."""
        self._peer_finished = True
        self._reader.end()
        if self._current is not None and self._current.body_stream is not None:
            self._current.body_stream.notify()
        self._pump()
        streaming = self._current is not None and self._current.streaming
        return self._current is not None and not streaming and not self._closing

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._state.connections.discard(self)
        if self._state.lost is not None:
            self._state.lost.set()
        self.release_body(self._accounted_bytes)
        self._accounted_bytes = 0
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._expire = _nothing
        self._reader.end()
        self._wake_writers()
        unanswered = [self._current] if self._current is not None else []
        self._current = None
        for request in unanswered:
            request.disconnect()
            if request.body_stream is not None:
                request.body_stream.notify()
        while self._reader.completed:
            request = self._reader.completed.popleft()
            request.disconnect()
            if request.truncated and self._state.open:
                self._handle(request)
        self._reader.close()

    def pause_writing(self) -> None:
        self._writing_paused = True

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._wake_writers()
        self._pump()

    # The request's side (Wire)

    def send(self, data: bytes) -> None:
        if self._held:
            data, self._held = self._held + data, b""
        self._transport.write(data)

    def send_with_next(self, data: bytes) -> None:
        """Together with the next answer, where the request for that is there already."""
        if self._reader.completed:
            self._held += data
        else:
            self.send(data)

    @property
    def writable(self) -> bool:
        return not self._writing_paused

    async def drain(self) -> None:
        if self._writing_paused and not self._closing:
            waiter = self._loop.create_future()
            self._drained.append(waiter)
            await waiter

    def release_body(self, size: int) -> None:
        self._state.buffered_bytes -= size

    def finish_answer(self, *, keep_alive: bool) -> None:
        self._current = None
        if self._reader.stream is not None and not self._reader.completed:
            self._reader.stream.discard()
        if not keep_alive or (self._peer_finished and not self._reader.completed):
            self._close_after_answer()
            return
        if self._limits.keep_alive_timeout_s is not None:
            self._wait_until(self._limits.keep_alive_timeout_s, self._close_now)
        if not self._handling:
            self._pump()

    # Order

    def _pump(self) -> None:
        """Hand out the next request if the one before is answered and the peer reads what it gets."""
        if self._handling:
            return
        completed = self._reader.completed
        while self._current is None and not self._closing and not self._writing_paused:
            if completed:
                self._due_at = None
                request = self._reader.take()
                self._accounted_bytes -= len(request.body)  # from here on it is the request that holds them
                self._current = request
                if request.body_stream is not None:
                    self._open_body(request.body_stream)
                self._handle(request)
            elif self._refusal is not None:
                self._refuse(self._refusal)
            else:
                if self._reader.wants_continue:
                    self._reader.wants_continue = False
                    self.send(heads.CONTINUE)
                if self._reading_paused:
                    self._resume_reading()
                return

    def _open_body(self, stream: BodyStream) -> None:
        """Its peer may have been held up, or have asked whether to send it at all."""
        if self._reader.wants_continue:
            self._reader.wants_continue = False
            self.send(heads.CONTINUE)
        stream.on_room = self._resume_reading
        if self._reading_paused and stream is self._reader.stream:
            self._resume_reading()

    def _handle(self, request: Request) -> None:
        request.attach(self)
        self._handling = True
        try:
            self._state.handler(request)
        except Exception as error:  # noqa: BLE001  reported; it must not reach whoever answered the request before
            self._loop.call_exception_handler(
                {"message": f"the handler of {request.method} {request.path} failed", "exception": error}
            )
            request.drop()
        finally:
            self._handling = False

    def _pause_reading(self) -> None:
        if not self._reading_paused and not self._closing and not self._peer_finished:
            self._reading_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        self._reading_paused = False
        if not self._closing and not self._peer_finished:
            self._transport.resume_reading()
            if self._reader.mid_body and self._reader.stream is None:
                self._wait_until(self._limits.body_timeout_s, self._time_out)
            elif self._reader.mid_head:
                self._wait_until(self._limits.head_timeout_s, self._time_out)

    def _account(self) -> None:
        """Keep the count of what all connections hold of bodies; of the one that goes over, refuse what came last."""
        reader, state = self._reader, self._state
        self._count(reader)
        while state.buffered_bytes > self._limits.max_buffered_bytes and reader.forget_newest():
            self._count(reader)
            self._refusal = HeadRefused(503, "too many large requests at a time")

    def _count(self, reader: RequestReader) -> None:
        held = reader.buffered_bytes + reader.completed_bytes
        self._state.buffered_bytes += held - self._accounted_bytes
        self._accounted_bytes = held

    # Endings

    def _refuse(self, refusal: HeadRefused) -> None:
        body = f"{refusal}\n".encode()
        headers = _PLAIN_TEXT + _RETRY_SOON if refusal.status == 503 else _PLAIN_TEXT
        head = heads.render_response_head(refusal.status, headers, len(body), keep_alive=False)
        self.send(head + body)
        self._close_after_answer()

    def _close_after_answer(self) -> None:
        """Close; if the peer may still be sending, end our direction first, or a reset would eat the answer."""
        self._closing = True
        unread = self._reader.abandoned or self._refusal is not None or self._reader.mid_body
        if not unread or self._peer_finished or not self._transport.can_write_eof():
            self._close_now()
            return
        if self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()
        self._transport.write_eof()
        self._wait_until(self._limits.linger_s, self.abort)

    def _close_now(self) -> None:
        self._closing = True
        self._transport.close()

    def finish(self) -> bool:
        """Ask for nothing more: close with the answer that is due, or now. Whether one is due that is no stream."""
        if self._current is None:
            self._close_now()
            return False
        self._current.keep_alive = False
        return not self._current.streaming

    def abort(self) -> None:
        """Drop the connection and whatever is not yet sent."""
        self._closing = True
        self._transport.abort()

    def _time_out(self) -> None:
        what = "body" if self._reader.mid_body else "head"
        self._reader.finished = True
        self._refuse(HeadRefused(408, f"the rest of the request's {what} did not come in time"))

    def _wake_writers(self) -> None:
        while self._drained:
            waiter = self._drained.popleft()
            if not waiter.done():
                waiter.set_result(None)

    # Time

    def _wait_until(self, after_s: float | None, expire: Callable[[], None]) -> None:
        if after_s is None:
            self._due_at = None
            return
        now = self._loop.time()
        self._due_at = now + after_s
        self._expire = expire
        if self._timer is None:
            self._timer = self._loop.call_at(self._due_at, self._on_timer)
        elif self._timer.when() > self._due_at:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._due_at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._due_at is None:
            return
        if self._loop.time() < self._due_at:
            self._timer = self._loop.call_at(self._due_at, self._on_timer)
        else:
            self._due_at = None
            self._expire()


def _nothing() -> None:
    """What a connection that is gone still has to do: a method of its own would keep it from being freed."""
