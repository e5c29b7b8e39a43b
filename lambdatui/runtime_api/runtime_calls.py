"""The calls of a runtime, version 2018-06-01: judged as far as that needs no state, then inputs of the environment."""

import uuid
from collections.abc import Callable
from itertools import count

from lambdatui.lifecycle import refusals
from lambdatui.lifecycle.inputs import (
    ResponseFault,
    RuntimeCalledNext,
    RuntimeCalledRestoreNext,
    RuntimeHungUp,
    RuntimePostedError,
    RuntimePostedInitError,
    RuntimePostedResponse,
    RuntimePostedRestoreError,
    Token,
)
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.net.request import Request
from lambdatui.runtime_api import answers, posts
from lambdatui.runtime_api.edge import Edge
from lambdatui.runtime_api.streaming_calls import StreamingCalls

_INVOCATION_ID_HEADER = b"lambda-runtime-invocation-id"


class RuntimeCalls:
    """One handler per endpoint, and the event that is handed out."""

    def __init__(self, edge: Edge, mint_invocation_id: Callable[[], str] | None = None) -> None:
        self._edge = edge
        self.streaming = StreamingCalls(edge)
        self._mint_invocation_id = mint_invocation_id or _invocation_ids()
        self._invocation: Invocation | None = None
        """What may be handed out again: it has no answer yet."""
        self._request_id: RequestId | None = None
        self._invocation_id = ""

    def answer_next(self, token: Token, invocation: Invocation, deadline_epoch_ms: int) -> None:
        """Hand the event out. The same invocation handed out again is the same attempt."""
        if invocation is not self._invocation:
            self._invocation = invocation
            self._request_id = invocation.request_id
            self._invocation_id = self._mint_invocation_id()
        request = self._edge.waiting.take(token)
        if request is None:
            return
        headers = answers.next_headers(
            invocation, deadline_epoch_ms=deadline_epoch_ms, invocation_id=self._invocation_id
        )
        request.respond(200, headers, invocation.payload)

    def forget_event(self) -> None:
        """Its caller has the answer: it is not handed out again, and its payload may be large."""
        self._invocation = None

    def answer_restore_next(self, token: Token) -> None:
        if (request := self._edge.waiting.take(token)) is not None:
            answers.restored(request)

    # Requests

    def called_next(self, request: Request) -> None:
        edge = self._edge
        edge.on_input(
            RuntimeCalledNext(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                memory_used_mb=edge.measure_memory(posts.has_same_peak_memory(request)),
            )
        )

    def posted_response(self, request: Request, request_id: RequestId) -> None:
        if self._is_of_another_attempt(request, request_id):
            answers.refused(request, refusals.INVALID_INVOCATION_ID)
            return
        fault = posts.response_fault(request)
        if request.body_stream is not None and fault is None:
            self.streaming.began(request, request_id)
        else:
            self._post_response(request, request_id, fault)

    def posted_error(self, request: Request, request_id: RequestId) -> None:
        """An error document too large to deliver, or cut off, is a response that fails for that reason."""
        if self._is_of_another_attempt(request, request_id):
            answers.refused(request, refusals.INVALID_INVOCATION_ID)
        elif (fault := posts.body_fault(request)) is not None:
            self._post_response(request, request_id, fault)
        else:
            self._post_error(request, request_id, posts.invocation_error(request))

    def posted_init_error(self, request: Request) -> None:
        self._post_phase_error(request, RuntimePostedInitError)

    def posted_restore_error(self, request: Request) -> None:
        self._post_phase_error(request, RuntimePostedRestoreError)

    def called_restore_next(self, request: Request) -> None:
        edge = self._edge
        edge.on_input(
            RuntimeCalledRestoreNext(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                memory_used_mb=edge.measure_memory(False),
                alone=posts.snapshot_alone(request),
            )
        )

    # Parts

    def _post_response(self, request: Request, request_id: RequestId, fault: ResponseFault | None) -> None:
        edge = self._edge
        edge.on_input(
            RuntimePostedResponse(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                request_id=request_id,
                payload=request.body if fault is None else b"",
                content_type=posts.content_type(request),
                fault=fault,
                begun_at=request.begun_at,
            )
        )

    def _post_error(self, request: Request, request_id: RequestId, error: posts.PostedError) -> None:
        edge = self._edge
        edge.on_input(
            RuntimePostedError(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                request_id=request_id,
                payload=error.payload,
                error_type=error.error_type,
                content_type=error.content_type,
                begun_at=request.begun_at,
                cause=error.cause,
            )
        )

    def _post_phase_error(
        self, request: Request, kind: type[RuntimePostedInitError] | type[RuntimePostedRestoreError]
    ) -> None:
        """An error of init or restore: of no invocation, so without an id."""
        if (fault := posts.body_fault(request)) is not None:
            answers.refused(request, refusals.OF_FAULT[fault])
            return
        edge, error = self._edge, posts.init_error(request)
        edge.on_input(
            kind(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                payload=error.payload,
                error_type=error.error_type,
                content_type=error.content_type,
                memory_used_mb=edge.measure_memory(False),
            )
        )

    def _is_of_another_attempt(self, request: Request, request_id: RequestId) -> bool:
        """A runtime need not say which attempt it answers; if it does, for the event it has, it must be right."""
        if (echoed := request.headers.get(_INVOCATION_ID_HEADER)) is None:
            return False
        return request_id == self._request_id and echoed != self._invocation_id.encode()

    def _hung_up(self, request: Request) -> None:
        edge, token = self._edge, request.tag
        if edge.waiting.take(token) is not None:
            edge.on_input(RuntimeHungUp(at=edge.stamp(), generation=edge.generation(), token=token))


def _invocation_ids() -> Callable[[], str]:
    """Unique and never reused, in the form of a UUID: a random beginning for the environment, then a counter."""
    beginning = str(uuid.uuid4())[:24]
    counter = count(1)
    return lambda: f"{beginning}{next(counter):012x}"
