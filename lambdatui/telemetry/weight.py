"""How much memory records take, as far as a function decides it. All others are small and bounded by their number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from sys import getsizeof
from typing import Any

from lambdatui.model.records import ExtensionLog, FunctionLog, Record, ScratchChanged, TraceErrorCause, TraceSegment
from lambdatui.telemetry.event import TelemetryEvent

_record = attrgetter("record")
_FILE_BYTES = 120
"""A ScratchFile without its path."""
_FRAME_BYTES = 300
"""A frame of a stack with its texts."""


def weight_bytes(record: Record) -> int:
    """About what ``record`` takes; 0 for kinds that are always small."""
    weigh = WEIGHED.get(type(record))
    return 0 if weigh is None else weigh(record)


def portions(events: Sequence[TelemetryEvent], most: int, most_bytes: int) -> Iterator[Sequence[TelemetryEvent]]:
    """``events`` in order, in parts of at most ``most`` that weigh at most ``most_bytes`` or are one event."""
    if len(events) <= most and WEIGHED.keys().isdisjoint(map(type, map(_record, events))):
        if events:
            yield events  # as most often
        return
    start = weight = 0
    for end, event in enumerate(events):
        weigh = WEIGHED.get(type(event.record))
        added = 0 if weigh is None else weigh(event.record)
        if end > start and (end - start == most or weight + added > most_bytes):
            yield events[start:end]
            start, weight = end, 0
        weight += added
    if events:
        yield events[start:]


def _log(record: FunctionLog | ExtensionLog) -> int:
    return sum(map(getsizeof, record.lines))


def _scratch(record: ScratchChanged) -> int:
    return sum(_FILE_BYTES + getsizeof(file.path) for file in record.files)


def _segment(record: TraceSegment) -> int:
    return getsizeof(record.document)


def _cause(record: TraceErrorCause) -> int:
    cause = record.cause
    frames = sum(len(each.stack) for each in cause.exceptions)
    texts = sum(len(each.message) + len(each.type) for each in cause.exceptions) + sum(map(len, cause.paths))
    return getsizeof(cause.message) + getsizeof(cause.working_directory) + texts + frames * _FRAME_BYTES


# Any: each function takes the record class it stands beside
WEIGHED: Mapping[type[Record], Callable[[Any], int]] = {
    FunctionLog: _log,
    ExtensionLog: _log,
    ScratchChanged: _scratch,
    TraceSegment: _segment,
    TraceErrorCause: _cause,
}
"""How to weigh the kinds whose size a function decides."""
