"""Row 14: the workbench under 50 000 log lines a second, without a terminal: how late it answers, what it keeps."""

import asyncio
import gc
import itertools
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.measure import Result, percentile

if TYPE_CHECKING:
    from lambdatui.tui.app import LambdatuiApp
    from lambdatui.tui.log_ring import LogRing
    from lambdatui.tui.ports import EngineClient

LINES_PER_S = 50_000
SECONDS = float(os.environ.get("LAMBDATUI_BENCH_LOG_SECONDS", "60"))
FRAME_S = 0.1
"""The screen takes in what came ten times a second, as the workbench does."""
FILL_S = 3.0
"""After this the ring is full: from here on memory must not grow."""
BATCH_S = 0.02
"""The engine's readers hand lines on every 20 ms."""
LINES_PER_EVENT = 100
FUNCTION = "orders-api"


def rows(_: Path) -> Iterator[Result]:
    lateness_ms, grown_mb = asyncio.run(_busy_view())
    what = f"log view at {LINES_PER_S} lines/s for {SECONDS:.0f} s"
    yield Result(
        row="14",
        what=f"{what}: a key is late by, p95",
        against="a limit",
        unit="ms",
        ours=percentile(lateness_ms, 0.95),
        theirs=None,
        limit=100,
        goal=50,
    )
    yield Result(
        row="14",
        what=f"{what}: growth once the view is full",
        against="a limit",
        unit="MB",
        ours=grown_mb,
        theirs=None,
        limit=10,
        goal=5,
    )


async def _busy_view() -> tuple[list[float], float]:
    from textual.events import Key

    from lambdatui.tui.app import LambdatuiApp

    lateness_ms: list[float] = []
    pressed: deque[float] = deque()

    class Reader(LambdatuiApp):
        def on_key(self, event: Key) -> None:
            if event.key == "f20":  # others open the view
                lateness_ms.append((time.perf_counter() - pressed.popleft()) * 1000)

    async def connect() -> "EngineClient":
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    app = Reader(connect, wall=time.time)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a", "4", "z")  # the logs of all functions, on the whole screen

        def press(at: float) -> None:
            pressed.append(at)
            app.post_message(Key("f20", None))

        async with asyncio.TaskGroup() as group:
            group.create_task(_write(app.feed.ring, SECONDS))
            group.create_task(_paint(app, SECONDS))
            typing = group.create_task(_type(press))
            await asyncio.sleep(SECONDS / 10 + FILL_S)
            before_mb = _memory_mb()
            await asyncio.sleep(SECONDS * 9 / 10 - FILL_S)
            typing.cancel()
        after_mb = _memory_mb()
    return lateness_ms, after_mb - before_mb


async def _write(ring: "LogRing", seconds: float) -> None:
    """Events through the same function that the feed uses."""
    from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
    from lambdatui.model.records import FunctionLog
    from lambdatui.telemetry.event import TelemetryEvent
    from lambdatui.tui.log_lines import rows as rows_of

    texts = tuple(f"line {n} of a busy handler, about as long as log lines usually are" for n in range(LINES_PER_EVENT))
    record = FunctionLog(request_id=RequestId("8f5a9c6e-27b5-4a52-9a3c-3c9f1f0f5f11"), lines=texts)
    function, environment = FunctionName(FUNCTION), EnvironmentId("e1")
    start, written = time.perf_counter(), 0
    while (elapsed_s := time.perf_counter() - start) < seconds:
        while written < elapsed_s * LINES_PER_S:
            written += LINES_PER_EVENT
            ring.extend(rows_of(TelemetryEvent(written, 1_700_000_000.0 + elapsed_s, record, function, environment)))
        await asyncio.sleep(BATCH_S)


async def _paint(app: "LambdatuiApp", seconds: float) -> None:
    from lambdatui.model.ids import FunctionName
    from lambdatui.model.views import FunctionView, Views
    from lambdatui.tui.scene import Link, LinkState
    from lambdatui.tui.widgets.line_view import LineView

    name = FunctionName(FUNCTION)
    functions = {name: FunctionView(name=name, memory_mb=128, timeout_s=3)}
    start = time.perf_counter()
    for frame in itertools.count(1):
        app.workbench.show(Views(seq=frame, functions=functions), Link(state=LinkState.LIVE))
        await asyncio.sleep(FRAME_S)
        if time.perf_counter() - start > seconds:
            return
        if app.workbench.logs.query_one(LineView).extent == 0:
            raise RuntimeError("the log view shows nothing")


async def _type(press: Callable[[float], None]) -> None:
    """A key that changes nothing, every 50 ms by the clock: it counts from when a person would have pressed it."""
    due = time.perf_counter()
    while True:
        due += 0.05
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        press(due)


def _memory_mb() -> float:
    gc.collect()
    uss: float = psutil.Process().memory_full_info().uss / 1e6
    return uss
