"""The same time zone and terminal for every test."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def coordinated_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day on the screen are local; tests live in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
