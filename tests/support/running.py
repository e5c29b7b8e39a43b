"""A real engine on the test's own loop, on a project made of a few source texts."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.records import Record
from lambdatui.project.load import load_project
from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest
from lambdatui.telemetry.bus import Overflow
from lambdatui.telemetry.event import TelemetryEvent

R = TypeVar("R", bound=Record)
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
DEADLINE_S = 20.0
ANY_PYTHON = "/usr/bin/env -S python3"
"""For the first line of an extension: some Python that its place shows, wherever the one of these tests lies."""


def write_project(root: Path, sources: Mapping[str, str], settings: Mapping[str, str] | None = None) -> Path:
    """One function per entry, each in a directory of its own; ``settings`` are further TOML lines per function."""
    lines = []
    for name, source in sources.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "app.py").write_text(source)
        lines += [
            f"[functions.{name}]",
            'handler = "app.handler"',
            f'code_uri = "{name}"',
            f'runtime = "{RUNTIME}"',
            (settings or {}).get(name, ""),
        ]
    (root / "lambdatui.toml").write_text("\n".join(lines))
    return root


@dataclass
class Running:
    """An engine and short words for what tests do with it."""

    engine: Engine
    root: Path

    async def invoke(self, function: str, event: object = None, **options: object) -> InvokeOutcome:
        request = InvokeRequest(
            function=FunctionName(function),
            payload=json.dumps(event if event is not None else {}).encode(),
            **options,  # type: ignore[arg-type]
        )
        return await self.engine.invoke(request)

    async def result(self, function: str, event: object = None) -> object:
        """The parsed response, whether the function failed or not."""
        outcome = await self.invoke(function, event)
        assert outcome.result is not None
        return json.loads(outcome.result.payload)

    async def tail(self, function: str, event: object = None) -> str:
        """The whole log of one invoke, from START to REPORT."""
        outcome = await self.invoke(function, event, log_tail=True)
        assert outcome.log_tail is not None
        return outcome.log_tail.decode()

    async def fire(self, function: str, event: object = None) -> str:
        """Accept an event asynchronously; its request id."""
        return (await self.invoke(function, event, invocation_type=InvocationType.EVENT)).request_id

    def events(self) -> list[TelemetryEvent]:
        """Everything since the engine started."""
        return self.engine.bus.since(0)[0]

    def records(self, kind: type[R]) -> list[R]:
        return [event.record for event in self.events() if isinstance(event.record, kind)]

    async def until(self, kind: type[R], matches: Callable[[R], bool] = lambda _: True, *, after: int = 0) -> R:
        """The first record of this kind that matches, already there or to come. Raises TimeoutError."""
        async with (
            asyncio.timeout(DEADLINE_S),
            self.engine.bus.subscribe("test", overflow=Overflow.DROP_OLDEST, limit=100_000, after=after) as batches,
        ):
            async for batch in batches:
                for event in batch:
                    if isinstance(event.record, kind) and matches(event.record):
                        return event.record
        raise AssertionError("the stream ended")

    async def files_removed(self) -> None:
        """The /tmp of every ended environment is gone from the disk; that happens beside the loop."""
        async with asyncio.timeout(DEADLINE_S):
            while len(list((self.root / ".lambdatui" / "environments").glob("*/*"))) > self.environments_alive():
                await self.pass_time(0.01)

    def environments_alive(self) -> int:
        return sum(len(pool.drivers) for pool in self.engine.pools.values())

    async def pass_time(self, seconds: float) -> None:
        """For what is about time itself: how long something stays as it is."""
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, over.set)
        await over.wait()

    def save(self, function: str, source: str) -> None:
        (self.root / function / "app.py").write_text(source)


@contextlib.asynccontextmanager
async def running(
    root: Path,
    *,
    speed: float = 1.0,
    reload: bool = False,
    isolation: Isolation = Isolation.AUTO,
    use_cgroups: bool = True,
    project: Project | None = None,
) -> AsyncIterator[Running]:
    """An engine on the project at ``root``; with ``reload`` its files are watched. ``project`` stands for what would
    be read there.
    """
    project = project or load_project(root)
    backend = ProcessBackend(isolation=isolation, use_cgroups=use_cgroups)
    options = EngineOptions(reload=reload)
    async with Engine(
        project, backend=backend, clock=RealClock(speed), options=options, load=lambda: load_project(root)
    ) as engine:
        if reload:
            engine.settings.follow_files()
        yield Running(engine, root)
