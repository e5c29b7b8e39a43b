"""Writes the telemetry stream into the history while the engine runs, whatever the disk does.

A slow disk makes the bus congested, and functions wait with their logs. For a disk that fails nobody waits: events are
held within MOST_BEHIND and MOST_BEHIND_BYTES and written when it works again; older ones are lost, counted and told.
"""

import asyncio
import logging

from lambdatui.model.records import HistoryTrouble
from lambdatui.store.errors import StoreError
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import QUIET_S, Bus, Overflow, Subscription
from lambdatui.telemetry.event import TelemetryEvent

_log = logging.getLogger(__name__)

GATHER_S = 0.05
"""Events of this long are one transaction: the invokes that caused them do not wait for it."""
BUSY_EVENTS = 256
"""Where as many came in that time, events of BUSY_GATHER_S more are one: a busy engine pays for each transaction, and
for each turn that the store's thread takes from its loop. Whoever wants to read hurries it.
"""
BUSY_GATHER_S = 0.5
ROW_EVENTS = 64
"""So many are encoded together, with the few that are published at the same moment; fewer where the bus has a lull."""
MOST_BEHIND = 200_000
MOST_BEHIND_BYTES = 32 * 1024 * 1024
"""How many events wait at most, and what they may weigh, beside the batch that is being written."""
RETRY_S = 1.0
"""Before the second attempt; doubled before each further one."""
LONGEST_RETRY_S = 60.0


async def record_history(bus: Bus, store: Store, *, retry_s: float = RETRY_S) -> None:
    """The one writer: every event of ``bus``, from the first it still keeps, until it is closed.

    Raises StoreError when the disk still fails then, as does whoever closes the store. When cancelled it still writes
    what waits.
    """
    subscription = _ByTheRow()
    bus.add(subscription, after=0)
    progress = store.history.progress
    progress.written, progress.hurry = True, subscription.hurry
    recorder = _Recorder(bus, store, subscription, retry_s)
    try:
        async for batch in subscription:
            recorder.held = batch
            del batch  # what is encoded is not held until the next one comes
            await recorder.take()
            await recorder.write()
    except asyncio.CancelledError:
        await store.history.append([*recorder.held, *subscription.drain()])
        raise
    except StoreError as error:
        store.lost(error)
        raise
    finally:
        progress.written = False
        bus.detach(subscription)


class _ByTheRow(Subscription):
    """Its reader waits for the events of one row, not longer: encoding them takes less time while they are at hand in
    the processor's caches. In a lull it takes none at all.
    """

    def __init__(self) -> None:
        super().__init__("history", Overflow.DROP_OLDEST, MOST_BEHIND, limit_bytes=MOST_BEHIND_BYTES)
        self.congests = self.reads_in_lulls = True
        self.looked_at = ROW_EVENTS - 1

    def overflowed(self) -> None:
        self.enough()
        super().overflowed()


class _Recorder:
    def __init__(self, bus: Bus, store: Store, subscription: Subscription, retry_s: float) -> None:
        self._bus = bus
        self._store = store
        self._subscription = subscription
        self._retry_s = retry_s
        self.held: list[TelemetryEvent] = []
        """Read, but not encoded yet."""

    async def take(self) -> None:
        """Encode what is held, with what follows closely: for GATHER_S, and where that is much, for longer. What is too
        much for one transaction is written in parts. Raises StoreError at the very end.
        """
        clock = asyncio.get_running_loop().time
        subscription, seen, until = self._subscription, 0, clock() + GATHER_S
        is_busy = False
        while await subscription.more_within(max(0.0, min(until - clock(), QUIET_S))):
            seen += await self._encode()
            if clock() >= until:
                if is_busy or seen < BUSY_EVENTS:
                    return
                is_busy, until = True, until + BUSY_GATHER_S
        await self._encode()

    async def _encode(self) -> int:
        """Everything that is there; how many events that were."""
        batch, self.held = self.held + self._subscription.drain(), []
        await self._store.history.take(batch, self.write)
        return len(batch)

    async def write(self) -> None:
        """Returns when what was taken is on disk. Raises StoreError at the very end."""
        try:
            await self._flush()
        except StoreError as error:
            self._tell(f"{error}. Until then nothing more is recorded; it is tried again.")
            self._subscription.congests = False
            await self._write_at_last()
            self._subscription.congests = True
            lost = self._subscription.dropped
            self._tell(f"{lost} events are missing in the history: it could not be written." if lost else "", lost)

    async def _write_at_last(self) -> None:
        delay_s = self._retry_s
        while True:
            await self._subscription.pause(delay_s)
            the_last_time = self._subscription.closed
            try:
                await self._flush()
            except StoreError:
                if the_last_time:
                    raise
                delay_s = min(2 * delay_s, LONGEST_RETRY_S)
            else:
                return

    async def _flush(self) -> None:
        await self._store.history.flush()
        await self._store.forget_when_due()

    def _tell(self, problem: str, lost: int = 0) -> None:
        _log.warning("%s", problem or "the history is written again, and complete")
        self._bus.publish(HistoryTrouble(problem=problem, lost=lost))
