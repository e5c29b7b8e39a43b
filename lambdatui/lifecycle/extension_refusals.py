"""What an extension is answered when a call of it is not allowed: type and message, as AWS words them. Pure texts.

What needs no state to be refused (headers, bodies) is refused at the edge, not here.
"""

from collections.abc import Mapping

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.lifecycle.extension_states import ExtensionState
from lambdatui.lifecycle.refusals import Refusal

MAX_EXTENSIONS = 10
"""External and internal together."""


def _forbidden(error_type: str, message: str) -> Refusal:
    return Refusal(status_code=403, error_type=f"Extension.{error_type}", message=message)


REGISTRATION_CLOSED = _forbidden("RegistrationClosed", "Extension registration closed already")
TOO_MANY = _forbidden("TooManyExtensions", f"Extension limit ({MAX_EXTENSIONS}) reached")
NAME_TAKEN = _forbidden("InvalidExtensionState", "Extension with this name already registered")
NO_SHUTDOWN_FOR_INTERNAL = _forbidden("InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension")
UNKNOWN_IDENTIFIER = _forbidden("UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")

SUBSCRIPTION_CLOSED: Mapping[SubscriptionApi, Refusal] = {
    SubscriptionApi.TELEMETRY: Refusal(
        status_code=403, error_type="Telemetry.SubscriptionClosed", message="Telemetry API subscription is closed"
    ),
    SubscriptionApi.LOGS: Refusal(
        status_code=403, error_type="Logs.SubscriptionClosed", message="Logs API subscription is closed already"
    ),
}
OTHER_API_USED: Mapping[SubscriptionApi, Refusal] = {
    SubscriptionApi.TELEMETRY: Refusal(
        status_code=400, error_type="ValidationError", message="This extension is subscribed by the Logs API already"
    ),
    SubscriptionApi.LOGS: Refusal(
        status_code=400,
        error_type="Logs.ValidationError",
        message="This extension is subscribed by the Telemetry API already",
    ),
}
"""The wording is ours: the service documents only that the second API returns an error."""


def unknown_extension(extension_id: str) -> Refusal:
    """For event/next and for subscriptions, which name the identifier."""
    return _forbidden("UnknownExtensionIdentifier", f"Unknown extension {extension_id}")


def invalid_state(state: ExtensionState, asked: str, extension: str) -> Refusal:
    """``extension`` is its name where it registers, its identifier everywhere else."""
    return _forbidden(
        "InvalidExtensionState",
        f"State transition from {state} to {asked} failed for extension {extension}. "
        "Error: State transition is not allowed",
    )
