"""What functions have logged, from the history on disk or from a running engine, as lines with their time and place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lambdatui.cli.failures import engine_failed
from lambdatui.cli.projects import read_project
from lambdatui.client import EngineClient, EngineUnreachable
from lambdatui.model.records import EventsDropped
from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import Rendezvous
from lambdatui.service.state_dir import StateDir
from lambdatui.service.state_place import is_there, place_of
from lambdatui.telemetry.cloudwatch import LogRenderer
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_query import EVERY_LINE, LogQuery

LOOK_FOR_ENGINE_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One log line; ``time_s`` is seconds since the epoch."""

    time_s: float
    function: str | None
    environment: str | None
    request_id: str | None
    line: str


async def newest(root: Path, function: str | None, limit: int, query: LogQuery = EVERY_LINE) -> list[Line]:
    """The newest lines of the project's history, oldest first. Raises CommandFailed."""
    from lambdatui.store.errors import StoreError
    from lambdatui.store.store import Store

    place = place_of(root)
    if not is_there(place):
        return []
    try:
        store = await Store.open(StateDir(place).history, claim=False)
        try:
            renderer = LogRenderer.of(read_project(root).functions)
            logged = await store.history.logs(function=function, query=query, limit=limit, renderer=renderer)
        finally:
            await store.aclose()
    except StoreError as error:
        raise engine_failed(error.message, error.hint) from error
    return [_line(each) for each in logged]


async def newest_of(running: Rendezvous, function: str | None, limit: int, query: LogQuery = EVERY_LINE) -> list[Line]:
    """The same, told by the engine that is writing the history just now. Raises ClientError."""
    async with EngineClient.at(running) as client:
        return [_line(each) for each in await client.logs(function, limit, wanted=query.text)]


async def follow(
    root: Path, function: str | None, limit: int, query: LogQuery = EVERY_LINE, *, waiting: Callable[[], None]
) -> AsyncIterator[list[Line]]:
    """The newest ``limit`` lines, then everything as it happens, over as many engines as come and go. Never ends.

    ``waiting`` is called whenever no engine runs, once per wait.
    """
    first = True
    while True:
        running = rendezvous.find(root)
        if running is None:
            if first and limit:
                yield await newest(root, function, limit, query)
            first = False
            waiting()
            running = await _appears(root)
        try:
            async for lines in _stream(running, function, limit if first else None, query):
                yield lines
        except EngineUnreachable:
            pass  # it ended; the next one will be found
        first = False


async def _appears(root: Path) -> Rendezvous:
    # Another process will write the file: there is no event of ours to wait for.
    while (running := rendezvous.find(root)) is None:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_FOR_ENGINE_S)
    return running


async def _stream(
    running: Rendezvous, function: str | None, limit: int | None, query: LogQuery
) -> AsyncIterator[list[Line]]:
    """An engine's lines from its beginning, or from the newest ``limit`` on: those that it no longer keeps in memory,
    and those of engines before it, come from the history.
    """
    async with EngineClient.at(running) as client:
        snapshot = await client.snapshot()
        now = snapshot.seq
        renderer = LogRenderer({name: function.logging for name, function in snapshot.functions.items()})
        backlog: list[Line] = []
        since_s: float | None = None
        async for batch in client.events(after=0):
            since_s = _first_time(batch, since_s)
            lines = [line for line in _lines_of(batch, function, renderer) if _matches(query, line)]
            if limit is None:
                yield lines
                continue
            backlog += lines
            if batch[-1].seq >= now:
                yield await _with_history(running, function, limit, query, backlog, since_s)
                limit = None


async def _with_history(
    running: Rendezvous, function: str | None, limit: int, query: LogQuery, backlog: list[Line], since_s: float
) -> list[Line]:
    if len(backlog) < limit:
        older = await newest_of(running, function, limit, query)
        backlog = [line for line in older if line.time_s < since_s] + backlog
    return backlog[-limit:] if limit else []


def _first_time(batch: Sequence[TelemetryEvent], known: float | None) -> float:
    """When the oldest event happened that the engine still has in memory."""
    if known is not None:
        return known
    kept = [event for event in batch if not isinstance(event.record, EventsDropped)]
    return (kept or list(batch))[0].time_s


def _lines_of(batch: Iterable[TelemetryEvent], function: str | None, renderer: LogRenderer) -> list[Line]:
    return [
        Line(
            time_s=event.time_s,
            function=event.function,
            environment=event.environment,
            request_id=getattr(event.record, "request_id", None),
            line=line,
        )
        for event in batch
        if function is None or event.function in (function, None)
        for line in renderer.lines(event)
    ]


def _matches(query: LogQuery, line: Line) -> bool:
    return query.matches_line(
        line.line, request_id=line.request_id, environment=line.environment, function=line.function
    )


def _line(logged: object) -> Line:
    """From the store's or the client's line, which have the same fields."""
    return Line(**{name: getattr(logged, name) for name in Line.__slots__})
