"""The ordered bus: gives every record its place in the one stream and hands it to whoever subscribed.

``publish`` is for the engine's thread only, never waits and runs no code of a subscriber. Subscribers pull batches and
say beforehand what happens when they are too slow. The bus keeps the newest events, so that a viewer who took a
snapshot at ``seq`` can ask for everything after it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from itertools import islice

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import EventsDropped, Record
from lambdatui.telemetry.event import TelemetryEvent

RING_EVENTS = 20_000
"""How many of the newest events a late viewer can still ask for."""
VIEWER_LIMIT = 10_000
"""Default length of a subscriber's queue."""


class Overflow(Enum):
    """What becomes of a subscriber that does not keep up."""

    FAIL = auto()
    """Its next read raises SubscriberTooSlow: losing an event would be a bug (history)."""
    DROP_OLDEST = auto()
    """It goes on with the newest events, after one EventsDropped that says how many it lost (viewers)."""


class SubscriberTooSlow(Exception):
    """A subscriber that must not lose events has more of them waiting than it promised to keep up with."""


class Subscription:
    """One reader's queue; an asynchronous iterator of non-empty batches that ends when the bus is closed."""

    def __init__(self, name: str, overflow: Overflow, limit: int, gather_s: float = 0.0) -> None:
        self.name = name
        self.limit = limit
        self._overflow = overflow
        self._gather_s = gather_s
        self._queue: deque[TelemetryEvent] = deque()
        self._dropped = 0
        self._newest_dropped: TelemetryEvent | None = None
        self._failed = False
        self._closed = False
        self._waiter: asyncio.Future[None] | None = None
        """Resolved by the next event."""
        self._window: asyncio.Future[None] | None = None
        """Resolved when ``gather_s`` are over."""

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> list[TelemetryEvent]:
        while not self._something_waits():
            if self._closed:
                raise StopAsyncIteration
            await self._first_event()
        if self._gather_s and not self._closed:
            await self._gather()
        return self.drain()

    def drain(self) -> list[TelemetryEvent]:
        """Everything that waits now, possibly nothing; never suspends. Raises SubscriberTooSlow as a read would."""
        if self._failed:
            self._failed = False
            raise SubscriberTooSlow(f"subscriber {self.name!r} fell more than {self.limit} events behind")
        batch = list(self._queue)
        self._queue.clear()
        if self._dropped and (last := self._newest_dropped) is not None:
            record = EventsDropped(count=self._dropped)
            batch.insert(0, TelemetryEvent(seq=last.seq, time_s=last.time_s, record=record))
            self._dropped, self._newest_dropped = 0, None
        return batch

    def _something_waits(self) -> bool:
        return bool(self._queue) or self._failed or self._dropped > 0

    async def _first_event(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        self._window = loop.create_future()
        timer = loop.call_later(self._gather_s, _resolve, self._window)
        try:
            await self._window
        finally:
            self._window = None
            timer.cancel()

    def _overflowed(self) -> None:
        if self._overflow is Overflow.FAIL:
            self._queue.clear()
            self._failed = True
            return
        while len(self._queue) > self.limit:
            self._newest_dropped = self._queue.popleft()
            self._dropped += 1

    def _close(self) -> None:
        self._closed = True
        _resolve(self._waiter)
        _resolve(self._window)


def _resolve(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


class Bus:
    """``wall`` is the clock of the stream, in seconds since the epoch; events are stamped in whole microseconds."""

    def __init__(self, wall: Callable[[], float], *, ring_events: int = RING_EVENTS) -> None:
        self._wall = wall
        self._seq = 0
        self._ring: deque[TelemetryEvent] = deque(maxlen=ring_events)
        self._subscriptions: tuple[Subscription, ...] = ()
        self._closed = False

    @property
    def seq(self) -> int:
        """Number of the newest event; 0 before the first."""
        return self._seq

    def publish(
        self,
        record: Record,
        *,
        function: FunctionName | None = None,
        environment: EnvironmentId | None = None,
        time_s: float | None = None,
    ) -> TelemetryEvent:
        """Append ``record`` to the stream, as of ``time_s`` or now."""
        self._seq = seq = self._seq + 1
        stamp = int((self._wall() if time_s is None else time_s) * 1e6 + 0.5) / 1e6
        event = TelemetryEvent(seq, stamp, record, function, environment)
        self._ring.append(event)
        for subscription in self._subscriptions:
            queue = subscription._queue
            queue.append(event)
            if subscription._waiter is not None:
                _resolve(subscription._waiter)
            if len(queue) > subscription.limit:
                subscription._overflowed()
        return event

    @asynccontextmanager
    async def subscribe(
        self,
        name: str,
        *,
        overflow: Overflow = Overflow.FAIL,
        limit: int = VIEWER_LIMIT,
        after: int | None = None,
        gather_s: float = 0.0,
    ) -> AsyncIterator[Subscription]:
        """Read the stream from now on, or from the event that follows ``after``.

        Where that event is no longer kept, the first one delivered is an EventsDropped with the number that is lost.
        ``gather_s`` lets events of that long pile up into one batch.
        """
        subscription = self.attach(name, overflow=overflow, limit=limit, after=after, gather_s=gather_s)
        try:
            yield subscription
        finally:
            self.detach(subscription)

    def attach(
        self,
        name: str,
        *,
        overflow: Overflow = Overflow.FAIL,
        limit: int = VIEWER_LIMIT,
        after: int | None = None,
        gather_s: float = 0.0,
    ) -> Subscription:
        """``subscribe`` without the context; whoever attaches must detach."""
        return self.add(Subscription(name, overflow, limit, gather_s), after=after)

    def add(self, subscription: Subscription, *, after: int | None = None) -> Subscription:
        """Let a subscription that was made elsewhere read the stream."""
        if after is not None:
            events, lost = self.since(after)
            subscription._queue.extend(events)
            if lost:
                subscription._dropped = lost
                subscription._newest_dropped = events[0]._replace(seq=after + lost)
        subscription._closed = self._closed
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def detach(self, subscription: Subscription) -> None:
        """No further event reaches this subscription; what it has not read yet stays readable."""
        self._subscriptions = tuple(each for each in self._subscriptions if each is not subscription)
        subscription._close()

    def since(self, after: int) -> tuple[list[TelemetryEvent], int]:
        """The kept events with a number above ``after``, and how many such events are no longer kept."""
        wanted = max(self._seq - after, 0)
        events = list(islice(reversed(self._ring), wanted))
        events.reverse()
        return events, wanted - len(events)

    def close(self) -> None:
        """End the stream: every subscriber reads what is left and then its iteration ends."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription._close()
