import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from lambdatui.model.records import EventsDropped, FunctionLog, HistoryTrouble, Record
from lambdatui.model.views import Views
from lambdatui.store import recorder
from lambdatui.store.errors import StoreError
from lambdatui.store.recorder import BUSY_EVENTS, MOST_BEHIND_BYTES, record_history
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import CONGESTED_BYTES, Bus
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.live_views import LiveViews
from lambdatui.telemetry.views import apply
from tests.unit.store.cases import E1A, LOADED, NOON_S, ORDERS, one_invoke

SOON_S = 0.001
MB_LOG = FunctionLog(request_id=None, lines=("x" * 1024,) * 1024)
DEADLINE_S = 20.0


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    """Whose disk may still fail at the end."""
    opened = await Store.open(path)
    yield opened
    with suppress(StoreError):
        await opened.aclose()


def publish(bus: Bus, *records: Record) -> None:
    for record in records:
        bus.publish(record, function=ORDERS, environment=E1A)


async def disk_of(store: Store, free_pages: int) -> None:
    """Let the database grow by this many pages and no more, as a full disk would."""

    def limit(connection: sqlite3.Connection) -> None:
        (used,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {used + free_pages}")

    await store._database.read(limit)


@asynccontextmanager
async def recording(bus: Bus, store: Store) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.get_running_loop().create_task(record_history(bus, store, retry_s=SOON_S))
    await asyncio.sleep(0)
    try:
        yield task
    finally:
        bus.close()
        with suppress(StoreError):
            await task


async def trouble(bus: Bus, after: int = 0) -> TelemetryEvent:
    """The first HistoryTrouble that follows."""
    async with asyncio.timeout(DEADLINE_S), bus.subscribe("test", after=after) as batches:
        batches.congests = False
        async for batch in batches:
            for event in batch:
                if isinstance(event.record, HistoryTrouble):
                    return event
    raise AssertionError("the stream ended")


async def test_everything_is_written_from_before_the_recorder_until_the_bus_is_closed(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    live = LiveViews(bus)
    publish(bus, LOADED)
    async with recording(bus, store):
        publish(bus, *one_invoke("req-1"))
    stored = await store.history.events_after()
    assert stored == tuple(bus.since(0)[0])
    assert apply(Views(), stored) == live.current()


async def test_busy_recorder_writes_at_once_what_somebody_wants_to_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "BUSY_GATHER_S", 3600)
    bus = Bus(lambda: NOON_S)
    async with recording(bus, store):
        publish(bus, *one_invoke("req-1") * (BUSY_EVENTS // 4))
        assert await store.history.progress.reach(bus.seq, within_s=DEADLINE_S)
        publish(bus, *one_invoke("req-2"))
        assert await store.history.progress.reach(bus.seq, within_s=DEADLINE_S)


async def test_recorder_holds_no_event_that_is_written(store: Store) -> None:
    bus = Bus(lambda: NOON_S, ring_events=1)
    async with recording(bus, store):
        publish(bus, *one_invoke("req-1") * BUSY_EVENTS)
        assert await store.history.progress.reach(bus.seq, within_s=DEADLINE_S)
        held = [each for each in gc.get_objects() if isinstance(each, TelemetryEvent) and each.time_s == NOON_S]
        assert [event.seq for event in held] == [bus.seq]


async def test_busy_recorder_encodes_what_it_does_not_write_yet(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "BUSY_GATHER_S", 3600)
    bus = Bus(lambda: NOON_S)
    encoded = asyncio.Event()
    take = store.history.take

    async def tell(events: Sequence[TelemetryEvent], flush: Callable[[], Awaitable[None]]) -> None:
        await take(events, flush)
        encoded.set()

    monkeypatch.setattr(store.history, "take", tell)
    async with recording(bus, store), asyncio.timeout(DEADLINE_S):
        publish(bus, *one_invoke("req-1") * BUSY_EVENTS)
        await encoded.wait()
        assert store.history.unwritten_chars > 0
        assert store.history.progress.seq == 0


async def test_lull_is_used_to_encode_what_there_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATHER_S", "QUIET_S"):
        monkeypatch.setattr(recorder, name, 3600)
    bus = Bus(lambda: NOON_S)
    async with recording(bus, store), asyncio.timeout(DEADLINE_S):
        publish(bus, *one_invoke("req-1"))
        for _ in range(3):  # until the recorder has seen the first event and waits for more
            await asyncio.sleep(0)
        assert store.history.unwritten_chars == 0
        bus.lull()
        while not store.history.unwritten_chars:  # noqa: ASYNC110  a turn of the loop each
            await asyncio.sleep(0)


async def test_cancelled_recorder_writes_what_waits(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    task = asyncio.get_running_loop().create_task(record_history(bus, store))
    await asyncio.sleep(0)
    publish(bus, *one_invoke("req-1"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await store.history.events_after()) == 4


async def test_recorder_that_is_cancelled_while_it_encodes_loses_nothing(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    task = asyncio.get_running_loop().create_task(record_history(bus, store))
    await asyncio.sleep(0)
    publish(bus, *one_invoke("req-1") * BUSY_EVENTS)
    while not store.history.unwritten_chars:  # noqa: ASYNC110  a turn of the loop each
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [event.seq for event in await store.history.events_after()] == list(range(1, bus.seq + 1))


async def test_recorder_that_is_cancelled_while_it_writes_writes_nothing_twice(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    task = asyncio.get_running_loop().create_task(record_history(bus, store))
    await asyncio.sleep(0)
    publish(bus, *one_invoke("req-1"))
    while not store._database._in_flight:  # noqa: ASYNC110  a turn of the loop each
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.history.runs() == (store.history.run,)
    assert len(await store.history.events_after()) == 4


async def test_events_that_trickle_in_are_one_row(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    async with recording(bus, store):
        for record in one_invoke("req-1"):
            publish(bus, record)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert await store.history.progress.reach(bus.seq, within_s=DEADLINE_S)
        (rows,) = await store._database.read(lambda each: each.execute("SELECT count(*) FROM batch").fetchone())
    assert rows == 1


async def test_history_goes_on_without_a_gap_when_the_disk_has_room_again(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    await disk_of(store, free_pages=0)
    async with recording(bus, store):
        publish(bus, MB_LOG, *one_invoke("req-1"))
        failed = await trouble(bus)
        publish(bus, *one_invoke("req-2"))
        await disk_of(store, free_pages=100_000)
        over = await trouble(bus, after=failed.seq)
    assert over.record == HistoryTrouble(problem="")
    assert await store.history.events_after() == tuple(bus.since(0)[0])


async def test_failing_history_is_told_in_words_that_say_what_to_do(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    live = LiveViews(bus)
    await disk_of(store, free_pages=0)
    async with recording(bus, store):
        publish(bus, MB_LOG)
        await trouble(bus)
    (problem,) = live.current().engine.problems
    assert problem.startswith("cannot use the history")
    assert "database or disk is full; check that the disk is not full" in problem


async def test_what_a_failing_history_cannot_hold_is_counted_where_it_is_missing(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    live = LiveViews(bus)
    megabytes = MOST_BEHIND_BYTES // 1024 // 1024 + 9
    await disk_of(store, free_pages=0)
    async with recording(bus, store):
        publish(bus, MB_LOG)
        failed = await trouble(bus)
        publish(bus, *[MB_LOG] * megabytes)
        await disk_of(store, free_pages=100_000)
        over = await trouble(bus, after=failed.seq)
    assert isinstance(over.record, HistoryTrouble)
    lost = over.record.lost
    assert lost > 9
    assert live.current().engine.problems == (f"{lost} events are missing in the history: it could not be written.",)
    stored = await store.history.events_after()
    dropped = [event.record.count for event in stored if isinstance(event.record, EventsDropped)]
    assert dropped == [lost]
    assert len(stored) - 1 + lost == bus.seq


async def test_functions_wait_for_a_slow_history_but_not_for_a_failing_one(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    await disk_of(store, free_pages=0)
    async with recording(bus, store):
        publish(bus, *[MB_LOG] * (CONGESTED_BYTES // 1024 // 1024 + 1))
        congested_before = bus.congested
        await trouble(bus)
        assert (congested_before, bus.congested) == (True, False)


async def test_history_that_still_fails_when_the_engine_stops_says_so_at_once(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    await disk_of(store, free_pages=0)
    task = asyncio.get_running_loop().create_task(record_history(bus, store, retry_s=3600))
    await asyncio.sleep(0)
    publish(bus, MB_LOG)
    await trouble(bus)
    bus.close()
    with pytest.raises(StoreError, match="disk is full"):
        await task
    with pytest.raises(StoreError, match="disk is full"):
        await store.aclose()


async def test_batch_that_was_written_in_part_is_not_written_twice(store: Store) -> None:
    bus = Bus(lambda: NOON_S)
    await disk_of(store, free_pages=1_500)  # six megabytes: the first transaction fits, not all of them
    async with recording(bus, store):
        publish(bus, *[MB_LOG] * 10)
        failed = await trouble(bus)
        await disk_of(store, free_pages=100_000)
        await trouble(bus, after=failed.seq)
    assert await store.history.events_after() == tuple(bus.since(0)[0])
