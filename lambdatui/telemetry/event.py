"""The envelope around a record: its place in the stream, its time, and what it is about."""

from dataclasses import dataclass

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryEvent:
    """``seq`` counts from 1 without gaps within one engine; ``time_s`` is seconds since the epoch."""

    seq: int
    time_s: float
    record: Record
    function: FunctionName | None = None
    environment: EnvironmentId | None = None

    @property
    def type(self) -> str:
        return self.record.TYPE
