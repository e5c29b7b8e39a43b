"""The service's clock: what waits for a time of the service comes when the service is there, whatever its speed."""

import asyncio

import pytest

from lambdatui.service.clock import RealClock


async def test_time_goes_on_without_a_jump_when_the_speed_changes() -> None:
    clock = RealClock()
    before_s = clock.service()
    clock.set_speed(1000)
    assert 0 <= clock.service() - before_s < 60


async def test_faster_clock_brings_what_waits_nearer() -> None:
    clock, come = RealClock(), asyncio.Event()
    clock.call_at(clock.service() + 3600, come.set)
    clock.set_speed(1_000_000)
    async with asyncio.timeout(5):
        await come.wait()


async def test_what_was_cancelled_does_not_come_after_a_change_of_the_speed() -> None:
    clock, come, other = RealClock(), asyncio.Event(), asyncio.Event()
    clock.call_at(clock.service() + 1800, come.set).cancel()
    clock.call_at(clock.service() + 3600, other.set)
    clock.set_speed(1_000_000)
    async with asyncio.timeout(5):
        await other.wait()
    assert not come.is_set()


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        RealClock().set_speed(speed)
