"""The handler of the engine's listeners: checks who asks, finds the route, and answers every refusal."""

import logging

from lambdatui.api.answers import refuse
from lambdatui.api.auth import LOCAL_HOSTS, Access
from lambdatui.api.control import PREFIX, ControlApi
from lambdatui.api.environments import EnvironmentsApi
from lambdatui.api.errors import internal_error, invalid_content, unknown_operation
from lambdatui.api.event_stream import EventStream
from lambdatui.api.experiments import ExperimentsApi
from lambdatui.api.functions import FunctionOperations
from lambdatui.api.history import HistoryApi
from lambdatui.api.invoke import InvokeOperation
from lambdatui.api.invoke_async import InvokeAsyncOperation
from lambdatui.api.ports import Service
from lambdatui.api.routes import (
    GET_FUNCTION,
    GET_FUNCTION_CONFIGURATION,
    INVOKE,
    INVOKE_ASYNC,
    INVOKE_WITH_RESPONSE_STREAM,
    LIST_FUNCTIONS,
    Handler,
    Operation,
    Parameters,
    Router,
)
from lambdatui.api.settings import SettingsApi
from lambdatui.api.streaming import StreamingInvokeOperation
from lambdatui.model import limits
from lambdatui.net.limits import Limits
from lambdatui.net.request import Request
from lambdatui.service.invoking import ServiceError

LIMITS = Limits(
    max_body_bytes=limits.MAX_REQUEST_BYTES,
    max_discarded_bytes=32 * 1024 * 1024,
    max_buffered_bytes=256 * 1024 * 1024,
    max_head_bytes=limits.MAX_REQUEST_HEAD_BYTES,
)
"""For listeners in front of an ApiServer: the limits of head and body are Invoke's own, so that a body's refusal can
be in AWS's words. Payloads of all invocations that wait for their answer have the room of 42 of the largest; then
callers get 503.
"""
_log = logging.getLogger(__name__)


class ApiServer:
    """Everything an engine answers over HTTP; give ``handle`` to a listener with ``LIMITS``.

    ``hosts`` are the names the listener may be called under, besides addresses; None allows any (see ``auth``). An
    engine has one for its unix socket, without a token, and one for its TCP port.
    """

    def __init__(
        self, service: Service, *, token: str | None = None, hosts: frozenset[str] | None = LOCAL_HOSTS
    ) -> None:
        self._access = Access(token=token, hosts=hosts)
        self._functions = FunctionOperations(service)
        operations: tuple[tuple[Operation, Handler], ...] = (
            (INVOKE, InvokeOperation(service).handle),
            (INVOKE_ASYNC, InvokeAsyncOperation(service).handle),
            (INVOKE_WITH_RESPONSE_STREAM, StreamingInvokeOperation(service).handle),
            (LIST_FUNCTIONS, self._functions.list_functions),
            (GET_FUNCTION, self._functions.get_function),
            (GET_FUNCTION_CONFIGURATION, self._functions.get_function_configuration),
        )
        self._router = Router(
            [
                *((operation.method, operation.pattern, handler) for operation, handler in operations),
                *ControlApi(service).routes(),
                *EnvironmentsApi(service).routes(),
                *HistoryApi(service).routes(),
                *ExperimentsApi(service).routes(),
                *SettingsApi(service).routes(),
                ("GET", f"{PREFIX}/events", EventStream(service).handle),
            ]
        )

    def close(self) -> None:
        """Let go of the thread that reads code. Requests must have ended."""
        self._functions.close()

    def handle(self, request: Request) -> None:
        """Answer a request, now or from a task of the engine. Never raises."""
        try:
            self._route(request)
        except ServiceError as error:
            refuse(request, error)
        except Exception:  # noqa: BLE001 - whoever asked must get an answer; the log has the traceback
            _log.exception("%s %s failed: this is a bug in lambdatui", request.method, request.path)
            refuse(request, internal_error())

    def _route(self, request: Request) -> None:
        memo = request.memo
        found = None if memo is None else memo.get("route")
        if found is None:
            found = self._find(request)
            if memo is not None:
                memo["route"] = found
        handler, parameters = found
        handler(request, parameters)

    def _find(self, request: Request) -> tuple[Handler, Parameters]:
        self._access.check(request.method, request.headers)
        if request.truncated:
            raise invalid_content("The request ended before the whole body that it announced had arrived.")
        found = self._router.resolve(request.method, request.path)
        if found is None:
            raise unknown_operation(request.method, request.path)
        return found
