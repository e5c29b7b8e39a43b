import asyncio

from lambdatui.model.records import Record
from lambdatui.model.views import Views
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.folding import FOLD_EVENTS
from lambdatui.telemetry.live_views import LiveViews
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.samples import E1A, NOON_S, ORDERS, report
from tests.unit.telemetry.streams import LOADED


def publish(bus: Bus, *records: Record) -> None:
    for record in records:
        bus.publish(record, function=ORDERS, environment=E1A)


def test_current_picture_includes_the_event_just_published() -> None:
    bus = Bus(lambda: NOON_S)
    live = LiveViews(bus)
    publish(bus, LOADED, report())
    assert live.current().functions[ORDERS].metrics.invocations == 1
    assert live.current().seq == bus.seq


def test_views_that_come_late_include_what_was_published_before() -> None:
    bus = Bus(lambda: NOON_S)
    publish(bus, LOADED)
    assert ORDERS in LiveViews(bus).current().functions


def test_snapshot_and_tail_equal_the_live_picture() -> None:
    bus = Bus(lambda: NOON_S)
    live = LiveViews(bus)
    publish(bus, LOADED, report())
    snapshot = live.current()
    publish(bus, report(), report())
    tail, lost = bus.since(snapshot.seq)
    assert apply(snapshot, tail) == live.current()
    assert lost == 0


async def test_events_nobody_asks_for_are_folded_all_the_same() -> None:
    bus = Bus(lambda: NOON_S, ring_events=10)
    live = LiveViews(bus)
    publish(bus, LOADED, *[report()] * (2 * FOLD_EVENTS))
    await asyncio.sleep(0)
    publish(bus, report())
    assert len(live._backlog.drain()) == 1


def test_pictures_before_any_event_are_empty() -> None:
    assert LiveViews(Bus(lambda: NOON_S)).current() == Views()
