"""Everything that happened, append-only: the telemetry stream of every engine run of the project.

Events of one run are numbered as on the bus. They are encoded on the store's thread, a few at a time, so that a long
batch does not hold up the event loop.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.store.database import Database
from lambdatui.store.rows import Row, batches, insert_rows
from lambdatui.telemetry.bus import Bus, Overflow
from lambdatui.telemetry.cloudwatch import LOGGED_TYPES, log_lines
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.wire import decode_record, encode_record

if TYPE_CHECKING:
    from lambdatui.store.store import Store

GATHER_S = 0.05
"""Events of this long are one transaction: the invokes that caused them do not wait for it."""
MOST_BEHIND = 1_000_000
BATCHES_PER_PRUNING = 400

_SEQ_BITS = 40
_COLUMNS = "id, time_s, type, function, environment, body"
_Row = tuple[int, float, str, str | None, str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLine:
    """One line as CloudWatch shows it; ``request_id`` is None outside an invoke."""

    time_s: float
    function: FunctionName | None
    environment: EnvironmentId | None
    request_id: RequestId | None
    line: str


async def record_history(bus: Bus, store: "Store") -> None:
    """The one writer: every event of ``bus``, from the first it still keeps, until it is closed. Raises StoreError.

    When cancelled it still writes what waits.
    """
    subscription = bus.attach("history", overflow=Overflow.FAIL, limit=MOST_BEHIND, after=0, gather_s=GATHER_S)
    batches = 0
    try:
        async for batch in subscription:
            await store.history.append(batch)
            batches += 1
            if batches % BATCHES_PER_PRUNING == 0:
                await store.forget_old()
    except asyncio.CancelledError:
        await store.history.append(subscription.drain())
        raise
    finally:
        bus.detach(subscription)


class History:
    """``run`` is the number of this engine's run; it is taken with the first event that is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.run: int | None = None

    async def append(self, events: Sequence[TelemetryEvent]) -> None:
        """Returns when they are on disk. Raises StoreError."""
        if events:
            self.run = await self._database.write(lambda connection: _append(connection, self.run, events))

    async def events_after(
        self,
        *,
        seq: int = 0,
        run: int | None = None,
        function: str | None = None,
        types: Sequence[str] = (),
        limit: int = 10_000,
    ) -> tuple[TelemetryEvent, ...]:
        """Events of this run (or of ``run``) after ``seq``, oldest first. Raises StoreError."""
        chosen = self.run if run is None else run
        if chosen is None:
            return ()
        query, values = (
            f"SELECT {_COLUMNS} FROM event WHERE id > ? AND id < ?",
            [event_id(chosen, seq), event_id(chosen + 1, 0)],
        )
        conditions, more = _conditions(function, types)
        rows = await self._rows(f"{query}{conditions} ORDER BY id LIMIT ?", [*values, *more, limit])
        return tuple(map(_event, rows))

    async def logs(
        self, *, function: str | None = None, request_id: str | None = None, limit: int = 1000
    ) -> tuple[LoggedLine, ...]:
        """The newest log lines of all runs, oldest first. Raises StoreError.

        With ``request_id``: from the START of its first attempt on, only what belongs to it.
        """
        return await self._database.read(lambda connection: _newest_lines(connection, function, request_id, limit))

    async def runs(self) -> tuple[int, ...]:
        """The numbers of the runs that left something, oldest first."""
        query = "SELECT id FROM run ORDER BY id"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return tuple(run for (run,) in rows)

    async def _rows(self, query: str, values: Sequence[object]) -> list[_Row]:
        return await self._database.read(lambda connection: connection.execute(query, values).fetchall())


def _append(connection: sqlite3.Connection, run: int | None, events: Sequence[TelemetryEvent]) -> int:
    if run is None:
        run = connection.execute("INSERT INTO run (started_s) VALUES (?)", (events[0].time_s,)).lastrowid
        assert run is not None
    first = event_id(run, 0)
    for part in batches(events):
        insert_rows(connection, "INSERT INTO event", [_row(event, first) for event in events[part]])
    return run


def _row(event: TelemetryEvent, first: int) -> Row:
    record = event.record
    name, body = encode_record(record)
    request_id = getattr(record, "request_id", None)
    return first + event.seq, event.time_s, name, event.function, event.environment, request_id, body


def event_id(run: int, seq: int) -> int:
    """The primary key: runs follow each other, events of a run are in the order of the stream."""
    return (run << _SEQ_BITS) + seq


def _event(row: _Row) -> TelemetryEvent:
    id_, time_s, name, function, environment, body = row
    return TelemetryEvent(
        seq=id_ & (1 << _SEQ_BITS) - 1,
        time_s=time_s,
        record=decode_record(name, body),
        function=None if function is None else FunctionName(function),
        environment=None if environment is None else EnvironmentId(environment),
    )


def _conditions(function: str | None, types: Sequence[str]) -> tuple[str, list[object]]:
    text, values = "", list[object]()
    if function is not None:
        text, values = " AND function = ?", [function]
    if types:
        text += f" AND type IN ({', '.join('?' * len(types))})"
        values += types
    return text, values


def _newest_lines(
    connection: sqlite3.Connection, function: str | None, request_id: str | None, limit: int
) -> tuple[LoggedLine, ...]:
    conditions, values = _conditions(function, LOGGED_TYPES)
    if request_id is not None:
        started = connection.execute(
            "SELECT min(id) FROM event WHERE type = 'platform.start' AND request_id = ?", (request_id,)
        ).fetchone()[0]
        if started is None:
            return ()
        conditions += " AND id >= ? AND request_id = ?"
        values += [started, request_id]
    lines: list[LoggedLine] = []
    query = f"SELECT {_COLUMNS}, request_id FROM event WHERE TRUE{conditions} ORDER BY id DESC"
    for *row, about in connection.execute(query, values):
        event = _event((row[0], row[1], row[2], row[3], row[4], row[5]))
        lines += [_logged(event, about, line) for line in reversed(log_lines(event))]
        if len(lines) >= limit:
            break
    return tuple(reversed(lines[:limit]))


def _logged(event: TelemetryEvent, request_id: str | None, line: str) -> LoggedLine:
    return LoggedLine(
        time_s=event.time_s,
        function=event.function,
        environment=event.environment,
        request_id=None if request_id is None else RequestId(request_id),
        line=line,
    )
