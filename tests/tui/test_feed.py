"""Snapshot, then tail, for ever: the screen's one reader, without a screen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from lambdatui.client import EngineUnreachable, LogLine
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import EventsDropped
from lambdatui.tui.feed import Feed
from lambdatui.tui.scene import LinkState
from tests.tui.support import logs, pictures
from tests.tui.support.fake_client import NOW_S, FakeClient


class Listener:
    """A feed with its published frames counted; retries wait until the test lets them."""

    def __init__(self, *answers: FakeClient | EngineUnreachable) -> None:
        self._answers = list(answers)
        self.frames = asyncio.Queue[LinkState]()
        self.may_retry = asyncio.Semaphore(0)
        self.feed = Feed(self._connect, self._published, wall=lambda: NOW_S, frame_s=0, pause=self._pause)

    async def _connect(self) -> FakeClient:
        answer = self._answers.pop(0)
        if isinstance(answer, EngineUnreachable):
            raise answer
        return answer

    def _published(self) -> None:
        self.frames.put_nowait(self.feed.link.state)

    async def _pause(self, _: float) -> None:
        await self.may_retry.acquire()

    def texts(self) -> list[str]:
        return [row.text for _, row in self.feed.ring.since(0)]


@asynccontextmanager
async def listening(*answers: FakeClient | EngineUnreachable) -> AsyncIterator[Listener]:
    listener = Listener(*answers)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(listener.feed.run())
        yield listener
        task.cancel()


async def test_snapshot_is_published_before_any_event() -> None:
    async with listening(FakeClient(views=pictures.idle())) as listener:
        assert await listener.frames.get() is LinkState.LIVE
        assert pictures.API in listener.feed.views.functions


async def test_events_move_the_views_and_fill_the_log() -> None:
    client = FakeClient(views=pictures.idle())
    async with listening(client) as listener:
        client.say(*logs.story())
        await client.heard()
        assert listener.feed.views.functions[pictures.API].metrics.invocations == 4
        assert "importing the order book" in listener.texts()


async def test_lost_events_bring_a_new_snapshot() -> None:
    client = FakeClient(views=pictures.idle())
    async with listening(client) as listener:
        client.say(EventsDropped(count=1204))
        client.say(logs.line("after"))
        await client.heard()
        assert client.snapshots == 2
        assert listener.texts() == ["1,204 events dropped: this screen was too slow", "after"]


async def test_engine_that_stops_is_said_and_found_again() -> None:
    first, second = FakeClient(views=pictures.idle()), FakeClient(views=pictures.idle())
    async with listening(first, second) as listener:
        await listener.frames.get()
        first.hang_up()
        assert await listener.frames.get() is LinkState.LOST
        assert listener.feed.client is None
        listener.may_retry.release()
        assert await listener.frames.get() is LinkState.LIVE
        assert listener.feed.client is second
        assert listener.texts()[-1] == "attached to the engine again"


async def test_another_engine_is_told_from_the_one_that_was_lost() -> None:
    views = pictures.idle()
    other = replace(views, engine=replace(views.engine, started_s=NOW_S - 1))
    first, second = FakeClient(views=views), FakeClient(views=other)
    async with listening(first, second) as listener:
        await listener.frames.get()
        first.hang_up()
        await listener.frames.get()
        listener.may_retry.release()
        await listener.frames.get()
        assert listener.feed.link.message == "a new engine: counters start anew"
        assert listener.texts()[-1] == "a new engine: counters start anew"


async def test_problems_are_asked_for_only_where_there_are_any() -> None:
    async with listening(FakeClient(views=pictures.idle(), problems=pictures.PROBLEMS)) as listener:
        await listener.frames.get()
        assert listener.feed.problems == ()
    async with listening(FakeClient(views=pictures.all_broken(), problems=pictures.PROBLEMS)) as listener:
        await listener.frames.get()
        assert listener.feed.problems == pictures.PROBLEMS


async def test_reason_and_hint_of_an_unreachable_engine_are_kept() -> None:
    error = EngineUnreachable("no engine runs here", "start one with `lambdatui serve`")
    async with listening(error, FakeClient(views=pictures.idle())) as listener:
        assert await listener.frames.get() is LinkState.LOST
        assert (listener.feed.link.message, listener.feed.link.hint) == (error.message, error.hint)


async def test_lines_of_the_past_come_before_the_new_ones() -> None:
    past = LogLine(time_s=NOW_S - 9, function=FunctionName("orders-api"), environment=None, request_id=None, line="old")
    client = FakeClient(views=pictures.idle(), past=(past,))
    async with listening(client) as listener:
        client.say(logs.line("new"))
        await client.heard()
        assert listener.texts() == ["old", "new"]


async def test_many_batches_become_few_frames() -> None:
    client = FakeClient(views=pictures.idle())
    frames: list[int] = []

    async def connect() -> FakeClient:
        return client

    feed = Feed(connect, lambda: frames.append(feed.views.seq), wall=lambda: NOW_S, frame_s=3600)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(feed.run())
        for _ in range(100):
            client.say(logs.line("x"))
        await client.heard()
        task.cancel()
    assert len(frames) == 1
