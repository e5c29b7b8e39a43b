"""What the queue of asynchronous events keeps in memory, and what it takes from the disk when it is due."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest

from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.model.records import QueueMoved
from lambdatui.service.async_queue import AsyncQueue
from lambdatui.service.clock import RealClock
from lambdatui.store.bodies import INLINE_BYTES
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import Bus, Subscription

LONG = INLINE_BYTES + 1


class Stage:
    """A queue whose function fails as often as ``failures`` says; what ran is in ``ran``, which is told on a bus."""

    def __init__(self, store: Store) -> None:
        self.clock = RealClock()
        self.bus = Bus(self.clock.wall)
        self.failures = 0
        self.sizes: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.moves = self.bus.attach("test")
        self.queue = AsyncQueue(store, bus=self.bus, clock=self.clock, spawn=self._spawn, run=self._run)

    async def until(self, state: str, times: int = 1) -> QueueMoved:
        """The move to this state that makes so many of them."""
        return await _until(self.moves, state, times)

    def _spawn(self, name: str, work: Coroutine[None, None, None]) -> None:
        self.tasks.append(asyncio.create_task(work, name=name))  # noqa: TID251 - the engine's part

    async def _run(self, invocation: Invocation) -> str | None:
        self.sizes.append(len(invocation.payload))
        if self.failures:
            self.failures -= 1
            return "ValueError"
        return None


async def _until(moves: Subscription, state: str, times: int) -> QueueMoved:
    async for batch in moves:
        for event in batch:
            if isinstance(event.record, QueueMoved) and event.record.state == state and event.record.attempt:
                times -= 1
                if not times:
                    return event.record
    raise AssertionError("the bus was closed")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "history.db")
    yield opened
    await opened.aclose()


def asked(request_id: str, size: int = LONG) -> Invocation:
    return Invocation(
        request_id=RequestId(request_id),
        function=FunctionName("orders"),
        payload=request_id[-1].encode() * size,
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders",
        timeout_s=3.0,
        invocation_type=InvocationType.EVENT,
    )


async def test_retry_runs_with_the_payload_of_the_first_attempt(store: Store) -> None:
    stage = Stage(store)
    stage.failures = 1
    await stage.queue.accept(asked("a"))
    await stage.until("waiting")
    stage.clock.set_speed(1e6)
    await stage.until("succeeded")
    assert stage.sizes == [LONG, LONG]


async def test_event_whose_payload_is_gone_when_it_is_due_fails_and_says_why(store: Store, tmp_path: Path) -> None:
    stage = Stage(store)
    stage.failures = 1
    await stage.queue.accept(asked("a"))
    await stage.until("waiting")
    for file in (tmp_path / "blobs").iterdir():
        file.unlink()
    stage.clock.set_speed(1e6)
    failed = await stage.until("failed")
    assert (failed.error_type, failed.attempt) == ("PayloadLost", 1)


async def test_events_that_wait_are_in_memory_without_their_payloads(store: Store) -> None:
    number, size = 40, 200_000
    stage = Stage(store)
    stage.failures = number
    tracemalloc.start()
    try:
        for each in range(number):
            await stage.queue.accept(asked(f"{each}", size))
        await stage.until("waiting", number)
        held_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        stage.queue.stop()
    assert held_bytes < number * size / 4
