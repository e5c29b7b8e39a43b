"""One timer looks after all environments that run."""

import asyncio
import logging

import pytest

from lambdatui.sandbox.process.limits_ticker import LimitsTicker


class Watched:
    """Counts how often it is looked at; ``enough`` is set at the second time."""

    def __init__(self, error: Exception | None = None) -> None:
        self.enough = asyncio.Event()
        self.looks = 0
        self._error = error

    def check(self) -> None:
        self.looks += 1
        if self.looks == 2:
            self.enough.set()
        if self._error is not None:
            raise self._error


async def test_environment_that_cannot_be_looked_at_keeps_nobody_from_looking_at_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ticker, broken, sound = LimitsTicker(interval_s=0.001), Watched(OSError("no more files")), Watched()
    ticker.watch(broken)
    ticker.watch(sound)
    async with asyncio.timeout(5):
        await sound.enough.wait()
        await broken.enough.wait()
    ticker.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING], "it is told once"


async def test_nobody_is_looked_at_after_leaving() -> None:
    ticker, left, stayed = LimitsTicker(interval_s=0.001), Watched(), Watched()
    ticker.watch(left)
    ticker.watch(stayed)
    ticker.leave(left)
    async with asyncio.timeout(5):
        await stayed.enough.wait()
    ticker.close()
    assert left.looks == 0
