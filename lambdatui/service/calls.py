"""Makes the invocation that an Invoke call asks for: what the function and the call say, put together."""

from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.service.identifiers import random_digits
from lambdatui.service.invoking import InvokeRequest
from lambdatui.service.trace import trace_header


def invocation_of(function: Function, request: InvokeRequest, request_id: RequestId, *, epoch_s: float) -> Invocation:
    """``epoch_s`` is when it was accepted. A client context is for synchronous calls only, as on AWS."""
    synchronous = request.invocation_type is InvocationType.REQUEST_RESPONSE
    return Invocation(
        request_id=request_id,
        function=function.name,
        payload=request.payload or b"{}",
        invoked_arn=function_arn(function.name, request.qualifier),
        timeout_s=function.timeout_s,
        content_type=request.content_type,
        client_context=request.client_context if synchronous else None,
        tenant_id=request.tenant_id,
        trace_id=trace_header(
            request.trace_id,
            epoch_s=epoch_s,
            random_hex=random_digits(),
            active=function.active_tracing,
        ),
        invocation_type=request.invocation_type,
        experiment=request.experiment,
    )
