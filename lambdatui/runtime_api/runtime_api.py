"""The Runtime API of one environment. The socket is the identity: each environment has a listener of its own.

Decides only what needs no state; whether a move is allowed is the environment machine's, which answers by token.
"""

import socket
from collections.abc import Callable, Mapping

from lambdatui.lifecycle.inputs import Input, Token
from lambdatui.lifecycle.refusals import Refusal
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from lambdatui.net.limits import Limits
from lambdatui.net.listener import Listener, bind_tcp, serve
from lambdatui.net.request import Request
from lambdatui.runtime_api import answers
from lambdatui.runtime_api.edge import Edge
from lambdatui.runtime_api.extension_answers import FunctionIdentity
from lambdatui.runtime_api.extension_calls import ExtensionCalls
from lambdatui.runtime_api.instance_facts import Credentials, InstanceFacts, Tokens
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.runtime_api.routes import CREDENTIALS_PATH, Endpoint, Route, find_route
from lambdatui.runtime_api.runtime_calls import RuntimeCalls
from lambdatui.runtime_api.streaming_calls import STREAMED
from lambdatui.runtime_api.telemetry_calls import TelemetryCalls
from lambdatui.runtime_api.telemetry_subscription import SubscriptionSpec
from lambdatui.runtime_api.waiting import WaitingRequests

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


class RuntimeApi:
    """Gives every request of the runtime or an extension that needs an answer to ``on_input``, with a fresh token.

    ``stamp`` gives monotonic seconds, ``generation`` that of the processes which may call now. ``on_input`` may answer
    at once, from within. Tokens of a dead generation, or whose connection is gone, are answered by doing nothing.

    ``credentials`` (given only with SnapStart, which restore/next and restore/error need as well) are asked for anew at
    every call. A process finds the way to them, and to its metadata, in its environment: see ``credentials_uri``.
    ``tokens`` are those of another environment, where its snapshot is restored here; else new ones.
    """

    def __init__(
        self,
        *,
        on_input: Callable[[Input], None],
        stamp: Callable[[], float],
        measure_memory: Callable[[bool], int | None],
        generation: Callable[[], int],
        mint_invocation_id: Callable[[], str] | None = None,
        credentials: Callable[[], Credentials] | None = None,
        availability_zone_id: str = "use1-az1",
        tokens: Tokens | None = None,
    ) -> None:
        self._stamp = stamp
        self._waiting = WaitingRequests(generation)
        edge = Edge(
            on_input=on_input,
            stamp=stamp,
            measure_memory=measure_memory,
            generation=generation,
            waiting=self._waiting,
        )
        self._runtime = RuntimeCalls(edge, mint_invocation_id)
        self._extensions = ExtensionCalls(edge)
        self._telemetry = TelemetryCalls(edge)
        self._facts = InstanceFacts(
            tokens or Tokens.minted(), credentials=credentials, availability_zone_id=availability_zone_id
        )
        self._handlers = self._handler_table(snap_start=credentials is not None)
        self._listener: Listener | None = None

    async def start(self, listening: socket.socket | None = None) -> None:
        """Accept connections at a free port of the loopback, or at a socket that listens already and is the Runtime
        API's from now on. Raises OSError.
        """
        door = listening or bind_tcp(_HOST, 0)
        self._listener = await serve(door, self._handle, _LIMITS, streamed=STREAMED, stamp=self._stamp)

    @property
    def address(self) -> str:
        """``host:port``, as AWS_LAMBDA_RUNTIME_API has it. Raises RuntimeError before ``start``."""
        if self._listener is None:
            raise RuntimeError("the Runtime API has no address before it is started")
        return f"{_HOST}:{self._listener.port}"

    @property
    def credentials_uri(self) -> str:
        """AWS_CONTAINER_CREDENTIALS_FULL_URI of an environment with SnapStart."""
        return f"http://{self.address}{CREDENTIALS_PATH}"

    @property
    def tokens(self) -> Tokens:
        """AWS_CONTAINER_AUTHORIZATION_TOKEN, beside ``credentials_uri``; and AWS_LAMBDA_METADATA_TOKEN, where
        AWS_LAMBDA_METADATA_API is ``address``.
        """
        return self._facts.tokens

    def close(self) -> None:
        """Drop every connection. Nothing reaches ``on_input`` any more. Idempotent."""
        if self._listener is not None:
            self._listener.close()
        self._forget_all()

    def drop_connections(self) -> None:
        """The processes of a generation are dead: what they wrote and nobody has read yet must never be read."""
        self._forget_all()
        if self._listener is not None:
            self._listener.drop_connections()

    def _forget_all(self) -> None:
        self._waiting.clear()
        self._runtime.streaming.clear()

    # Answers to either

    def accept(self, token: Token) -> None:
        """202 ``{"status":"OK"}``."""
        request = self._waiting.take(token)
        if request is not None:
            answers.accepted(request)

    def refuse(self, token: Token, status_code: int, error_type: str, message: str) -> None:
        """An error document in AWS's form."""
        self._runtime.streaming.forget(token)
        request = self._waiting.take(token)
        if request is not None:
            answers.refused(request, Refusal(status_code=status_code, error_type=error_type, message=message))

    # Answers to the runtime

    def answer_next(self, token: Token, invocation: Invocation, deadline_epoch_ms: int) -> None:
        """Hand the event out. The same invocation handed out again is the same attempt."""
        self._runtime.answer_next(token, invocation, deadline_epoch_ms)

    def forget_event(self) -> None:
        """Its caller has the answer: it is not handed out again, and its payload may be large."""
        self._runtime.forget_event()

    def read_stream(self, token: Token) -> ResponseStream:
        """The response that the runtime began to stream, for whoever is to read it, which must be done to its end."""
        return self._runtime.streaming.read(token)

    def answer_restore_next(self, token: Token) -> None:
        """200 without a body: the environment runs again, from its snapshot."""
        self._runtime.answer_restore_next(token)

    # Answers to an extension

    def answer_register(
        self, token: Token, extension_id: str, function: FunctionIdentity, account_id: str | None
    ) -> None:
        """200 with the identifier in its header; ``account_id`` only where the extension accepts that feature."""
        self._extensions.answer_register(token, extension_id, function, account_id)

    def send_invoke_event(self, token: Token, invocation: Invocation, deadline_epoch_ms: int) -> None:
        """``event/next`` returns an INVOKE event."""
        self._extensions.send_invoke_event(token, invocation, deadline_epoch_ms)

    def send_shutdown_event(self, token: Token, deadline_epoch_ms: int, reason: str) -> None:
        """``event/next`` returns a SHUTDOWN event."""
        self._extensions.send_shutdown_event(token, deadline_epoch_ms, reason)

    def accept_subscription(self, token: Token) -> SubscriptionSpec | None:
        """200 ``"OK"``. What the extension subscribed to; None when it is gone."""
        return self._telemetry.accept(token)

    # Requests

    def _handler_table(self, *, snap_start: bool) -> Mapping[Endpoint, Callable[[Request], None]]:
        """Of the endpoints without an id in their path; those with one are told apart before."""
        runtime, extensions = self._runtime, self._extensions
        table = {
            Endpoint.NEXT: runtime.called_next,
            Endpoint.INIT_ERROR: runtime.posted_init_error,
            Endpoint.PING: answers.pong,
            Endpoint.REGISTER: extensions.registered,
            Endpoint.EVENT_NEXT: extensions.called_next,
            Endpoint.EXTENSION_INIT_ERROR: extensions.posted_init_error,
            Endpoint.EXTENSION_EXIT_ERROR: extensions.posted_exit_error,
            Endpoint.TELEMETRY: self._telemetry.subscribed,
            Endpoint.LOGS: self._telemetry.subscribed,
            Endpoint.METADATA: self._facts.metadata_asked,
        }
        if snap_start:
            table[Endpoint.RESTORE_NEXT] = runtime.called_restore_next
            table[Endpoint.RESTORE_ERROR] = runtime.posted_restore_error
            table[Endpoint.CREDENTIALS] = self._facts.credentials_asked
        return table

    def _handle(self, request: Request) -> None:
        route = find_route(request.path)
        if route is None:
            answers.not_found(request)
        elif route.request_id:
            self._posted(request, route)
        elif (handler := self._handlers.get(route.endpoint)) is None:
            answers.not_found(request)
        elif route.method != request.method:
            answers.method_not_allowed(request, route.method)
        else:
            handler(request)

    def _posted(self, request: Request, route: Route) -> None:
        if route.method != request.method:
            answers.method_not_allowed(request, route.method)
        elif route.endpoint is Endpoint.RESPONSE:
            self._runtime.posted_response(request, RequestId(route.request_id))
        else:
            self._runtime.posted_error(request, RequestId(route.request_id))
