"""Real time, a few milliseconds of it: nothing here depends on how long something takes, only on what comes first."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lambdatui.lifecycle.timers import Timer
from lambdatui.service.clock import RealClock
from lambdatui.service.deadlines import Deadlines

PATIENCE_S = 20
CLOCK = RealClock()


class Stage:
    def __init__(self) -> None:
        self.fired: asyncio.Queue[tuple[Timer, int, float]] = asyncio.Queue()
        self.deadlines = Deadlines(CLOCK, lambda timer, arm_id: self.fired.put_nowait((timer, arm_id, now())))

    async def next(self) -> tuple[Timer, int, float]:
        async with asyncio.timeout(PATIENCE_S):
            return await self.fired.get()


def now() -> float:
    return CLOCK.monotonic()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    ready = Stage()
    yield ready
    ready.deadlines.close()


async def test_timer_fires_with_its_number_and_never_early(stage: Stage) -> None:
    due_at = now() + 0.005
    stage.deadlines.arm(Timer.INVOKE, 7, due_at)
    timer, arm_id, at = await stage.next()
    assert (timer, arm_id) == (Timer.INVOKE, 7)
    assert at >= due_at


async def test_the_same_timer_armed_later_again_fires_once_for_the_later_arming(stage: Stage) -> None:
    stage.deadlines.arm(Timer.INVOKE, 1, now() + 0.002)
    stage.deadlines.disarm(Timer.INVOKE)
    due_at = now() + 0.01
    stage.deadlines.arm(Timer.INVOKE, 2, due_at)
    _, arm_id, at = await stage.next()
    assert arm_id == 2
    assert at >= due_at
    assert stage.fired.empty()


async def test_an_earlier_timer_does_not_wait_for_one_that_was_armed_before(stage: Stage) -> None:
    stage.deadlines.arm(Timer.INVOKE, 1, now() + 3600)
    stage.deadlines.arm(Timer.END, 2, now() + 0.002)
    assert (await stage.next())[:2] == (Timer.END, 2)


async def test_what_is_overdue_when_it_is_armed_fires(stage: Stage) -> None:
    stage.deadlines.arm(Timer.INIT, 1, now() - 1)
    assert (await stage.next())[:2] == (Timer.INIT, 1)


async def test_several_timers_fire_in_their_order(stage: Stage) -> None:
    stage.deadlines.arm(Timer.END, 2, now() + 0.02)
    stage.deadlines.arm(Timer.RUNTIME_END, 1, now() + 0.002)
    assert [(await stage.next())[1] for _ in range(2)] == [1, 2]


async def test_nothing_fires_after_the_end(stage: Stage) -> None:
    other = Stage()
    stage.deadlines.arm(Timer.INVOKE, 1, now() + 0.002)
    other.deadlines.arm(Timer.INVOKE, 1, now() + 0.004)
    stage.deadlines.close()
    await other.next()
    assert stage.fired.empty()


async def test_what_is_armed_is_told_soonest_first(stage: Stage) -> None:
    stage.deadlines.arm(Timer.END, 1, 2e9)
    stage.deadlines.arm(Timer.INVOKE, 2, 1e9)
    assert stage.deadlines.armed() == ((Timer.INVOKE, 1e9), (Timer.END, 2e9))
    stage.deadlines.disarm(Timer.INVOKE)
    assert stage.deadlines.armed() == ((Timer.END, 2e9),)
