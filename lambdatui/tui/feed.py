"""The one reader of the engine: snapshot, then every event after it, for ever, over as many connections as it takes.

It keeps the picture (views, link) and the log ring, and asks for a repaint at most once per frame. It draws nothing.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

from lambdatui.model.function import Problem
from lambdatui.model.records import EventsDropped, ProjectLoaded
from lambdatui.model.views import EngineView, Views
from lambdatui.telemetry.views import apply
from lambdatui.tui.log_lines import recalled, rows, rule
from lambdatui.tui.log_ring import LogRing
from lambdatui.tui.ports import Connect, EngineClient
from lambdatui.tui.scene import Link, LinkState

FRAME_S = 1 / 20
"""Nobody sees more in moving text, and every frame costs the handlers CPU."""
RETRY_S = (0.2, 0.5, 1.0, 2.0)
"""Waits before the first, second, … further attempt to reach a lost engine; the last one repeats."""

NEW_ENGINE = "a new engine: counters start anew"
RECALLED_LINES = 1_000


class Feed:
    """``publish`` is called on the loop, never more often than once per ``frame_s`` (0: on every change)."""

    def __init__(
        self,
        connect: Connect,
        publish: Callable[[], None],
        *,
        wall: Callable[[], float],
        frame_s: float = FRAME_S,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connect = connect
        self._publish = publish
        self._wall = wall
        self._frame_s = frame_s
        self._pause = pause
        self._due: asyncio.TimerHandle | None = None
        self._last_frame = -math.inf
        self.views = Views()
        self.link = Link()
        self.problems: tuple[Problem, ...] = ()
        self.ring = LogRing()
        self.client: EngineClient | None = None

    async def run(self) -> None:
        """Follow the engine until cancelled."""
        from lambdatui.client import EngineRefused, EngineUnreachable  # needed once a connection is tried, not to paint

        attempt = 0
        while True:
            try:
                async with await self._connect() as client:
                    self.client = client
                    if self.ring.end == 0:
                        await self._recall(client)
                    attempt = 0
                    while await self._follow(client):
                        pass
                self._lost("the engine ended the stream", "trying to reach it again")
            except EngineUnreachable as error:
                self._lost(str(error), getattr(error, "hint", "") or "trying again")
            except EngineRefused as error:
                self._lost(f"the engine refused: {error}", "trying again")
            finally:
                self.client = None
            await self._pause(RETRY_S[min(attempt, len(RETRY_S) - 1)])
            attempt += 1

    async def _recall(self, client: EngineClient) -> None:
        """What was logged before this screen came, read before the snapshot so that no line can come twice."""
        self.ring.extend([row for line in await client.logs(limit=RECALLED_LINES) for row in recalled(line)])

    async def _follow(self, client: EngineClient) -> bool:
        """One snapshot and its tail. True when events were lost and a new snapshot is due, False at the end."""
        views = await client.snapshot()
        self._attached(self.views.engine, views.engine)
        self.views = views
        await self._read_problems(client)
        self._touch()
        async for batch in client.events(after=self.views.seq):
            for event in batch:
                self.ring.extend(rows(event))
            if any(isinstance(event.record, EventsDropped) for event in batch):
                return True
            self.views = apply(self.views, batch)
            if any(isinstance(event.record, ProjectLoaded) for event in batch):
                await self._read_problems(client)
            self._touch()
        return False

    async def _read_problems(self, client: EngineClient) -> None:
        """The stream has the sentences only; how bad they are is asked for, where there are any."""
        views = self.views
        any_at_all = views.engine.problems or any(view.problems for view in views.functions.values())
        self.problems = (await client.functions()).problems if any_at_all else ()

    def _attached(self, before: EngineView, now: EngineView) -> None:
        """Say that the engine is back, and whether it is another one."""
        if self.link.state is LinkState.LIVE:
            return
        message = NEW_ENGINE if before.started_s and before.started_s != now.started_s else ""
        if self.link.state is LinkState.LOST:
            self.ring.extend([rule(self._wall(), message or "attached to the engine again")])
        self.link = Link(state=LinkState.LIVE, message=message, since_s=self._wall())

    def _lost(self, message: str, hint: str) -> None:
        if self.link.state is LinkState.LIVE:
            self.ring.extend([rule(self._wall(), f"engine lost: {message}", bad=True)])
        self.link = Link(state=LinkState.LOST, message=message, hint=hint)
        self._touch()

    def _touch(self) -> None:
        if self._due is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._last_frame + self._frame_s - loop.time()
        if wait_s <= 0:
            self._frame()
        else:
            self._due = loop.call_later(wait_s, self._frame)

    def _frame(self) -> None:
        self._due = None
        self._last_frame = asyncio.get_running_loop().time()
        self._publish()
