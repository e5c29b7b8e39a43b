"""When telemetry goes out to a subscriber, and what is lost where it takes too long: a machine without I/O or clock.

One payload is on its way at a time. Meanwhile events pile up to twice ``max_bytes``, so a payload can be that large;
what does not fit then is dropped and counted.
"""

from typing import NamedTuple

from lambdatui.runtime_api.telemetry_subscription import Buffering

DROPPED_REASON = "Some logs were dropped because the downstream consumer is slower than the logs production rate"


class Dropped(NamedTuple):
    records: int
    size_bytes: int


class Batching:
    """The buffer of one subscription. Times are monotonic seconds."""

    def __init__(self, buffering: Buffering) -> None:
        self._limits = buffering
        self._events: list[bytes] = []
        self._size_bytes = 0
        self._due_at = 0.0
        self._sending = False
        self._dropped = Dropped(0, 0)

    @property
    def due_at(self) -> float | None:
        """When the next payload has to go out; None while there is none, or one is on its way."""
        return self._due_at if self._events and not self._sending else None

    @property
    def empty(self) -> bool:
        """Nothing waits and nothing is on its way."""
        return not self._events and not self._sending

    def add(self, event: bytes, now: float) -> bool:
        """Take in one event, as JSON. Whether ``due_at`` is another one now."""
        size = len(event)
        if self._events and self._no_room_for(size):
            records, size_bytes = self._dropped
            self._dropped = Dropped(records + 1, size_bytes + size)
            return False
        was_due = self._due_at if self._events else None
        if was_due is None:
            self._due_at = now + self._limits.timeout_ms / 1000
        self._events.append(event)
        self._size_bytes += size
        if self._full:
            self._due_at = min(self._due_at, now)
        return was_due != self._due_at and not self._sending

    def flush(self, now: float) -> None:
        """A stream closed, or the environment ends: what waits is due."""
        self._due_at = min(self._due_at, now)

    def take(self) -> list[bytes]:
        """The payload, now on its way: ``sent`` must follow."""
        events, self._events, self._size_bytes = self._events, [], 0
        self._sending = True
        return events

    def sent(self) -> None:
        """It arrived, or was given up."""
        self._sending = False

    def take_dropped(self) -> Dropped:
        """What was lost since the last call."""
        dropped, self._dropped = self._dropped, Dropped(0, 0)
        return dropped

    @property
    def _full(self) -> bool:
        return len(self._events) >= self._limits.max_items or self._size_bytes >= self._limits.max_bytes

    def _no_room_for(self, size: int) -> bool:
        return self._size_bytes + size > 2 * self._limits.max_bytes or len(self._events) >= 2 * self._limits.max_items
