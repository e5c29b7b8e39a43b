"""Logs, and what the platform says of extensions: as in AWS's Telemetry API schema, with the extension's name added."""

from typing import ClassVar

from lambdatui.model.ids import RequestId
from lambdatui.model.records_base import Record
from lambdatui.model.value import value


@value
class FunctionLog(Record):
    """Lines a function wrote, in order, without their line ends; a framed record is one line even with CRs in it.

    ``request_id`` is the invoke they fell into, None during init or after an invoke. One AWS ``function`` event each.
    ``levels``, in the JSON format only: the level with which the runtime labelled each line, empty where it did not.
    """

    TYPE: ClassVar[str] = "function"
    request_id: RequestId | None
    lines: tuple[str, ...]
    levels: tuple[str, ...] | None = None


@value
class ExtensionLog(Record):
    """Lines an external extension wrote, as those of a function. ``extension`` is its name, which AWS does not tell."""

    TYPE: ClassVar[str] = "extension"
    extension: str
    request_id: RequestId | None
    lines: tuple[str, ...]


@value
class PlatformExtension(Record):
    """An extension at the end of init. ``state`` is ``Ready``, or where it failed, such as ``LaunchError``;
    ``events`` are those it registered for.
    """

    TYPE: ClassVar[str] = "platform.extension"
    name: str
    state: str
    events: tuple[str, ...] = ()
    error_type: str | None = None


@value
class TelemetrySubscription(Record):
    """An extension subscribed by the Telemetry API. ``types`` are ``platform``, ``function`` and ``extension``."""

    TYPE: ClassVar[str] = "platform.telemetrySubscription"
    name: str
    state: str = "Subscribed"
    types: tuple[str, ...]


@value
class LogsSubscription(Record):
    """An extension subscribed by the older Logs API."""

    TYPE: ClassVar[str] = "platform.logsSubscription"
    name: str
    state: str = "Subscribed"
    types: tuple[str, ...]


@value
class LogsDropped(Record):
    """What extension ``name`` subscribed to was lost for it: it takes events more slowly than they come.

    On AWS it is not told whose they were, because only that extension hears of it.
    """

    TYPE: ClassVar[str] = "platform.logsDropped"
    name: str
    dropped_records: int
    dropped_bytes: int
    reason: str
