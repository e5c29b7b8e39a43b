"""The life of a Python runtime: set up logging, find the handler, then serve one invocation after another."""

from __future__ import annotations

import json
import logging
import os
import sys

from . import import_times, snap_start
from .context import LambdaContext
from .error_documents import exception_document, fault_document, log_error, user_frames, xray_cause
from .execution_env import is_from_312
from .faults import CONTEXT_UNMARSHAL_ERROR, Fault
from .handler_lookup import find_handler
from .idle_signals import deferring_signals
from .log_formats import InvocationScope, LogFormat, set_up_logging
from .log_sink import Unbuffered, open_log_sink
from .marshal import Marshaller
from .runtime_client import REQUEST_ID_HEADER, RuntimeClient
from .search_path import prepare_search_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Dict

    from .error_documents import ErrorDocument
    from .http_connection import Body
    from .log_sink import LogSink

    Handler = Callable[[Any, LambdaContext], Any]
    Headers = Dict[str, str]

__all__ = ["prepare_search_path", "run"]

_LARGEST_BLOCK_BYTES = 8 * 1024 * 1024  # never touched, so never real; above Lambda's largest payload
TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
# The line is Lambda's, word for word: people search their logs for it.
UNHANDLED_EXCEPTION_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class Session:
    """What stays the same from one invocation to the next."""

    __slots__ = ("_next_is_bare", "client", "log_format", "marshaller", "next_invocation", "scope", "sink")

    def __init__(self, client: RuntimeClient, sink: LogSink, environ: Mapping[str, str]) -> None:
        execution_env = environ.get("AWS_EXECUTION_ENV")
        self._next_is_bare = is_from_312(execution_env)
        self._use(client)
        self.sink = sink
        self.log_format = LogFormat(environ.get("AWS_LAMBDA_LOG_FORMAT"), environ.get("AWS_LAMBDA_LOG_LEVEL"))
        self.marshaller = Marshaller(execution_env)
        self.scope = InvocationScope()

    def connect(self, api_address: str) -> None:
        """From now on this is the Runtime API."""
        self._use(RuntimeClient(api_address))

    def _use(self, client: RuntimeClient) -> None:
        self.client = client
        self.next_invocation = client.next if self._next_is_bare else deferring_signals(client.next)

    def log_error(self, document: ErrorDocument) -> None:
        log_error(document, self.log_format, self.sink, self.marshaller.to_json)


def run(handler: str, api_address: str) -> None:
    """Initialise the function and serve it. Leaves by exception only; status 1 after an init error was posted, 64 and
    65 after a failed hook of SnapStart's.
    """
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    keep_freed_memory()
    sink = open_log_sink(os.environ)
    session = Session(RuntimeClient(api_address), sink, os.environ)
    try:
        set_up_logging(session.log_format, sink, session.scope)
        function = initialise(session, handler)
        if snap_start.is_wanted():
            snap_start.snapshot_and_restore(session)
        serve(session, function)
    finally:
        sink.close()


def keep_freed_memory() -> None:
    """Teach glibc's allocator to keep what a large payload used: it learns from the largest block that it ever freed.

    Without it every invocation with a megabyte gets its pages anew from the kernel, which costs as much as the JSON.
    """
    bytes(_LARGEST_BLOCK_BYTES)


def initialise(session: Session, handler: str) -> Handler:
    """Import the handler; when that fails, log it, post the init error and exit with status 1."""
    try:
        found: Handler = import_times.told(find_handler, handler) if import_times.is_wanted() else find_handler(handler)
        return found
    except Fault as fault:
        document = fault_document(fault)
    except Exception as error:
        document = exception_document(error, user_frames(error.__traceback__))
    logging.warning(UNHANDLED_EXCEPTION_WARNING)
    session.log_error(document)
    # Latin-1, as in AWS's client: from Python 3.12 on a text beyond it ends the process instead of being posted.
    body = session.marshaller.to_json(document).encode("latin-1")
    session.client.post_init_error(body, document["errorType"])
    sys.exit(1)


def serve(session: Session, handler: Handler) -> None:
    """Wait for invocations and handle them, for ever."""
    while True:
        event_body, headers = session.next_invocation()
        session.scope.request_id = headers[REQUEST_ID_HEADER]
        session.scope.tenant_id = headers.get("lambda-runtime-aws-tenant-id") or None
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id:
            os.environ[TRACE_VARIABLE] = trace_id
        else:
            os.environ.pop(TRACE_VARIABLE, None)
        handle_event_request(session, handler, event_body, headers)


# The function's name and the line that calls the handler are what people see in the stack trace of a handler with the
# wrong number of parameters: there, and only there, no other frame exists. The call must stay directly in here.
def handle_event_request(session: Session, request_handler: Handler, event_body: Body, headers: Headers) -> None:
    request_id = session.scope.request_id
    invocation_id = headers.get("lambda-runtime-invocation-id")
    failure = None
    try:
        lambda_context = context_from(headers, session.scope)
        event = session.marshaller.event_from(event_body, headers.get("content-type"))
        response = request_handler(event, lambda_context)
        body, content_type = session.marshaller.response_from(response)
    except Fault as fault:
        cause = xray_cause("LambdaValidationError", fault.message, [])
        failure = fault_document(fault, request_id), cause
    except Exception as error:
        frames = user_frames(error.__traceback__)
        cause = xray_cause(type(error).__name__, str(error), frames)
        failure = exception_document(error, frames, request_id), cause
    if failure:
        report_failure(session, *failure, invocation_id)
    else:
        encoded = body if isinstance(body, bytes) else body.encode()
        session.client.post_response(request_id, encoded, content_type, invocation_id)


def report_failure(session: Session, document: ErrorDocument, cause: dict[str, Any], invocation_id: str | None) -> None:
    """Log the failure, then post it."""
    session.log_error(document)
    to_json = session.marshaller.to_json
    request_id = session.scope.request_id
    session.client.post_error(request_id, to_json(document).encode(), to_json(cause).encode(), invocation_id)


def context_from(headers: Headers, scope: InvocationScope) -> LambdaContext:
    """The context object of an invocation. Raises Fault when a JSON header cannot be read."""
    return LambdaContext(
        scope.request_id,
        _json_header(headers.get("lambda-runtime-client-context"), "Client Context"),
        _json_header(headers.get("lambda-runtime-cognito-identity"), "Cognito Identity"),
        int(headers.get("lambda-runtime-deadline-ms", 0)),
        headers.get("lambda-runtime-invoked-function-arn", ""),
        scope.tenant_id,
    )


def _json_header(value: str | None, name: str) -> Any:
    if not value:
        return None
    try:
        return json.loads(value)
    except Exception as reason:
        raise Fault(CONTEXT_UNMARSHAL_ERROR, f"Unable to parse {name} JSON: {reason}") from None
