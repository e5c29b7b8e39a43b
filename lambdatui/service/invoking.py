"""What callers ask of the service and what they get; the errors it refuses them with."""

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import InvocationType, InvokeResult
from lambdatui.model.value import value


@value
class InvokeRequest:
    """An Invoke call after its door parsed it. ``qualifier`` is None when the caller gave none.

    ``request_id`` is set only by callers that must choose it; ``sample`` names the sample event, for the record.
    """

    function: FunctionName
    payload: bytes
    invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE
    qualifier: str | None = None
    content_type: str = "application/json"
    client_context: str | None = None
    trace_id: str | None = None
    tenant_id: str | None = None
    log_tail: bool = False
    request_id: RequestId | None = None
    sample: str | None = None
    experiment: Experiment | None = None

    def with_payload(self, payload: bytes) -> "InvokeRequest":
        """The same call with another event."""
        return InvokeRequest(
            function=self.function,
            payload=payload,
            invocation_type=self.invocation_type,
            qualifier=self.qualifier,
            content_type=self.content_type,
            client_context=self.client_context,
            trace_id=self.trace_id,
            tenant_id=self.tenant_id,
            log_tail=self.log_tail,
            request_id=self.request_id,
            sample=self.sample,
            experiment=self.experiment,
        )


@value
class InvokeOutcome:
    """``status_code`` is 200, 202 (Event) or 204 (DryRun); ``result`` and ``executed_version`` only with 200.

    ``log_tail`` is the last 4 KB of this invocation's log in text, when it was asked for.
    """

    status_code: int
    request_id: RequestId
    result: InvokeResult | None = None
    executed_version: str | None = None
    log_tail: bytes | None = None
    trace_id: str | None = None


class ServiceError(Exception):
    """Lambda's refusal of a call. ``name`` is AWS's exception name; ``message_key`` its casing (message | Message);
    ``type`` is User or Server, or None for the exceptions whose body carries none.
    """

    def __init__(
        self,
        name: str,
        status_code: int,
        message: str,
        *,
        type_: str | None = "User",
        message_key: str = "message",
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.name = name
        self.status_code = status_code
        self.message = message
        self.type = type_
        self.message_key = message_key
        self.reason = reason


def function_not_found(arn: str) -> ServiceError:
    """``arn`` as AWS prints it in this call: Invoke adds ``:$LATEST``, GetFunction prints the bare ARN."""
    return ServiceError("ResourceNotFoundException", 404, f"Function not found: {arn}", message_key="Message")


def throttled(reason: str) -> ServiceError:
    return ServiceError("TooManyRequestsException", 429, "Rate Exceeded.", reason=reason)


def stopping() -> ServiceError:
    """The function was not run, because the service ends or the function is gone."""
    return ServiceError("ServiceException", 500, "The service is stopping.", type_="Server", message_key="Message")


def not_runnable(message: str) -> ServiceError:
    """The function is listed but cannot be run here; the message names file, line and fix."""
    return ServiceError("InvalidRuntimeException", 502, message, type_="Server", message_key="Message")


def snap_start_failed(exception: str, message: str) -> ServiceError:
    """A snapshot could not be restored, so that the invocation never began. ``exception`` is the service's name for
    the reason: SnapStartTimeoutException has 408, every other 400.
    """
    status_code = 408 if exception == "SnapStartTimeoutException" else 400
    return ServiceError(exception, status_code, message, message_key="Message")
