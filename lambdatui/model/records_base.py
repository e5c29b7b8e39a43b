"""What every record of the telemetry stream is, and the words that several families share."""

from typing import ClassVar

from lambdatui.model.value import value


@value
class Record:
    """Base of every record."""

    TYPE: ClassVar[str] = ""


EXTENSION_OVERHEAD = "extensionOverhead"
"""The span of a REPORT that says how long extensions went on after the runtime was done."""


@value
class Span:
    """A named part of a phase. ``start`` is ISO-8601 on the wire; here seconds since the epoch."""

    name: str
    start_s: float
    duration_ms: float


@value
class Tracing:
    """Which trace an event belongs to. ``value`` is an X-Amzn-Trace-Id header's, ``span_id`` the segment's number."""

    value: str
    type: str = "X-Amzn-Trace-Id"
    span_id: str | None = None
