"""A response in the streaming mode on its way from the runtime to its caller, past the environment machine."""

import asyncio
from collections.abc import Callable

from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from lambdatui.net.body_stream import BodyStream
from lambdatui.net.request import Request
from lambdatui.runtime_api import posts

MAX_STREAMED_BYTES = 200 * 1024 * 1024
"""Largest streamed response; one that is collected may have no more than any buffered one."""


class ResponseStream:
    """Read it once, in one of three ways: ``next_piece`` until it gives nothing, ``collect``, or ``abandon``.

    Its reader sets the pace: what is not read stays with the runtime. Reading to the end is what ends the runtime's
    call, so somebody must; ``cut`` is for a stream whose invocation has ended otherwise.
    """

    def __init__(self, request: Request, body: BodyStream, ended: Callable[["ResponseStream"], None]) -> None:
        self.content_type = posts.stream_content_type(request)
        self.produced_bytes = 0
        self.payload = b""
        """The whole response at its end, for the record; of one larger than a buffered response may be, nothing."""
        self.fault: ResponseFault | None = None
        self.error: posts.PostedError | None = None
        """Of a runtime that ended the stream in an error of its own."""
        self._request = request
        self._body = body
        self._ended: Callable[[ResponseStream], None] | None = ended
        self._pieces: list[bytes] = []
        self._limit_bytes = MAX_STREAMED_BYTES
        self._waiter: asyncio.Future[None] | None = None
        body.on_change = self._changed

    async def next_piece(self) -> bytes:
        """The next bytes as they came; empty at the end, for whatever reason it came."""
        while True:
            if piece := self._take():
                return piece
            if self._ended is None:
                return b""
            await self._wait()

    def collect(self) -> None:
        """For a caller that wants the response in one piece: ``payload`` has it when the stream has ended."""
        self._limit_bytes = MAX_RESPONSE_BYTES
        self.abandon()

    def abandon(self) -> None:
        """The caller is gone; the function is not told, and its bytes are read and counted as before."""
        self._body.on_change = self._take_all
        self._take_all()

    def cut(self) -> None:
        """The platform ended the invocation: whoever reads gets what has come, no more; nothing is reported."""
        self._ended = None
        self._changed()

    def _take(self) -> bytes:
        """Ends the stream when there is nothing more to come, or too much came."""
        piece = self._body.take()
        if not piece:
            if self._body.finished:
                self._end(posts.body_fault(self._request))
            return b""
        self.produced_bytes += len(piece)
        if self.produced_bytes > self._limit_bytes:
            self._body.discard()
            self._end(ResponseFault.TOO_LARGE)
            return b""
        if self.produced_bytes <= MAX_RESPONSE_BYTES:
            self._pieces.append(piece)
        else:
            self._pieces = []
        return piece

    def _take_all(self) -> None:
        while self._ended is not None and self._take():
            pass

    def _end(self, fault: ResponseFault | None) -> None:
        ended, self._ended = self._ended, None
        if ended is None:
            return
        if fault is None:
            self.error = posts.stream_error(self._request)
        if fault is None and self.error is None:
            self.payload = b"".join(self._pieces)
        self.fault = fault
        self._pieces = []
        ended(self)

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _changed(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
