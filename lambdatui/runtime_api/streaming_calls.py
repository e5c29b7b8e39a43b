"""Responses in the streaming mode: their beginning and their end are inputs, their bytes go straight to the caller."""

from collections.abc import Callable

from lambdatui.lifecycle.inputs import RuntimeBeganStreaming, RuntimeEndedStreaming, Token
from lambdatui.model.ids import RequestId
from lambdatui.net.limits import StreamedBodies
from lambdatui.net.request import Request
from lambdatui.runtime_api.edge import Edge
from lambdatui.runtime_api.posts import RESPONSE_MODE_HEADER
from lambdatui.runtime_api.response_stream import ResponseStream

STREAMED = StreamedBodies(header=RESPONSE_MODE_HEADER, path_end="/response")
"""Which requests the listener hands over before their bodies: a wrong mode is refused without reading one, too."""


class StreamingCalls:
    """Keeps the streams that were begun until they are read, by token."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._begun: dict[Token, ResponseStream] = {}

    def began(self, request: Request, request_id: RequestId) -> None:
        """The head of a response is here. Whether the runtime may answer at all is the machine's to say."""
        edge, body = self._edge, request.body_stream
        assert body is not None
        generation = edge.generation()
        token = edge.waiting.keep(request, _end_tells)
        stream = ResponseStream(request, body, self._reporter(token, request_id, generation))
        self._begun[token] = stream
        edge.on_input(
            RuntimeBeganStreaming(
                at=edge.stamp(),
                generation=generation,
                token=token,
                request_id=request_id,
                content_type=stream.content_type,
            )
        )

    def read(self, token: Token) -> ResponseStream:
        """For whom the machine let it go to. Raises KeyError for a stream that was not begun, or is of the dead."""
        return self._begun.pop(token)

    def forget(self, token: Token) -> None:
        """It was refused: nobody reads it."""
        self._begun.pop(token, None)

    def clear(self) -> None:
        self._begun.clear()

    def _reporter(self, token: Token, request_id: RequestId, generation: int) -> Callable[[ResponseStream], None]:
        edge = self._edge

        def report(stream: ResponseStream) -> None:
            if not edge.waiting.holds(token):
                return  # its generation is dead
            error = stream.error
            edge.on_input(
                RuntimeEndedStreaming(
                    at=edge.stamp(),
                    generation=generation,
                    token=token,
                    request_id=request_id,
                    payload=stream.payload,
                    content_type=stream.content_type,
                    produced_bytes=stream.produced_bytes,
                    error_type=None if error is None else error.error_type,
                    error_payload=b"" if error is None else error.payload,
                    fault=stream.fault,
                )
            )

        return report


def _end_tells(request: Request) -> None:
    """A peer that goes away ends the body as well, and whoever reads that reports it."""
