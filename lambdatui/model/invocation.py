"""One invocation: what was asked, and what came of it."""

from enum import StrEnum

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import LATEST, FunctionName, RequestId
from lambdatui.model.value import value


class InvocationType(StrEnum):
    REQUEST_RESPONSE = "RequestResponse"
    EVENT = "Event"
    DRY_RUN = "DryRun"


@value
class Invocation:
    """An event on its way to a function. ``client_context`` is the decoded JSON text; ``invoked_arn`` is as the caller
    spelled it (qualified only when a qualifier was given); ``attempt`` counts from 1.
    """

    request_id: RequestId
    function: FunctionName
    payload: bytes
    invoked_arn: str
    version: str = LATEST
    timeout_s: float
    content_type: str = "application/json"
    client_context: str | None = None
    cognito_identity: str | None = None
    tenant_id: str | None = None
    trace_id: str | None = None
    invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE
    attempt: int = 1
    experiment: Experiment | None = None


@value
class InvokeResult:
    """What the caller gets: the runtime's own bytes, or a platform error document.

    ``function_error`` is the X-Amz-Function-Error header (``Unhandled``) or None; ``error_type`` feeds telemetry only.
    """

    payload: bytes
    content_type: str = "application/json"
    function_error: str | None = None
    error_type: str | None = None
