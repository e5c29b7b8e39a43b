import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.telemetry.timestamps import iso_micros, iso_millis, parse_iso

NOON_S = 1795219595.923417


def test_microseconds_are_written_in_full() -> None:
    assert iso_micros(NOON_S) == "2026-11-21T00:06:35.923417Z"


def test_aws_sees_milliseconds() -> None:
    assert iso_millis(NOON_S) == "2026-11-21T00:06:35.923Z"


def test_time_just_below_a_second_is_not_carried_into_a_fourth_digit() -> None:
    assert iso_millis(1.999_999) == "1970-01-01T00:00:01.999Z"


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_whole_microseconds_are_read_back_exactly(micros: int) -> None:
    assert parse_iso(iso_micros(micros / 1e6)) == micros / 1e6


@pytest.mark.parametrize("text", ["", "now", "2026-11-21T00:06:35"])
def test_text_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|no time zone"):
        parse_iso(text)
