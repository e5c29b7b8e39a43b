"""The bandwidth of streamed responses, in numbers: 6 MB at once, then 2 MB a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.api.bandwidth import BURST_BYTES, BYTES_PER_S, TokenBucket

MB = 1024 * 1024


def test_the_first_six_megabytes_leave_at_once() -> None:
    bucket = TokenBucket(0.0)
    assert [bucket.take(MB, 0.0) for _ in range(6)] == [0.0] * 6


def test_after_them_two_megabytes_leave_in_a_second() -> None:
    bucket = TokenBucket(0.0)
    bucket.take(6 * MB, 0.0)
    now, waits = 0.0, []
    for _ in range(4):
        waits.append(bucket.take(MB, now))
        now += waits[-1]
    assert waits == [0.5] * 4


def test_who_pauses_may_be_fast_again_for_as_long_as_the_pause_allows() -> None:
    bucket = TokenBucket(0.0)
    bucket.take(6 * MB, 0.0)
    assert bucket.take(2 * MB, 1.0) == 0.0
    assert bucket.take(2 * MB, 1.0) == pytest.approx(1.0)


def test_a_long_pause_earns_no_more_than_the_first_six_megabytes() -> None:
    bucket = TokenBucket(0.0)
    assert bucket.take(6 * MB, 1000.0) == 0.0
    assert bucket.take(MB, 1000.0) == 0.5


@given(st.lists(st.tuples(st.integers(1, 3 * MB), st.floats(0, 5)), max_size=30))
def test_no_schedule_lets_more_through_than_burst_and_rate(sends: list[tuple[int, float]]) -> None:
    bucket, now, sent = TokenBucket(0.0), 0.0, 0
    for size, pause_s in sends:
        now += pause_s
        now += bucket.take(size, now)
        sent += size
        assert sent <= BURST_BYTES + now * BYTES_PER_S + 1
