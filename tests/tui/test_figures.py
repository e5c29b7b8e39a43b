"""Numbers as people read them."""

import pytest

from lambdatui.tui import figures


@pytest.mark.parametrize(
    ("ms", "text"),
    [(None, "–"), (0.0, "0.00 ms"), (3.524, "3.52 ms"), (9.996, "10.0 ms"), (99.96, "100 ms"), (412.2, "412 ms"),
     (1240.0, "1.24 s"), (125_000.0, "2 m 05 s")],
)  # fmt: skip
def test_duration_keeps_three_digits(ms: float | None, text: str) -> None:
    assert figures.duration(ms) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 kB"), (4_310, "4.2 kB"), (12_582_912, "12.0 MB"), (2**31, "2.0 GB")],
)
def test_size_in_the_largest_fitting_unit(size_bytes: int, text: str) -> None:
    assert figures.size(size_bytes) == text


def test_clock_shows_milliseconds_and_drops_the_hour_when_short() -> None:
    assert figures.clock(1_770_000_060.114) == "02:41:00.114"
    assert figures.clock(1_770_000_060.114, short=True) == "41:00.114"


def test_age_grows_into_minutes_and_hours() -> None:
    assert [figures.age(seconds) for seconds in (-1, 59.9, 200, 7500)] == ["0 s", "59 s", "3 m 20 s", "2 h 05 m"]


def test_sparkline_scales_to_the_largest_of_the_last_values() -> None:
    assert figures.sparkline((99.0, 1.0, 2.0, 4.0), 3) == "▂▄█"
    assert figures.sparkline((0.0, 0.0), 5) == "▁▁"


def test_bar_shows_something_for_the_smallest_part() -> None:
    assert figures.bar(0.0001, 4) == "▏   "
    assert figures.bar(1.0, 4) == "████"
    assert figures.bar(0.0, 4) == "    "


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.0, "$0"), (0.0000083, "$0.0000083"), (0.2, "$0.20"), (0.214, "$0.21"), (12.3, "$12.30"), (1234.5, "$1,234.50")],
)
def test_dollars_have_two_digits_that_say_something(amount: float, text: str) -> None:
    assert figures.dollars(amount) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("/home/ada/src/orders", "~/src/orders"), ("/home/ada", "~"), ("/home/adam", "/home/adam"), ("tmpfs", "tmpfs")],
)
def test_path_below_home_is_shortened(monkeypatch: pytest.MonkeyPatch, text: str, shown: str) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert figures.path(text) == shown
