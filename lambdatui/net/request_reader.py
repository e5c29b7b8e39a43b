"""From the bytes of one connection to requests, whatever way they are split. Sans-I/O: no socket, no loop, no clock.

Knows the limits of size; those of time belong to the connection. A head that is refused raises HeadRefused, once.
"""

from collections import deque

import httptools

from lambdatui.net.body_stream import BodyStream
from lambdatui.net.heads import render_request_head
from lambdatui.net.known_heads import KnownHead, learn, similar, the_same
from lambdatui.net.limits import Limits, StreamedBodies
from lambdatui.net.request import Request, joined
from lambdatui.net.targets import parse_target

_MANY_PIECES = 4096
_STRANGERS = 8
"""After so many requests with other heads the one that is remembered gives way."""
_METHODS = {name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT")}


class HeadRefused(Exception):
    """The peer does not speak HTTP as we want it; nothing after this point of the connection can be understood."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Abandoned(Exception):
    """Raised inside a parser callback to leave the parser: the rest of the connection is not to be read."""


class RequestReader:
    """Feed bytes; ``take`` finished requests from ``completed``, and those with a streamed body from their head on.

    ``finished`` means that no further request can come: the last one asked for closing, or its body was abandoned.
    ``mid_head`` and ``mid_body`` say what a wait is for; ``wants_continue`` that the peer waits for a 100.
    """

    def __init__(self, limits: Limits, streamed: StreamedBodies | None = None) -> None:
        self.completed: deque[Request] = deque()
        self.finished = False
        self.abandoned = False
        self.mid_head = False
        self.mid_body = False
        self.wants_continue = False
        self.buffered_bytes = 0
        """Of the body that is being read."""
        self.completed_bytes = 0
        """Of the requests in ``completed``."""
        self.stream: BodyStream | None = None
        """The body that is being read, where it is a streamed one."""
        self.begun_at: float | None = None
        """When the request that is being read began, which is for the connection to say; the request gets it."""
        self._limits = limits
        self._streamed = streamed
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._request: Request | None = None
        self._pieces: list[bytes] = []
        self._joined_pieces = 0
        self._discarded_bytes = 0
        self._quiet_bytes = 0
        self._without_upgrade: bytes | None = None
        self._known: KnownHead | None = None
        self._strangers = 0
        """Requests with other heads since it came last."""
        self._known_post: KnownHead | None = None
        """Likewise, of those that differ in their ids."""
        self._strange_posts = 0

    def feed(self, data: bytes) -> None:
        """Read on. Raises HeadRefused; what was complete before it is in ``completed`` all the same."""
        while data and not self.finished:
            data = self._feed(data) if self._known is None else self._feed_as_known(data, self._known)
        if self.mid_head and not self.finished and self._head_bytes > self._limits.max_head_bytes:
            self._refuse_large_head()
        if self.mid_body and self._quiet_bytes > self._limits.max_head_bytes and not self.finished:
            self._refuse_large_head()

    def end(self) -> None:
        """The peer will send nothing more: a request it was in the middle of is completed as truncated."""
        if self.stream is not None:
            self._break_stream()
        elif self.mid_body and not self.finished:
            request = self._take_request()
            request.truncated = True
            request.keep_alive = False
            self._complete(request)
        self.finished = True

    def close(self) -> None:
        """After ``end``: let go of the parser, which holds on to this, so that no collector has to find the two."""
        del self._parser

    def take(self) -> Request:
        """The oldest completed request."""
        request = self.completed.popleft()
        self.completed_bytes -= len(request.body)
        return request

    def forget_newest(self) -> bool:
        """Let go of what came last and read nothing more. False when no body is left here."""
        if self.buffered_bytes:
            self._forget_body()
        elif self.completed_bytes:
            self.completed_bytes -= len(self.completed.pop().body)
        else:
            return False
        self.finished = True
        return True

    # Heads that come again and again

    def _feed_as_known(self, data: bytes, known: KnownHead) -> bytes:
        head = known.head
        if not (self.mid_head or self.mid_body) and data.startswith(head):
            if (found := the_same(known, data)) is not None and len(self.completed) < self._limits.max_pipelined:
                self._strangers = 0
                return self._add(*found, data)
        elif len(data) > len(head) and data.endswith(head):
            # Perhaps behind another request, perhaps the end of its body: that is known when the rest was read.
            rest = self._feed(data[: -len(head)])
            return b"" if self.finished else rest + head
        return self._feed(data)

    def _feed(self, data: bytes) -> bytes:
        at_start, before = not (self.mid_head or self.mid_body), len(self.completed)
        known = self._known_post if at_start and before < self._limits.max_pipelined else None
        if known is not None and (found := similar(known, data)) is not None:
            self._strange_posts = 0
            return self._add(*found, data)
        rest = self._parse(data)
        if at_start and len(self.completed) == before + 1 and not (rest or self.mid_head or self.mid_body):
            self._learn(learn(data, self.completed[-1]))
        return rest

    def _add(self, request: Request, end: int, data: bytes) -> bytes:
        self.completed_bytes += len(request.body)
        self.completed.append(request)
        return data[end:]

    def _learn(self, known: KnownHead | None) -> None:
        """A request came, and nothing behind it: perhaps the next ones are like it, where that can be known."""
        self._strangers += 1
        if self._known is None or self._strangers > _STRANGERS:
            if known is not None:
                self._known, self._strangers = known, 0
            return
        self._strange_posts += 1
        if known is not None and known.ids and (self._known_post is None or self._strange_posts > _STRANGERS):
            self._known_post, self._strange_posts = known, 0

    # Everything else

    def _parse(self, data: bytes) -> bytes:
        if self.mid_body:
            self._quiet_bytes += len(data)
        else:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._resume_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if isinstance(cause, HeadRefused):
                self._break_stream()
                self.finished = True
                raise cause from None
            if not isinstance(cause, _Abandoned):
                raise
        except httptools.HttpParserError as error:
            if not self.finished:
                self._break_stream()
                self.finished = True
                self._forget_body()
                raise HeadRefused(400, str(error)) from error
        return b""

    def _resume_without_upgrade(self, rest: bytes) -> bytes:
        """An offer to change protocols is ignored; the parser stopped at it, so read the head again without it."""
        self._parser = httptools.HttpRequestParser(self)
        head, self._without_upgrade = self._without_upgrade, None
        if head is None:
            return rest
        self._head_bytes = 0
        return head + rest

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        if self.finished:
            raise _Abandoned
        self._target = b""
        self._headers = []
        self.mid_head = True

    def on_url(self, piece: bytes) -> None:
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))
        if self.mid_body:
            self._measure_head()

    def on_headers_complete(self) -> None:
        parser = self._parser
        method = parser.get_method()
        if self._head_bytes > self._limits.max_head_bytes:
            self._measure_head()
        if parser.should_upgrade() and method != b"CONNECT":
            self._drop_upgrade(method)
            return
        path, query = parse_target(self._target)
        request = Request(_METHODS.get(method) or method.decode("ascii"), path, query, self._headers)
        version = parser.get_http_version()
        if version != "1.1":
            if version != "1.0":
                raise HeadRefused(505, f"HTTP/{version} is not spoken here")
            request.http_1_0 = True
        request.keep_alive = parser.should_keep_alive() and version == "1.1" and method != b"CONNECT"
        self.mid_head = False
        self.mid_body = True
        self._head_bytes = 0
        self._quiet_bytes = 0
        self._request = request
        self._headers = []
        if self._streamed is not None and self._streamed.header in request.headers and self._begin_stream(request):
            return
        if b"content-length" in request.headers:
            self._judge_length(request, int(request.headers[b"content-length"]))
        if b"expect" in request.headers and request.headers[b"expect"].lower() == b"100-continue":
            self._judge_expectation(request)

    def on_body(self, piece: bytes) -> None:
        request = self._request
        assert request is not None
        self._quiet_bytes = 0
        if self.stream is not None:
            self.wants_continue = False
            self.stream.feed(piece)
            return
        if request.body_too_large:
            self._discarded_bytes += len(piece)
            if self._discarded_bytes > self._limits.max_discarded_bytes:
                self._abandon(request)
            return
        self.wants_continue = False
        self._pieces.append(piece)
        if len(self._pieces) - self._joined_pieces >= _MANY_PIECES:
            self._join_newest_pieces()
        self.buffered_bytes += len(piece)
        if self.buffered_bytes > self._limits.max_body_bytes:
            request.body_too_large = True
            self._forget_body()

    def on_message_complete(self) -> None:
        if self._without_upgrade is not None:
            return
        if self.stream is not None:
            self._finish_stream(self.stream, truncated=False)
            return
        request = self._take_request()
        pieces = self._pieces
        if pieces:
            request.body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            self.completed_bytes += len(request.body)
            self._forget_body()
        if self._headers:
            request.trailers = joined(self._headers)
        self._complete(request)

    # Streamed bodies

    def _begin_stream(self, request: Request) -> bool:
        """Hand the request over with a body that is still to come. No limit of size holds for it."""
        assert self._streamed is not None
        if not request.path.endswith(self._streamed.path_end):
            return False
        request.body_stream = self.stream = BodyStream()
        self.wants_continue = not request.http_1_0 and request.headers.get(b"expect", b"").lower() == b"100-continue"
        self._hand_over(request)
        return True

    def _break_stream(self) -> None:
        """What follows cannot be understood; whoever reads the body must not wait for it."""
        if self.stream is not None:
            self._finish_stream(self.stream, truncated=True)

    def _finish_stream(self, stream: BodyStream, *, truncated: bool) -> None:
        request = self._take_request()
        if truncated:
            request.truncated = True
            request.keep_alive = False
        elif self._headers:
            request.trailers = joined(self._headers)
        self.stream = None
        self.mid_body = self.wants_continue = False
        stream.finish()
        if not request.keep_alive:
            self.finished = True

    # Parts of the callbacks

    def _take_request(self) -> Request:
        request = self._request
        assert request is not None
        self._request = None
        return request

    def _complete(self, request: Request) -> None:
        self.mid_body = False
        self.wants_continue = False
        self._discarded_bytes = 0
        if request.truncated or request.body_too_large:
            self._forget_body()
        if not request.keep_alive:
            self.finished = True
        self._hand_over(request)

    def _hand_over(self, request: Request) -> None:
        if self.begun_at is not None:
            request.begun_at, self.begun_at = self.begun_at, None
        self.completed.append(request)
        if request.keep_alive and len(self.completed) > self._limits.max_pipelined:
            raise HeadRefused(400, f"more than {self._limits.max_pipelined} requests without reading an answer")

    def _join_newest_pieces(self) -> None:
        """A body sent in tiny chunks would cost far more than its own size in small objects."""
        self._pieces[self._joined_pieces :] = [b"".join(self._pieces[self._joined_pieces :])]
        self._joined_pieces = len(self._pieces)

    def _forget_body(self) -> None:
        self._pieces = []
        self._joined_pieces = 0
        self.buffered_bytes = 0

    def _judge_length(self, request: Request, length: int) -> None:
        if length > self._limits.max_body_bytes:
            request.body_too_large = True
            if length > self._limits.max_body_bytes + self._limits.max_discarded_bytes:
                self._abandon(request)

    def _judge_expectation(self, request: Request) -> None:
        """A peer that asks before it sends a body that is too large gets its answer instead of a 100."""
        if request.body_too_large:
            self._abandon(request)
        self.wants_continue = not request.http_1_0

    def _abandon(self, request: Request) -> None:
        self._request = None
        request.keep_alive = False
        self.abandoned = True
        self._complete(request)
        raise _Abandoned

    def _drop_upgrade(self, method: bytes) -> None:
        kept = b"".join(
            b"%b: %b\r\n" % (name, value)
            for name, value in self._headers
            if name.lower() not in (b"upgrade", b"http2-settings")
        )
        target = self._target.decode("ascii")
        self._without_upgrade = render_request_head(method.decode("ascii"), target, kept, None)

    def _measure_head(self) -> None:
        """Only when the bytes since the head began would allow it to be too large: they may be a body's as well."""
        size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        if size > self._limits.max_head_bytes:
            self._refuse_large_head()

    def _refuse_large_head(self) -> None:
        self._break_stream()
        self.finished = True
        raise HeadRefused(431, f"request line and headers are over {self._limits.max_head_bytes} bytes")
