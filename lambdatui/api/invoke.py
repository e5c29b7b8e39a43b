"""The Invoke operation: from a POST to an InvokeRequest, and from its outcome to AWS's status, headers and bytes.

Everything that can be refused without running code is refused here; the payload must be JSON and is passed on as it is.
"""

import base64
import binascii
import json
import logging
import re
from functools import partial
from urllib.parse import unquote

from lambdatui.api.answers import REQUEST_ID_HEADER, refuse, spawn_answer
from lambdatui.api.constraints import MAX_TENANT_CHARS, TENANT_PATTERN, Violations
from lambdatui.api.errors import invalid_content, payload_too_large
from lambdatui.api.lookup import find_function, query_values, reference
from lambdatui.api.names import refuse_unpublished
from lambdatui.api.payload import EMPTY_EVENT, check_json, check_size, limit_bytes
from lambdatui.api.ports import Service
from lambdatui.api.routes import Parameters
from lambdatui.model import limits
from lambdatui.model.experiments import experiment_named
from lambdatui.model.ids import LATEST
from lambdatui.model.invocation import InvocationType
from lambdatui.net.heads import clean_value
from lambdatui.net.request import Request
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError

SAMPLE_HEADER = b"x-lambdatui-sample"
"""Percent-encoded name of the sample event that the payload was made from, for the record."""
EXPERIMENT_HEADER = b"x-lambdatui-experiment"
"""What the invocation is part of: its figures are kept apart from those of ordinary ones."""
_TENANT_HEADER = b"x-amz-tenant-id"
_INVOCATION_TYPES = (InvocationType.REQUEST_RESPONSE, InvocationType.EVENT, InvocationType.DRY_RUN)
_LOG_TYPES = ("None", "Tail")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BAD_CONTEXT = "Client context must be a valid Base64-encoded JSON object."
_log = logging.getLogger(__name__)


class InvokeOperation:
    """Handles one route for one engine. What every caller waits for, a synchronous invoke, goes without a task."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle(self, request: Request, parameters: Parameters) -> None:
        """Raises ServiceError for what is refused without running code."""
        asked = self._ask_again(request) or self._ask(request, parameters["FunctionName"])
        if asked.invocation_type is InvocationType.REQUEST_RESPONSE and not asked.log_tail:
            self._service.begin_invoke(asked, partial(_deliver, request))
        else:
            spawn_answer(self._service, f"invoke:{asked.function}", request, self._run(request, asked))

    def _ask(self, request: Request, name: str) -> InvokeRequest:
        asked = parse_invoke(self._service, request, name)
        if request.memo is not None and asked.function == name:
            request.memo["asked"] = asked.with_payload(b"")  # the caller's own goes with its answer
        return asked

    def _ask_again(self, request: Request) -> InvokeRequest | None:
        """What the same head asked for before, with this payload; only what does not hang on the head is looked at."""
        asked: InvokeRequest | None = None if request.memo is None else request.memo.get("asked")
        if asked is None:
            return None
        payload = _payload(request, asked.invocation_type)
        try:
            self._service.function(asked.function)
        except ServiceError:
            return None  # what is refused is refused by those who know how to say it
        check_json(payload)
        return asked.with_payload(payload)

    async def _run(self, request: Request, asked: InvokeRequest) -> None:
        answer(request, await self._service.invoke(asked))


def parse_invoke(
    service: Service, request: Request, name: str, allowed: tuple[InvocationType, ...] = _INVOCATION_TYPES
) -> InvokeRequest:
    """Raises ServiceError for what is refused without running code; of several reasons, AWS's first. The first of the
    ``allowed`` types is meant where the caller named none.
    """
    violations = Violations()
    headers = request.headers
    kind = request.header(b"x-amz-invocation-type") or allowed[0]
    violations.one_of("invocationType", kind, allowed)
    log_type = request.header(b"x-amz-log-type") or "None"
    violations.one_of("logType", log_type, _LOG_TYPES)
    tenant = _tenant(request, violations) if _TENANT_HEADER in headers else None
    named = reference(name, query_values(request.query), violations)
    invocation_type = InvocationType(kind)
    payload = _payload(request, invocation_type)
    _check_request_id(request)
    function = find_function(service, named, missing_qualifier=LATEST)
    refuse_unpublished(named)
    check_json(payload)
    context = _client_context(request)
    synchronous = invocation_type is InvocationType.REQUEST_RESPONSE
    return InvokeRequest(
        function=function.name,
        payload=payload,
        invocation_type=invocation_type,
        qualifier=named.qualifier,
        # Not the caller's: curl calls its data a form, and a runtime parses nothing that is not called JSON.
        content_type="application/json",
        # The cloud passes a client context to synchronous invokes only.
        client_context=context if synchronous else None,
        trace_id=request.header(b"x-amzn-trace-id") or None,
        tenant_id=tenant,
        log_tail=synchronous and log_type == "Tail",
        sample=(unquote(request.header(SAMPLE_HEADER)) or None) if SAMPLE_HEADER in headers else None,
        experiment=experiment_named(request.header(EXPERIMENT_HEADER)) if EXPERIMENT_HEADER in headers else None,
    )


def _deliver(request: Request, outcome: InvokeOutcome | ServiceError) -> None:
    """Never raises: it is called in the midst of the environment's own affairs."""
    try:
        if isinstance(outcome, ServiceError):
            refuse(request, outcome)
        else:
            answer(request, outcome)
    except Exception:  # noqa: BLE001 - a bug in an answer must not take an environment with it
        _log.exception("the answer to %s %s failed: this is a bug in lambdatui", request.method, request.path)


def answer(request: Request, outcome: InvokeOutcome) -> None:
    """Send an outcome: 200 with the function's own bytes, 202 and 204 without any."""
    # By hand, because every invoke waits for it; only what others wrote has to be cleaned.
    lines = f"{REQUEST_ID_HEADER}: {outcome.request_id}\r\n"
    if outcome.trace_id is not None:
        lines += f"X-Amzn-Trace-Id: {clean_value(outcome.trace_id)}\r\n"
    result = outcome.result
    if result is None:
        request.respond(outcome.status_code, lines.encode("utf-8", "replace"))
        return
    lines += f"Content-Type: {clean_value(result.content_type)}\r\n"
    if outcome.executed_version is not None:
        lines += f"X-Amz-Executed-Version: {outcome.executed_version}\r\n"
    if result.function_error is not None:
        lines += f"X-Amz-Function-Error: {result.function_error}\r\n"
    if outcome.log_tail is not None:
        lines += f"X-Amz-Log-Result: {base64.b64encode(outcome.log_tail).decode()}\r\n"
    request.respond(outcome.status_code, lines.encode("utf-8", "replace"), result.payload)


def _payload(request: Request, invocation_type: InvocationType) -> bytes:
    if request.body_too_large:
        raise payload_too_large(limit_bytes(invocation_type))
    check_size(len(request.body), invocation_type)
    return request.body or EMPTY_EVENT


def _tenant(request: Request, violations: Violations) -> str:
    tenant = request.header(_TENANT_HEADER)
    if violations.length("tenantId", tenant, at_least=1, at_most=MAX_TENANT_CHARS):
        violations.pattern("tenantId", tenant, TENANT_PATTERN)
    return tenant


def _check_request_id(request: Request) -> None:
    """AWS refuses a request id that is no UUID; ids of invocations are minted by the service all the same."""
    given = request.header(b"x-amzn-requestid")
    if given and not _UUID.fullmatch(given):
        raise invalid_content(f"The x-amzn-RequestId header is not a valid UUID string: '{given}'")


def _client_context(request: Request) -> str | None:
    """The decoded JSON text of X-Amz-Client-Context."""
    encoded = request.headers.get(b"x-amz-client-context")
    if not encoded:
        return None
    if len(encoded) > limits.MAX_CLIENT_CONTEXT_BYTES:
        limit = limits.MAX_CLIENT_CONTEXT_BYTES
        raise invalid_content(f"Client context must be at most {limit} bytes of Base64; it has {len(encoded)}.")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
        _check_is_object(text)
    except (binascii.Error, ValueError, RecursionError):
        raise invalid_content(_BAD_CONTEXT) from None
    return text


def _check_is_object(text: str) -> None:
    """Raise ValueError unless ``text`` is a JSON object."""
    if not isinstance(json.loads(text), dict):
        raise ValueError(text)
