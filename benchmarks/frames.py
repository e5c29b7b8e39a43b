"""Row 18: a frame of the workbench with 200 environments and 100 functions, without a terminal: what painting costs."""

import asyncio
import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Result, percentile, timed_ms

if TYPE_CHECKING:
    from lambdatui.model.views import EnvironmentView, PhaseSegment, Views
    from lambdatui.tui.app import LambdatuiApp
    from lambdatui.tui.ports import EngineClient

ENVIRONMENTS = 200
FUNCTIONS = 100
SEGMENTS = 400
"""As many as an environment that is always busy has."""
MOVING = 20
"""Environments that did something since the frame before."""
FRAMES = int(os.environ.get("LAMBDATUI_BENCH_FRAMES", "200"))
NOW_S = 1_770_000_000.0
SIZE = (200, 60)


def rows(_: Path) -> Iterator[Result]:
    live_ms, held_ms = asyncio.run(_frames())
    for what, taken_ms in (("live", live_ms), ("at a picked moment", held_ms)):
        yield Result(
            row="18",
            what=f"frame of {ENVIRONMENTS} environments and {FUNCTIONS} functions, {what}, p95",
            against="a limit",
            unit="ms",
            ours=percentile(taken_ms, 0.95),
            theirs=None,
            limit=50,
            goal=25,
        )


async def _frames() -> tuple[list[float], list[float]]:
    from lambdatui.tui.app import LambdatuiApp

    async def connect() -> "EngineClient":
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    clock = itertools.count()
    app = LambdatuiApp(connect, wall=lambda: NOW_S + next(clock) * 0.001)
    async with app.run_test(size=SIZE) as pilot:
        views = _views()
        await pilot.pause()
        await _paint(app, views)
        await pilot.press("2", "a")
        live_ms = [await _paint(app, views := _moved(views, frame)) for frame in range(FRAMES)]
        await pilot.press("left_square_bracket", "left_square_bracket")
        held_ms = [await _paint(app, views := _moved(views, frame)) for frame in range(FRAMES)]
    return live_ms, held_ms


async def _paint(app: "LambdatuiApp", views: "Views") -> float:
    """Show a picture, and draw every row that can be seen of it."""
    from lambdatui.tui.scene import Link, LinkState
    from lambdatui.tui.widgets.line_view import LineView

    def paint() -> None:
        app.workbench.show(views, Link(state=LinkState.LIVE))
        for view in app.workbench.query(LineView):
            for y in range(view.size.height if view.display else 0):
                view.render_line(y)

    taken_ms = timed_ms(paint)
    await asyncio.sleep(0)
    return taken_ms


def _views() -> "Views":
    from lambdatui.model.ids import EnvironmentId, FunctionName
    from lambdatui.model.phase import Phase
    from lambdatui.model.views import EnvironmentView, FunctionView, Views

    names = [FunctionName(f"function-{number:03}") for number in range(FUNCTIONS)]
    environments = [
        EnvironmentView(
            id=EnvironmentId(f"e{number}"),
            function=names[number % FUNCTIONS],
            phase=Phase.READY,
            frozen=True,
            since_s=NOW_S,
            segments=_segments(number),
        )
        for number in range(ENVIRONMENTS)
    ]
    return Views(
        seq=1,
        functions={name: FunctionView(name=name, memory_mb=128, timeout_s=3) for name in names},
        environments={view.id: view for view in environments},
    )


def _segments(number: int) -> "tuple[PhaseSegment, ...]":
    """Invokes of 50 ms with as much frozen time between them."""
    from lambdatui.model.ids import RequestId
    from lambdatui.model.views import PhaseSegment, Span

    made = []
    for index in range(SEGMENTS):
        start_s = NOW_S - (SEGMENTS - index) * 0.05
        request = RequestId(f"{number:04x}{index:04x}-0000-4000-8000-000000000000") if index % 2 else None
        span = Span.INVOKE if index % 2 else Span.FROZEN
        made.append(PhaseSegment(span=span, start_s=start_s, end_s=start_s + 0.05, request_id=request))
    return tuple(made)


def _moved(views: "Views", frame: int) -> "Views":
    """The next picture: some environments have one more stretch, everything else is shared."""
    environments = dict(views.environments)
    for view in list(environments.values())[frame % 10 :: ENVIRONMENTS // MOVING]:
        environments[view.id] = _further(view)
    return replace(views, seq=views.seq + 1, environments=environments)


def _further(view: "EnvironmentView") -> "EnvironmentView":
    last = view.segments[-1]
    at_s = NOW_S if last.end_s is None else last.end_s
    later = replace(last, start_s=at_s, end_s=at_s + 0.05)
    return replace(view, segments=(*view.segments[1:], later), since_s=at_s)
