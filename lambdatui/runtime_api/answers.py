"""What a runtime is answered, as bytes: JSON as Go writes it, plain texts as Go's router writes them. Pure."""

import json

from lambdatui.lifecycle.refusals import Refusal
from lambdatui.model.invocation import Invocation
from lambdatui.net.heads import clean_value, render_response_head
from lambdatui.net.request import Request

JSON = b"Content-Type: application/json\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"
NEXT_FOLLOWS = b"lambdatui-next-follows"
"""Our own Python runtime sends this with a response behind which it has sent its next call, in the same segment."""
_ERROR_TEXT = PLAIN + b"X-Content-Type-Options: nosniff\r\n"
_OK = b'{"status":"OK"}\n'
_ACCEPTED = render_response_head(202, JSON, len(_OK)) + _OK
_HTML = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"})


def go_json(document: object) -> bytes:
    """Compact JSON, UTF-8, with the characters escaped that Go's encoder escapes for HTML's sake. No line end."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_HTML).encode("utf-8", "replace")


def next_headers(invocation: Invocation, *, deadline_epoch_ms: int, invocation_id: str) -> bytes:
    """Header lines of ``/next``; what is empty is not sent."""
    lines = (
        f"Content-Type: {clean_value(invocation.content_type) or 'application/json'}\r\n"
        f"Lambda-Runtime-Aws-Request-Id: {invocation.request_id}\r\n"
        f"Lambda-Runtime-Invocation-Id: {invocation_id}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {deadline_epoch_ms}\r\n"
    )
    for name, value in (
        ("Lambda-Runtime-Invoked-Function-Arn", invocation.invoked_arn),
        ("Lambda-Runtime-Trace-Id", invocation.trace_id),
        ("Lambda-Runtime-Client-Context", invocation.client_context),
        ("Lambda-Runtime-Cognito-Identity", invocation.cognito_identity),
        ("Lambda-Runtime-Aws-Tenant-Id", invocation.tenant_id),
    ):
        if value:
            lines += f"{name}: {clean_value(value)}\r\n"
    return lines.encode("utf-8", "replace")


def accepted(request: Request) -> None:
    """A runtime that says that its next call is on its way gets it together with the next event."""
    if NEXT_FOLLOWS in request.headers and request.keep_alive:
        request.acknowledge(_ACCEPTED)
    else:
        request.respond(202, JSON, _OK)


def refused(request: Request, refusal: Refusal) -> None:
    """A runtime whose next call is on its way already sent that in the belief that this would not happen: it is not
    heard, and the runtime sees the end of the connection.
    """
    if NEXT_FOLLOWS in request.headers:
        request.keep_alive = False
    document = {"errorMessage": refusal.message, "errorType": refusal.error_type}
    request.respond(refusal.status_code, JSON, go_json(document) + b"\n")


def pong(request: Request) -> None:
    request.respond(200, PLAIN, b"pong")


def not_found(request: Request) -> None:
    plain_error(request, 404, b"404 page not found\n")


def plain_error(request: Request, status: int, text: bytes) -> None:
    """As Go's server says it where the API has no document for it."""
    request.respond(status, _ERROR_TEXT, text)


def restored(request: Request) -> None:
    request.respond(200)


def method_not_allowed(request: Request, allowed: str) -> None:
    request.respond(405, f"Allow: {allowed}\r\n".encode())
