import asyncio
import sys

import pytest

from lambdatui.model.records import EnvironmentFrozen, EventsDropped, FunctionLog
from lambdatui.telemetry.bus import CONGESTED_BYTES, Bus, Overflow, SubscriberTooSlow, Subscription
from lambdatui.telemetry.event import TelemetryEvent
from tests.unit.telemetry.samples import E1A, NOON_S, ORDERS

KB_LINE = "x" * (1024 - sys.getsizeof(""))
"""A thousand and twenty-four bytes as a string."""


def make_bus(ring_events: int = 100) -> Bus:
    return Bus(lambda: NOON_S, ring_events=ring_events)


def publish(bus: Bus, count: int = 1) -> list[TelemetryEvent]:
    return [bus.publish(EnvironmentFrozen(), function=ORDERS, environment=E1A) for _ in range(count)]


def write(bus: Bus, kilobytes: int, times: int = 1) -> None:
    for _ in range(times):
        bus.publish(FunctionLog(request_id=None, lines=(KB_LINE,) * kilobytes), function=ORDERS, environment=E1A)


def numbers(events: list[TelemetryEvent]) -> list[int]:
    return [event.seq for event in events]


def test_events_are_numbered_from_one_without_gaps() -> None:
    bus = make_bus()
    assert numbers(publish(bus, 3)) == [1, 2, 3]
    assert bus.seq == 3


def test_event_is_stamped_in_whole_microseconds() -> None:
    event = Bus(lambda: 1795219595.92341712).publish(EnvironmentFrozen())
    assert event.time_s == 1795219595.923417


def test_event_keeps_the_time_it_was_given() -> None:
    assert make_bus().publish(EnvironmentFrozen(), time_s=12.5).time_s == 12.5


@pytest.fixture
def no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody stops to gather because nothing comes."""
    monkeypatch.setattr("lambdatui.telemetry.bus.QUIET_S", 3600.0)


async def test_every_subscriber_gets_every_event_in_order() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as first, bus.subscribe("b") as second:
        publish(bus, 3)
        assert numbers(await anext(first)) == numbers(await anext(second)) == [1, 2, 3]


async def test_waiting_reader_is_woken_once_for_a_burst() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        reading = asyncio.get_running_loop().create_task(read(batches))
        await asyncio.sleep(0)
        publish(bus, 3)
        assert numbers(await reading) == [1, 2, 3]


async def test_reader_that_gathers_gets_what_comes_within_its_window_in_one_batch() -> None:
    bus = make_bus()
    async with bus.subscribe("a", gather_s=0.01) as batches:
        reading = asyncio.get_running_loop().create_task(read(batches))
        await asyncio.sleep(0)
        publish(bus)
        await asyncio.sleep(0)
        publish(bus)
        assert numbers(await reading) == [1, 2]


async def test_reader_that_gathers_also_waits_for_company_when_events_wait_already() -> None:
    bus = make_bus()
    async with bus.subscribe("a", gather_s=0.01) as batches:
        publish(bus)
        reading = asyncio.get_running_loop().create_task(read(batches))
        await asyncio.sleep(0)
        publish(bus)
        assert numbers(await reading) == [1, 2]


async def test_reader_that_gathers_for_long_has_the_events_when_nothing_more_comes() -> None:
    bus = make_bus()
    async with bus.subscribe("a", gather_s=3600) as batches, asyncio.timeout(5):
        publish(bus)
        assert numbers(await read(batches)) == [1]


async def test_close_ends_a_gathering_reader_at_once_after_the_last_batch(no_quiet: None) -> None:
    bus = make_bus()
    async with bus.subscribe("a", gather_s=3600) as batches:
        collecting = asyncio.get_running_loop().create_task(collect(batches))
        await asyncio.sleep(0)
        publish(bus, 2)
        bus.close()
        assert await collecting == [1, 2]


async def test_hurried_reader_waits_for_no_more() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        waiting = asyncio.get_running_loop().create_task(batches.more_within(3600))
        await asyncio.sleep(0)
        publish(bus)
        await asyncio.sleep(0)
        assert not waiting.done()
        batches.hurry()
        assert not await waiting
        assert numbers(batches.drain()) == [1]


async def test_reader_that_was_hurried_at_work_does_not_wait_the_next_time() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        publish(bus)
        batches.hurry()
        assert not await batches.more_within(3600)


async def test_hurry_counts_once() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        publish(bus)
        batches.hurry()
        await batches.more_within(3600)
        assert await batches.more_within(0)


async def test_reader_for_whom_there_is_enough_waits_no_longer_and_goes_on() -> None:
    class ThreeAtATime(Subscription):
        def overflowed(self) -> None:
            self.enough()
            super().overflowed()

    bus = make_bus()
    batches = ThreeAtATime("a", Overflow.DROP_OLDEST)
    batches.looked_at = 2
    bus.add(batches)
    waiting = asyncio.get_running_loop().create_task(batches.more_within(3600))
    await asyncio.sleep(0)
    publish(bus, 2)
    await asyncio.sleep(0)
    assert not waiting.done()
    publish(bus)
    assert await waiting
    assert numbers(batches.drain()) == [1, 2, 3]


@pytest.mark.parametrize("reads_in_lulls", [True, False])
async def test_lull_ends_the_wait_of_readers_that_read_then_and_of_no_other(reads_in_lulls: bool) -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        batches.reads_in_lulls = reads_in_lulls
        waiting = asyncio.get_running_loop().create_task(batches.more_within(3600))
        publish(bus)
        await asyncio.sleep(0)
        bus.lull()
        await asyncio.sleep(0)
        assert waiting.done() == reads_in_lulls
        waiting.cancel()


async def test_reader_waits_for_no_more_when_the_bus_is_closed() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        publish(bus)
        bus.close()
        assert not await batches.more_within(3600)


async def test_reader_that_must_not_lose_events_fails_when_too_slow() -> None:
    bus = make_bus()
    async with bus.subscribe("history", overflow=Overflow.FAIL, limit=2) as batches:
        publish(bus, 3)
        with pytest.raises(SubscriberTooSlow, match="'history' fell more than 2 events behind"):
            await anext(batches)


async def test_slow_viewer_is_told_how_many_events_it_lost() -> None:
    bus = make_bus()
    async with bus.subscribe("viewer", overflow=Overflow.DROP_OLDEST, limit=2) as batches:
        publish(bus, 5)
        lost, *rest = await anext(batches)
        assert lost.record == EventsDropped(count=3)
        assert numbers([lost, *rest]) == [3, 4, 5]


async def test_viewer_that_lost_events_is_told_only_once() -> None:
    bus = make_bus()
    async with bus.subscribe("viewer", overflow=Overflow.DROP_OLDEST, limit=2) as batches:
        publish(bus, 3)
        await anext(batches)
        publish(bus)
        assert numbers(await anext(batches)) == [4]


async def test_late_viewer_continues_after_its_snapshot_without_gap_or_duplicate() -> None:
    bus = make_bus()
    publish(bus, 5)
    async with bus.subscribe("viewer", after=3) as batches:
        publish(bus)
        assert numbers(await anext(batches)) == [4, 5, 6]


async def test_viewer_that_comes_too_late_is_told_what_is_gone() -> None:
    bus = make_bus(ring_events=2)
    publish(bus, 5)
    async with bus.subscribe("viewer", after=1) as batches:
        lost, *rest = await anext(batches)
        assert lost.record == EventsDropped(count=2)
        assert numbers([lost, *rest]) == [3, 4, 5]


async def test_subscriber_after_close_reads_what_is_kept_and_ends() -> None:
    bus = make_bus()
    publish(bus, 2)
    bus.close()
    async with bus.subscribe("late", after=0) as batches:
        assert await collect(batches) == [1, 2]


async def test_cancelled_reader_loses_nothing() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        reading = asyncio.get_running_loop().create_task(read(batches))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        publish(bus)
        assert numbers(await anext(batches)) == [1]


async def test_subscriber_that_left_gets_nothing_more() -> None:
    bus = make_bus()
    async with bus.subscribe("a") as batches:
        pass
    publish(bus)
    assert await collect(batches) == []


def test_since_returns_the_newest_events_in_order() -> None:
    bus = make_bus()
    publish(bus, 5)
    events, lost = bus.since(2)
    assert (numbers(events), lost) == ([3, 4, 5], 0)


def test_since_a_number_that_is_yet_to_come_returns_nothing() -> None:
    bus = make_bus()
    publish(bus)
    assert bus.since(7) == ([], 0)


def test_newest_events_are_kept_within_a_number_of_bytes_too() -> None:
    bus = Bus(lambda: NOON_S, ring_events=100, ring_bytes=10 * 1024)
    write(bus, kilobytes=4, times=5)
    events, lost = bus.since(0)
    assert (numbers(events), lost) == ([4, 5], 3)


def test_events_that_left_the_ring_by_number_no_longer_count_as_bytes() -> None:
    bus = Bus(lambda: NOON_S, ring_events=3, ring_bytes=10 * 1024)
    write(bus, kilobytes=9)
    publish(bus, 3)
    write(bus, kilobytes=9)
    assert numbers(bus.since(0)[0]) == [3, 4, 5]


def test_one_event_above_the_budget_is_kept_while_it_is_the_newest() -> None:
    bus = Bus(lambda: NOON_S, ring_events=100, ring_bytes=1024)
    write(bus, kilobytes=4, times=2)
    assert numbers(bus.since(0)[0]) == [2]


async def test_slow_viewer_loses_the_oldest_events_when_they_weigh_too_much() -> None:
    bus = make_bus()
    viewer = bus.add(Subscription("viewer", Overflow.DROP_OLDEST, limit_bytes=10 * 1024))
    write(bus, kilobytes=4, times=5)
    lost, *rest = await anext(viewer)
    assert lost.record == EventsDropped(count=3)
    assert numbers(rest) == [4, 5]
    write(bus, kilobytes=4, times=2)
    assert numbers(await anext(viewer)) == [6, 7]


async def test_viewer_that_starts_far_back_gets_no_more_than_it_may_hold() -> None:
    bus = make_bus()
    write(bus, kilobytes=4, times=5)
    viewer = bus.add(Subscription("viewer", Overflow.DROP_OLDEST, limit_bytes=10 * 1024), after=0)
    write(bus, kilobytes=1)
    lost, *rest = viewer.drain()
    assert lost.record == EventsDropped(count=3)
    assert numbers(rest) == [4, 5, 6]


async def test_bus_is_congested_until_its_reader_is_done_with_what_it_took() -> None:
    bus = make_bus()
    async with bus.subscribe("history", overflow=Overflow.FAIL) as batches:
        write(bus, kilobytes=CONGESTED_BYTES // 1024 + 1)
        assert bus.congested
        await anext(batches)
        assert bus.congested  # taken, but perhaps not on disk yet
        publish(bus)
        await anext(batches)
        assert not bus.congested


async def test_viewers_never_make_a_bus_congested() -> None:
    bus = make_bus()
    async with bus.subscribe("viewer", overflow=Overflow.DROP_OLDEST):
        write(bus, kilobytes=CONGESTED_BYTES // 1024 + 1)
        assert not bus.congested


async def test_pause_ends_when_the_bus_is_closed() -> None:
    bus = make_bus()
    async with bus.subscribe("history") as batches:
        pausing = asyncio.get_running_loop().create_task(batches.pause(3600))
        await asyncio.sleep(0)
        bus.close()
        await pausing
        assert batches.closed


async def read(batches: Subscription) -> list[TelemetryEvent]:
    return await anext(batches)


async def collect(batches: Subscription) -> list[int]:
    return [event.seq async for batch in batches for event in batch]


async def test_records_of_one_moment_have_numbers_of_their_own_and_one_time() -> None:
    times = iter((1.0, 2.0))
    bus = Bus(lambda: next(times))
    async with bus.subscribe("reader") as subscription:
        published = bus.publish_all([EnvironmentFrozen(), EnvironmentFrozen()], function=ORDERS, environment=E1A)
        assert [(event.seq, event.time_s) for event in published] == [(1, 1.0), (2, 1.0)]
        assert await anext(subscription) == published


async def test_a_viewer_that_falls_behind_within_records_of_one_moment_is_told_how_many_it_lost() -> None:
    bus = make_bus()
    async with bus.subscribe("viewer", overflow=Overflow.DROP_OLDEST, limit=2) as subscription:
        bus.publish_all([EnvironmentFrozen()] * 5)
        lost, *kept = await anext(subscription)
    assert lost.record == EventsDropped(count=3)
    assert numbers(kept) == [4, 5]
