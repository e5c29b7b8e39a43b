"""The ordered bus: gives every record its place in the one stream and hands it to whoever subscribed.

``publish`` is for the engine's thread only, never waits and runs no code of a subscriber. Subscribers pull batches and
say beforehand what happens when they are too slow. The bus keeps the newest events, so that a viewer who took a
snapshot at ``seq`` can ask for everything after it. Queues are bounded in number and in bytes.
"""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from itertools import islice

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import EventsDropped, Record
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.weight import WEIGHED, weight_bytes

RING_EVENTS = 20_000
"""How many of the newest events a late viewer can still ask for."""
RING_BYTES = 32 * 1024 * 1024
"""And how much they may weigh."""
VIEWER_LIMIT = 10_000
"""Default length of a subscriber's queue."""
VIEWER_BYTES = RING_BYTES
"""Default weight of a viewer's queue."""
CONGESTED_BYTES = 16 * 1024 * 1024
"""When a subscriber that must not lose events is this far behind, whoever can wait with what it has to say should."""


class Overflow(Enum):
    """What becomes of a subscriber that does not keep up."""

    FAIL = auto()
    """Its next read raises SubscriberTooSlow: losing an event would be a bug (log of one invocation)."""
    DROP_OLDEST = auto()
    """It goes on with the newest events, after one EventsDropped that says how many it lost (viewers)."""


class SubscriberTooSlow(Exception):
    """A subscriber that must not lose events has more of them waiting than it promised to keep up with."""


QUIET_S = 0.1
"""A reader that lets events gather for longer has them when none has come for this long."""


class Subscription:
    """One reader's queue; an asynchronous iterator of non-empty batches that ends when the bus is closed."""

    def __init__(
        self,
        name: str,
        overflow: Overflow,
        limit: int = VIEWER_LIMIT,
        gather_s: float = 0.0,
        limit_bytes: int | None = None,
    ) -> None:
        self.name = name
        self.limit = limit
        self.looked_at = limit
        """With more events than this, ``overflowed`` is called at every publishing."""
        must_keep = overflow is Overflow.FAIL
        self.limit_bytes = limit_bytes or (sys.maxsize if must_keep else VIEWER_BYTES)
        """Who must not lose events has no such limit of its own: it makes the bus congested instead."""
        self.congests = must_keep
        """Whether the bus is congested while this reader is far behind."""
        self.gather_s = gather_s
        """How long the first event of the next batch waits for more, at most: QUIET_S where nothing comes."""
        self.reads_in_lulls = False
        """Whether a reader that waits for more takes what is there when the bus has a lull."""
        self._wants_more = False
        self._hurried = False
        self._overflow = overflow
        self._queue: deque[TelemetryEvent] = deque()
        self._weight = 0
        """Of the queue."""
        self._taken_weight = 0
        """Of the last batch, until the next one is asked for: only then has the reader dealt with it."""
        self._dropped = 0
        self._newest_dropped: TelemetryEvent | None = None
        self._failed = False
        self._closed = False
        self._waiter: asyncio.Future[None] | None = None
        """Resolved by the next event."""
        self._window: asyncio.Future[None] | None = None
        """Resolved when a pause is over."""

    def __aiter__(self) -> "Subscription":
        return self

    @property
    def closed(self) -> bool:
        """No further event comes; some may be left to read."""
        return self._closed

    @property
    def dropped(self) -> int:
        """How many events it lost since its last read; the next one begins with them."""
        return self._dropped

    @property
    def behind_bytes(self) -> int:
        """What waits and what was taken last, by weight."""
        return self._weight + self._taken_weight

    async def __anext__(self) -> list[TelemetryEvent]:
        self._taken_weight = 0
        while not self._something_waits():
            if self._closed:
                raise StopAsyncIteration
            await self._first_event()
        if self.gather_s:
            await self._gather()
        return self.drain()

    def hurry(self) -> None:
        """Somebody waits for the reader: it waits for no more events, now or when it would the next time."""
        self._hurried = True
        self.enough()

    def enough(self) -> None:
        """End the present ``more_within``."""
        if self._wants_more:
            _resolve(self._window)

    def drain(self) -> list[TelemetryEvent]:
        """Everything that waits now, possibly nothing; never suspends. Raises SubscriberTooSlow as a read would."""
        if self._failed:
            self._failed = False
            raise SubscriberTooSlow(f"subscriber {self.name!r} fell more than {self.limit} events behind")
        batch = list(self._queue)
        self._queue.clear()
        self._taken_weight, self._weight = self._weight, 0
        if self._dropped and (last := self._newest_dropped) is not None:
            record = EventsDropped(count=self._dropped)
            batch.insert(0, TelemetryEvent(seq=last.seq, time_s=last.time_s, record=record))
            self._dropped, self._newest_dropped = 0, None
        return batch

    async def more_within(self, seconds: float) -> bool:
        """Wait for so long, or for ``enough``. Whether something is there then, and the reader neither was hurried nor
        has the bus come to its end.
        """
        self._wants_more = True
        try:
            if not self._hurried:
                await self.pause(seconds)
        finally:
            self._wants_more = False
        hurried, self._hurried = self._hurried, False
        return self._something_waits() and not hurried and not self._closed

    def _something_waits(self) -> bool:
        return bool(self._queue) or self._failed or self._dropped > 0

    async def _gather(self) -> None:
        left_s = self.gather_s
        while left_s > 0 and not self._closed:
            seen = len(self._queue)
            await self.pause(min(left_s, QUIET_S))
            left_s = left_s - QUIET_S if len(self._queue) > seen else 0.0

    async def _first_event(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def pause(self, seconds: float) -> None:
        """Until so long is over or the bus is closed. For the one who reads."""
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        self._window = loop.create_future()
        timer = loop.call_later(seconds, _resolve, self._window)
        try:
            await self._window
        finally:
            self._window = None
            timer.cancel()

    def overflowed(self) -> None:
        """Too much waits, or more than somebody wants to know of. For the bus."""
        if self._overflow is Overflow.FAIL:
            self._queue.clear()
            self._weight = 0
            self._failed = True
            return
        while len(self._queue) > self.limit or (self._weight > self.limit_bytes and len(self._queue) > 1):
            self._newest_dropped = oldest = self._queue.popleft()
            self._weight -= weight_bytes(oldest.record)
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

    def __init__(
        self, wall: Callable[[], float], *, ring_events: int = RING_EVENTS, ring_bytes: int = RING_BYTES
    ) -> None:
        self._wall = wall
        self._seq = 0
        self._ring: deque[TelemetryEvent] = deque(maxlen=ring_events)
        self._ring_bytes = ring_bytes
        self._heavy: deque[tuple[int, int]] = deque()
        """Number and weight of those events in the ring that have one, perhaps also of some that just left it."""
        self._ring_weight = 0
        self._subscriptions: tuple[Subscription, ...] = ()
        self._closed = False

    @property
    def seq(self) -> int:
        """Number of the newest event; 0 before the first."""
        return self._seq

    @property
    def congested(self) -> bool:
        """Whether a subscriber that must not lose events is far behind: then logs stay in their pipes for a while."""
        return any(each.congests and each.behind_bytes > CONGESTED_BYTES for each in self._subscriptions)

    def publish(
        self,
        record: Record,
        *,
        function: FunctionName | None = None,
        environment: EnvironmentId | None = None,
        time_s: float | None = None,
    ) -> TelemetryEvent:
        """Append ``record`` to the stream, as of ``time_s`` or now."""
        return self.publish_all((record,), function=function, environment=environment, time_s=time_s)[0]

    def publish_all(
        self,
        records: Sequence[Record],
        *,
        function: FunctionName | None = None,
        environment: EnvironmentId | None = None,
        time_s: float | None = None,
    ) -> list[TelemetryEvent]:
        """``publish`` for what happened in one moment: most of its cost is there once."""
        stamp = int((self._wall() if time_s is None else time_s) * 1e6 + 0.5) / 1e6
        seq, ring = self._seq, self._ring
        make = tuple.__new__  # what a named tuple's own does, behind one more call
        events: list[TelemetryEvent] = []
        weight = 0
        for record in records:
            self._seq = seq = seq + 1
            event = make(TelemetryEvent, (seq, stamp, record, function, environment))
            events.append(event)
            ring.append(event)
            if (weigh := WEIGHED.get(type(record))) is not None:
                added = weigh(record)
                weight += added
                self._make_room(added)
        for subscription in self._subscriptions:
            queue = subscription._queue
            queue.extend(events)
            subscription._weight += weight
            if subscription._waiter is not None:
                _resolve(subscription._waiter)
            if len(queue) > subscription.looked_at or subscription._weight > subscription.limit_bytes:
                subscription.overflowed()
        return events

    def lull(self) -> None:
        """A good moment to read, for those who wait for more: a function works, and nobody else has asked for it. Where
        other functions are called meanwhile, it is as good as any.
        """
        for subscription in self._subscriptions:
            if subscription.reads_in_lulls:
                subscription.enough()

    def _make_room(self, weight: int) -> None:
        """The newest event weighs this much. Nothing else can make the ring too heavy, so only now it is looked at."""
        heavy, ring = self._heavy, self._ring
        heavy.append((self._seq, weight))
        self._ring_weight += weight
        while heavy[0][0] < ring[0].seq:
            self._ring_weight -= heavy.popleft()[1]
        while self._ring_weight > self._ring_bytes and len(heavy) > 1:
            oldest, its_weight = heavy.popleft()
            self._ring_weight -= its_weight
            while ring[0].seq <= oldest:
                ring.popleft()

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
            subscription._weight = sum(weight_bytes(event.record) for event in events)
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
