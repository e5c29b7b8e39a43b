"""The Runtime API of one environment. The socket is the identity: each environment has a listener of its own.

Decides only what needs no state; whether a move is allowed is the environment machine's, which answers by token.
"""

import uuid
from collections.abc import Callable
from itertools import count

from lambdatui.lifecycle import refusals
from lambdatui.lifecycle.inputs import (
    Input,
    ResponseFault,
    RuntimeCalledNext,
    RuntimeHungUp,
    RuntimePostedError,
    RuntimePostedInitError,
    RuntimePostedResponse,
    Token,
)
from lambdatui.lifecycle.refusals import Refusal
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from lambdatui.net.limits import Limits
from lambdatui.net.listener import Listener, serve_tcp
from lambdatui.net.request import Request
from lambdatui.runtime_api import answers, posts
from lambdatui.runtime_api.routes import Endpoint, find_route

_HOST = "127.0.0.1"
_LIMITS = Limits(
    max_body_bytes=MAX_RESPONSE_BYTES,
    max_discarded_bytes=1024 * 1024 * 1024,
    max_buffered_bytes=64 * 1024 * 1024,
    # A runtime may send nearly 1 MiB of X-Ray cause in one header.
    max_head_bytes=1024 * 1024 + 64 * 1024,
    max_connections=256,
    # A runtime may be frozen or starved at any byte; it has the function's timeout and no other.
    head_timeout_s=None,
    body_timeout_s=None,
    keep_alive_timeout_s=None,
)
_INVOCATION_ID_HEADER = b"lambda-runtime-invocation-id"


class RuntimeApi:
    """Gives every request of the runtime that needs an answer to ``on_input``, with a fresh token.

    ``stamp`` gives monotonic seconds, ``generation`` that of the runtime which may call now. ``on_input`` may answer
    at once, from within. Tokens of a dead generation, or whose connection is gone, are answered by doing nothing.
    """

    def __init__(
        self,
        *,
        on_input: Callable[[Input], None],
        stamp: Callable[[], float],
        measure_memory: Callable[[], int | None],
        generation: Callable[[], int],
        mint_invocation_id: Callable[[], str] | None = None,
    ) -> None:
        self._on_input = on_input
        self._stamp = stamp
        self._measure_memory = measure_memory
        self._generation = generation
        self._mint_invocation_id = mint_invocation_id or _invocation_ids()
        self._listener: Listener | None = None
        self._tokens = count(1)
        self._waiting: dict[Token, Request] = {}
        self._waiting_generation = 0
        self._invocation: Invocation | None = None
        """What may be handed out again: it has no answer yet."""
        self._request_id: RequestId | None = None
        self._invocation_id = ""

    async def start(self) -> None:
        """Bind a free port of the loopback and accept connections. Raises OSError."""
        self._listener = await serve_tcp(_HOST, 0, self._handle, _LIMITS)

    @property
    def address(self) -> str:
        """``host:port``, as AWS_LAMBDA_RUNTIME_API has it. Raises RuntimeError before ``start``."""
        if self._listener is None:
            raise RuntimeError("the Runtime API has no address before it is started")
        return f"{_HOST}:{self._listener.port}"

    def close(self) -> None:
        """Drop every connection. Nothing reaches ``on_input`` any more. Idempotent."""
        if self._listener is not None:
            self._listener.close()
        self._waiting.clear()

    # Answers

    def answer_next(self, token: Token, invocation: Invocation, deadline_epoch_ms: int) -> None:
        """Hand the event out. The same invocation handed out again is the same attempt."""
        if invocation is not self._invocation:
            self._invocation = invocation
            self._request_id = invocation.request_id
            self._invocation_id = self._mint_invocation_id()
        request = self._waiting.pop(token, None)
        if request is None:
            return
        headers = answers.next_headers(
            invocation, deadline_epoch_ms=deadline_epoch_ms, invocation_id=self._invocation_id
        )
        request.respond(200, headers, invocation.payload)

    def forget_event(self) -> None:
        """Its caller has the answer: it is not handed out again, and its payload may be large."""
        self._invocation = None

    def accept(self, token: Token) -> None:
        """202 ``{"status":"OK"}``."""
        request = self._waiting.pop(token, None)
        if request is not None:
            answers.accepted(request)

    def refuse(self, token: Token, status_code: int, error_type: str, message: str) -> None:
        """An error document in AWS's form."""
        request = self._waiting.pop(token, None)
        if request is not None:
            answers.refused(request, Refusal(status_code=status_code, error_type=error_type, message=message))

    def drop_connections(self) -> None:
        """The processes of a generation are dead: what they wrote and nobody has read yet must never be read."""
        self._waiting.clear()
        if self._listener is not None:
            self._listener.drop_connections()

    # Requests

    def _handle(self, request: Request) -> None:
        route = find_route(request.path)
        if route is None:
            answers.not_found(request)
        elif route.method != request.method:
            answers.method_not_allowed(request, route.method)
        elif route.endpoint is Endpoint.NEXT:
            self._called_next(request)
        elif route.endpoint is Endpoint.RESPONSE:
            self._posted_response(request, RequestId(route.request_id))
        elif route.endpoint is Endpoint.ERROR:
            self._posted_error(request, RequestId(route.request_id))
        elif route.endpoint is Endpoint.INIT_ERROR:
            self._posted_init_error(request)
        else:
            answers.pong(request)

    def _called_next(self, request: Request) -> None:
        self._on_input(
            RuntimeCalledNext(
                at=self._stamp(),
                generation=self._generation(),
                token=self._keep(request),
                memory_used_mb=self._measure_memory(),
            )
        )

    def _posted_response(self, request: Request, request_id: RequestId) -> None:
        if self._is_of_another_attempt(request, request_id):
            answers.refused(request, refusals.INVALID_INVOCATION_ID)
            return
        fault = posts.response_fault(request)
        error = posts.stream_error(request) if request.trailers and fault is None else None
        if error is not None:
            self._post_error(request, request_id, error)
        else:
            self._post_response(request, request_id, fault)

    def _posted_error(self, request: Request, request_id: RequestId) -> None:
        """An error document too large to deliver, or cut off, is a response that fails for that reason."""
        if self._is_of_another_attempt(request, request_id):
            answers.refused(request, refusals.INVALID_INVOCATION_ID)
        elif (fault := posts.body_fault(request)) is not None:
            self._post_response(request, request_id, fault)
        else:
            self._post_error(request, request_id, posts.invocation_error(request))

    def _posted_init_error(self, request: Request) -> None:
        if (fault := posts.body_fault(request)) is not None:
            answers.refused(request, refusals.OF_FAULT[fault])
            return
        error = posts.init_error(request)
        self._on_input(
            RuntimePostedInitError(
                at=self._stamp(),
                generation=self._generation(),
                token=self._keep(request),
                payload=error.payload,
                error_type=error.error_type,
                content_type=error.content_type,
            )
        )

    def _post_response(self, request: Request, request_id: RequestId, fault: ResponseFault | None) -> None:
        self._on_input(
            RuntimePostedResponse(
                at=self._stamp(),
                generation=self._generation(),
                token=self._keep(request),
                request_id=request_id,
                payload=request.body if fault is None else b"",
                content_type=posts.content_type(request),
                fault=fault,
            )
        )

    def _post_error(self, request: Request, request_id: RequestId, error: posts.PostedError) -> None:
        self._on_input(
            RuntimePostedError(
                at=self._stamp(),
                generation=self._generation(),
                token=self._keep(request),
                request_id=request_id,
                payload=error.payload,
                error_type=error.error_type,
                content_type=error.content_type,
            )
        )

    def _is_of_another_attempt(self, request: Request, request_id: RequestId) -> bool:
        """A runtime need not say which attempt it answers; if it does, for the event it has, it must be right."""
        if (echoed := request.headers.get(_INVOCATION_ID_HEADER)) is None:
            return False
        return request_id == self._request_id and echoed != self._invocation_id.encode()

    def _keep(self, request: Request) -> Token:
        generation = self._generation()
        if generation != self._waiting_generation:
            self._forget_dead_generation(generation)
        token = Token(next(self._tokens))
        request.tag = token
        request.on_disconnect = self._forget
        self._waiting[token] = request
        return token

    def _forget(self, request: Request) -> None:
        token = request.tag
        if self._waiting.pop(token, None) is not None:
            self._on_input(RuntimeHungUp(at=self._stamp(), generation=self._generation(), token=token))

    def _forget_dead_generation(self, generation: int) -> None:
        """Its processes are gone; a half-closed connection of one would otherwise stay open for an answer."""
        self._waiting_generation = generation
        dead = list(self._waiting.values())
        self._waiting.clear()
        for request in dead:
            request.drop()


def _invocation_ids() -> Callable[[], str]:
    """Unique and never reused, in the form of a UUID: a random beginning for the environment, then a counter."""
    beginning = str(uuid.uuid4())[:24]
    counter = count(1)
    return lambda: f"{beginning}{next(counter):012x}"
