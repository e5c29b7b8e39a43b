"""Inputs from extensions: what one of them did, as the environment machine hears of it.

What can be judged without state (a missing or malformed header, a body that is not JSON) is answered at the edge and
never becomes an input. ``extension_id`` is the identifier the extension sent; the machine knows whether it exists.
"""

from enum import StrEnum

from lambdatui.lifecycle.inputs import Input, Token
from lambdatui.model.value import value


class SubscriptionApi(StrEnum):
    """By which of the two APIs an extension subscribed; after one of them the other refuses."""

    TELEMETRY = "telemetry"
    LOGS = "logs"


@value
class ExtensionInput(Input):
    """What an extension of one generation did."""

    generation: int


@value
class ExtensionRegistered(ExtensionInput):
    """It asked to be registered. ``extension_id`` was minted for it; it is the answer, if it may register.

    ``events`` are as it wrote them. ``wants_account_id``: it accepts the feature ``accountId``.
    """

    token: Token
    name: str
    extension_id: str
    events: tuple[str, ...] = ()
    wants_account_id: bool = False


@value
class ExtensionCalledNext(ExtensionInput):
    token: Token
    extension_id: str
    memory_used_mb: int | None = None


@value
class ExtensionHungUp(ExtensionInput):
    """A connection that waited in event/next is gone."""

    token: Token


@value
class ExtensionPostedInitError(ExtensionInput):
    token: Token
    extension_id: str
    error_type: str


@value
class ExtensionPostedExitError(ExtensionInput):
    token: Token
    extension_id: str
    error_type: str


@value
class ExtensionSubscribed(ExtensionInput):
    """It asked for telemetry; the subscription itself is valid. ``types`` as it wrote them."""

    token: Token
    extension_id: str
    api: SubscriptionApi
    types: tuple[str, ...]


@value
class ExtensionLaunchFailed(ExtensionInput):
    """An external extension could not be executed at all. ``error_type`` is e.g. ``PermissionDenied``.

    ``reason`` is the system's, e.g. ``exec format error``; ``hint`` says to people what of the file is to be changed.
    """

    name: str
    error_type: str
    reason: str = ""
    hint: str = ""
    memory_used_mb: int | None = None


@value
class ExtensionExited(ExtensionInput):
    """The process of an external extension ended. Exactly one of ``exit_code`` and ``signal`` is set.

    ``out_of_memory``: it was killed because the environment went over its memory.
    """

    name: str
    exit_code: int | None = None
    signal: int | None = None
    memory_used_mb: int | None = None
    out_of_memory: bool = False
