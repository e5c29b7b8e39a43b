"""What an extension is answered, as bytes: JSON as Go writes it, in the order of the service's own structures. Pure."""

from dataclasses import dataclass

from lambdatui.model.invocation import Invocation
from lambdatui.net.request import Request
from lambdatui.runtime_api.answers import JSON, PLAIN, go_json


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionIdentity:
    """What an extension learns of the function when it registers. ``handler`` as configured."""

    name: str
    version: str
    handler: str


def registered(request: Request, extension_id: str, function: FunctionIdentity, account_id: str | None) -> None:
    document = {"accountId": account_id} if account_id else {}
    document |= {"functionName": function.name, "functionVersion": function.version, "handler": function.handler}
    headers = b"Lambda-Extension-Identifier: %b\r\n" % extension_id.encode()
    request.respond(200, headers + JSON, go_json(document) + b"\n")


def invoke_event(request: Request, invocation: Invocation, *, deadline_epoch_ms: int, event_id: str) -> None:
    """The event's payload is never part of it."""
    document: dict[str, object] = {
        "eventType": "INVOKE",
        "deadlineMs": deadline_epoch_ms,
        "requestId": invocation.request_id,
        "invokedFunctionArn": invocation.invoked_arn,
    }
    if invocation.trace_id:
        document["tracing"] = {"type": "X-Amzn-Trace-Id", "value": invocation.trace_id}
    headers = b"Lambda-Extension-Event-Identifier: %b\r\n" % event_id.encode()
    request.respond(200, headers + JSON, go_json(document))


def shutdown_event(request: Request, *, deadline_epoch_ms: int, reason: str) -> None:
    """The service gives it no header of its own, so its content type is what Go makes of such bytes."""
    document = {"eventType": "SHUTDOWN", "deadlineMs": deadline_epoch_ms, "shutdownReason": reason}
    request.respond(200, PLAIN, go_json(document))


def subscribed(request: Request) -> None:
    request.respond(200, JSON, b'"OK"')
