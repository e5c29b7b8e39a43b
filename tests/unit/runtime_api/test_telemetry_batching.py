"""The buffer of a subscription, played with integers for time."""

from lambdatui.runtime_api.telemetry_batching import Batching, Dropped
from lambdatui.runtime_api.telemetry_subscription import Buffering

EVENT = b"x" * 1000


def batching(max_items: int = 1000, max_bytes: int = 262_144, timeout_ms: int = 1000) -> Batching:
    return Batching(Buffering(max_items=max_items, max_bytes=max_bytes, timeout_ms=timeout_ms))


def test_nothing_is_due_before_the_first_event() -> None:
    assert batching().due_at is None


def test_first_event_is_due_after_the_timeout_and_later_ones_with_it() -> None:
    buffer = batching()
    assert buffer.add(b"1", 10.0)
    assert not buffer.add(b"2", 10.5)
    assert buffer.due_at == 11.0
    assert buffer.take() == [b"1", b"2"]


def test_buffer_of_max_items_is_due_at_once() -> None:
    buffer = batching(max_items=1000)
    for _ in range(999):
        buffer.add(b"1", 10.0)
    assert buffer.due_at == 11.0
    assert buffer.add(b"1", 10.25)
    assert buffer.due_at == 10.25


def test_buffer_of_max_bytes_is_due_at_once() -> None:
    buffer = batching(max_bytes=262_144)
    for _ in range(262):
        buffer.add(EVENT, 10.0)
    assert buffer.due_at == 11.0
    buffer.add(EVENT, 10.25)
    assert buffer.due_at == 10.25


def test_flush_makes_what_waits_due() -> None:
    buffer = batching()
    buffer.add(b"1", 10.0)
    buffer.flush(10.5)
    assert buffer.due_at == 10.5


def test_nothing_is_due_while_a_payload_is_on_its_way() -> None:
    buffer = batching()
    buffer.add(b"1", 10.0)
    buffer.take()
    buffer.add(b"2", 10.5)
    assert buffer.due_at is None
    buffer.sent()
    assert buffer.due_at == 11.5


def test_slow_consumer_gets_payloads_of_up_to_twice_max_bytes_and_the_rest_is_counted() -> None:
    buffer = batching(max_bytes=262_144)
    buffer.add(b"first", 0.0)
    buffer.take()
    for _ in range(600):
        buffer.add(EVENT, 0.0)
    buffer.sent()
    assert len(buffer.take()) == 524
    assert buffer.take_dropped() == Dropped(76, 76_000)
    assert buffer.take_dropped() == Dropped(0, 0)


def test_slow_consumer_gets_at_most_twice_max_items() -> None:
    buffer = batching(max_items=1000)
    buffer.add(b"1", 0.0)
    buffer.take()
    for _ in range(2005):
        buffer.add(b"1", 0.0)
    assert buffer.take_dropped().records == 5


def test_single_event_over_every_limit_is_sent_alone() -> None:
    buffer = batching(max_bytes=262_144)
    assert buffer.add(b"x" * 600_000, 1.0)
    assert buffer.due_at == 1.0
    assert buffer.take_dropped() == Dropped(0, 0)


def test_buffer_is_empty_when_the_last_payload_has_arrived() -> None:
    buffer = batching()
    buffer.add(b"1", 0.0)
    buffer.take()
    assert not buffer.empty
    buffer.sent()
    assert buffer.empty
