"""Events on their way to the history: encoded as soon as they come, a few at a time, written when it suits.

As text they weigh a tenth of what they weigh as objects, and the garbage collector passes them by.
"""

import json
from collections.abc import Sequence

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import Record, UnknownRecord
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.json_codec import Encode
from lambdatui.telemetry.wire import record_encoder, record_of

BATCH_EVENTS = 128
"""Events of one row, at most: encoding them takes 0.2 ms."""
BATCH_BYTES = 64 * 1024
"""And less than 1 ms where they are logs; one long record may be more."""

Batch = tuple[int, int, str]
"""A row: numbers of the first and the last event, and their lines."""
quote = json.encoder.encode_basestring_ascii
_MOST_KNOWN = 4096
_KNOWN: dict[tuple[type[Record], FunctionName | None, EnvironmentId | None], tuple[str, Encode]] = {}
"""The same few, thousands of times."""


class Unwritten:
    """Rows in the order of the stream. ``since_s`` is the time of the first event, None before there was any."""

    def __init__(self) -> None:
        self.rows: list[Batch] = []
        self.chars = 0
        self.since_s: float | None = None

    def add(self, batch: Sequence[TelemetryEvent]) -> None:
        """Makes them a row: one portion, and not empty."""
        lines = event_lines(batch)
        self.chars += len(lines)
        self.rows.append((batch[0].seq, batch[-1].seq, lines))
        if self.since_s is None:
            self.since_s = batch[0].time_s

    def written(self, rows: Sequence[Batch]) -> None:
        """The first of them are on disk; others may have come since."""
        del self.rows[: len(rows)]
        self.chars -= sum(len(lines) for _, _, lines in rows)


def event_lines(batch: Sequence[TelemetryEvent]) -> str:
    """A line for each, as ``read_line`` reads it. All in one expression: a call for each takes a tenth more time."""
    known = _KNOWN.get
    return "\n".join(
        [
            f"[{seq},{round(time_s * 1e6)},{about},{encode(record)}]"
            for seq, time_s, record, function, environment in batch
            for about, encode in (
                known((type(record), function, environment)) or _learn(record, function, environment),
            )
        ]
    )


def _learn(record: Record, function: FunctionName | None, environment: EnvironmentId | None) -> tuple[str, Encode]:
    """What the lines of such records have in common, and what writes the rest."""
    if isinstance(record, UnknownRecord):
        return _about(record.name, function, environment), lambda unknown: unknown.body
    name, encode = record_encoder(type(record))
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[type(record), function, environment] = learned = _about(name, function, environment), encode
    return learned


def _about(name: str, function: FunctionName | None, environment: EnvironmentId | None) -> str:
    return ",".join("null" if text is None else quote(text) for text in (name, function, environment))


def read_line(line: str) -> TelemetryEvent:
    """Of an event's line."""
    seq, time_us, name, function, environment, document = json.loads(line)
    return TelemetryEvent(seq, time_us / 1e6, record_of(name, document), function, environment)
