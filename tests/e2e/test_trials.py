"""``lambdatui starts`` and ``tune`` on functions that fail."""

from pathlib import Path

import pytest

from tests.e2e.support.program import run

SERIES = (("starts", "-n", "1"), ("tune", "-n", "1", "--sizes", "128"))


@pytest.mark.parametrize("series", SERIES, ids=lambda words: words[0])
def test_series_that_failed_with_the_empty_event_names_the_sample_that_suits(
    orders: Path, series: tuple[str, ...]
) -> None:
    ran = run(series[0], "orders-api", *series[1:], cwd=orders)
    assert ran.code == 1
    assert "every event was {}; -e takes a file, - for stdin, or a sample event, such as -e http-get" in ran.err


def test_series_that_failed_with_an_event_of_the_users_says_nothing_about_events(orders: Path) -> None:
    ran = run("starts", "orders-api", "-n", "1", "-e", "sqs-single", cwd=orders)
    assert (ran.code, "every event" in ran.err) == (1, False)
