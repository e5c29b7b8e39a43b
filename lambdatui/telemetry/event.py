"""The envelope around a record: its place in the stream, its time, and what it is about."""

from typing import NamedTuple

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import Record


class TelemetryEvent(NamedTuple):
    """``seq`` counts from 1 without gaps within one engine; ``time_s`` is seconds since the epoch.

    A named tuple, not a dataclass: nine of them are made for every invoke, and a frozen dataclass takes four times as
    long to make.
    """

    seq: int
    time_s: float
    record: Record
    function: FunctionName | None = None
    environment: EnvironmentId | None = None

    @property
    def type(self) -> str:
        return self.record.TYPE
