"""InvokeWithResponseStream: a response as it comes, in messages of an event stream, at the service's bandwidth.

Refusals are those of Invoke. What the function does not stream comes in one go, in messages of the same form.
"""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import replace

from lambdatui.api.answers import REQUEST_ID_HEADER, spawn_answer
from lambdatui.api.bandwidth import TokenBucket
from lambdatui.api.event_stream_frames import CONTENT_TYPE, invoke_complete, payload_chunk
from lambdatui.api.invoke import parse_invoke
from lambdatui.api.ports import Service
from lambdatui.api.routes import Parameters
from lambdatui.model.ids import LATEST, RequestId
from lambdatui.model.invocation import InvocationType, InvokeResult
from lambdatui.net.request import Request
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.identifiers import mint_request_id
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError

_INVOCATION_TYPES = (InvocationType.REQUEST_RESPONSE, InvocationType.DRY_RUN)
_MESSAGE_BYTES = 64 * 1024
"""Of a response in one message: 31 ms of the sustained bandwidth."""


class StreamingInvokeOperation:
    """Handles one route for one engine."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle(self, request: Request, parameters: Parameters) -> None:
        """Raises ServiceError for what is refused without running code."""
        asked = parse_invoke(self._service, request, parameters["FunctionName"], _INVOCATION_TYPES)
        request_id = mint_request_id()  # the head of the answer names it, before there is an outcome
        work = self._run(request, replace(asked, request_id=request_id), request_id)
        spawn_answer(self._service, f"invoke:{asked.function}", request, work)

    async def _run(self, request: Request, asked: InvokeRequest, request_id: RequestId) -> None:
        answer = StreamedAnswer(self._service, request, request_id)
        try:
            outcome = await self._service.invoke_streaming(asked, answer.begin)
        except ServiceError as error:
            if not answer.begun:
                raise
            await answer.break_off(error)
        else:
            await answer.finish(outcome)


class StreamedAnswer:
    """The answer to one caller. ``begin`` at most once, then ``finish`` or ``break_off``."""

    def __init__(self, service: Service, request: Request, request_id: RequestId) -> None:
        self._service = service
        self._request = request
        self._request_id = request_id
        self._loop = asyncio.get_running_loop()
        self._bucket = TokenBucket(self._loop.time())
        self._stream: ResponseStream | None = None
        self._pumped = asyncio.Event()

    @property
    def begun(self) -> bool:
        return self._stream is not None

    def begin(self, stream: ResponseStream) -> None:
        """The function has begun to answer: so does this. Called in the midst of the environment's own affairs."""
        self._stream = stream
        self._start()
        self._service.spawn(f"stream:{self._request_id}", self._pump(stream))

    async def finish(self, outcome: InvokeOutcome) -> None:
        """All that came is sent, then how it ended. A stream that the platform cut short ends here."""
        result = outcome.result
        if result is None:
            self._request.respond(outcome.status_code, [(REQUEST_ID_HEADER, str(self._request_id))])
            return
        if self._stream is None:
            self._start()
            if result.function_error is None:
                await self._send(result.payload)
        else:
            await self._end_stream(self._stream)
        log = None if outcome.log_tail is None else base64.b64encode(outcome.log_tail).decode()
        self._complete(result.function_error, _details(result), log)

    async def break_off(self, error: ServiceError) -> None:
        """The service gave up after the answer had begun."""
        assert self._stream is not None
        await self._end_stream(self._stream)
        self._complete(error.name, error.message, None)

    def _start(self) -> None:
        headers = [
            (REQUEST_ID_HEADER, str(self._request_id)),
            ("Content-Type", CONTENT_TYPE),
            ("X-Amz-Executed-Version", LATEST),
        ]
        self._request.start_stream(200, headers)

    async def _end_stream(self, stream: ResponseStream) -> None:
        stream.cut()
        await self._pumped.wait()

    async def _pump(self, stream: ResponseStream) -> None:
        try:
            while piece := await stream.next_piece():
                await self._send(piece)
                if self._request.closed:
                    stream.abandon()
                    return
        finally:
            self._pumped.set()

    async def _send(self, data: bytes) -> None:
        """As fast as bandwidth and reader allow; nothing more once the reader is gone."""
        for part in _parts(data):
            wait_s = self._bucket.take(len(part), self._loop.time())
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            if self._request.closed:
                return
            if not self._request.send_chunk(payload_chunk(part)):
                await self._request.drain()

    def _complete(self, code: str | None, details: str | None, log: str | None) -> None:
        """The code is what Invoke says in X-Amz-Function-Error; clients compare it with ``Unhandled``."""
        self._request.send_chunk(invoke_complete(error_code=code, error_details=details, log_result=log))
        self._request.end_stream()


def _details(result: InvokeResult) -> str | None:
    return None if result.function_error is None else result.payload.decode("utf-8", "replace")


def _parts(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _MESSAGE_BYTES):
        yield data[start : start + _MESSAGE_BYTES]
