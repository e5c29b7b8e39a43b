"""Everything that happened, append-only: the telemetry stream of every engine run of the project.

Events of one run are numbered as on the bus. Many of them are one row: they are written all the time, and read when
somebody asks.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.records import InvokeStart
from lambdatui.store.database import Database
from lambdatui.store.progress import Progress
from lambdatui.store.rows import Row, insert_rows
from lambdatui.store.run_marks import RunMark
from lambdatui.store.unwritten import BATCH_BYTES, BATCH_EVENTS, Batch, Unwritten, quote, read_line
from lambdatui.telemetry.cloudwatch import EVER_LOGGED_TYPES, LogRenderer
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_query import EVERY_LINE, LogQuery
from lambdatui.telemetry.weight import portions

TRANSACTION_CHARS = 4 * 1024 * 1024
"""More is written in several transactions, so that only little of it exists twice in memory."""

EVENTS_BEFORE = 1024
"""Among which the init that a request waited for is looked for."""

_SEQ_BITS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLine:
    """One line as CloudWatch shows it; ``request_id`` is None outside an invoke."""

    time_s: float
    function: FunctionName | None
    environment: EnvironmentId | None
    request_id: RequestId | None
    line: str


class History:
    """``run`` is the number of this engine's run; it is taken with the first event that is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unwritten = Unwritten()
        self._flushing = asyncio.Lock()
        self._mark: RunMark | None = None
        self.run: int | None = None
        self.progress = Progress()
        self.written_bytes = 0
        """About how much this engine has written."""

    @property
    def unwritten_chars(self) -> int:
        """How much was taken and is not on disk."""
        return self._unwritten.chars

    async def append(self, events: Sequence[TelemetryEvent]) -> None:
        """``take`` and ``flush``. Raises StoreError; then some may be on disk, and all can be appended again."""
        await self.take(events, self.flush)
        await self.flush()

    async def take(self, events: Sequence[TelemetryEvent], flush: Callable[[], Awaitable[None]]) -> None:
        """They will be on disk with the next flush; where they are many, ``flush`` is called for parts of them.

        They are encoded here, a few in each turn of the loop: on the store's thread, that would keep the interpreter
        from whatever invokes run, for as long as a whole batch takes.
        """
        rest = deque(portions(events, BATCH_EVENTS, BATCH_BYTES))
        try:
            while rest:
                self._unwritten.add(rest.popleft())
                if self._unwritten.chars >= TRANSACTION_CHARS:
                    await flush()
                elif rest:
                    await asyncio.sleep(0)
        except asyncio.CancelledError:
            while rest:
                self._unwritten.add(rest.popleft())
            raise

    async def flush(self) -> None:
        """Returns when all that was taken is on disk. Raises StoreError; then it is still there to be flushed.

        One that is cancelled is carried to its end before: nobody could tell afterwards what is on disk.
        """
        writing = asyncio.get_running_loop().create_task(self._flush())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    async def _flush(self) -> None:
        async with self._flushing:
            await self._write()

    async def _write(self) -> None:
        started_s, rows = self._unwritten.since_s, tuple(self._unwritten.rows)
        if started_s is None or not rows:
            return
        self.run = await self._database.write(lambda connection: self._append(connection, started_s, rows))
        self._unwritten.written(rows)
        self.written_bytes += sum(len(lines) for _, _, lines in rows)
        self.progress.advance(rows[-1][1])

    def _append(self, connection: sqlite3.Connection, started_s: float, rows: Sequence[Batch]) -> int:
        run = _append(connection, self.run, started_s, rows)
        if self._mark is None:
            # Where there can be no mark, a run that is killed is not told from one that ended well.
            with contextlib.suppress(OSError):
                self._mark = RunMark.take(self._database.path, run)
        return run

    def ended(self) -> None:
        """Nothing more will be appended: the run came to its end. Idempotent."""
        mark, self._mark = self._mark, None
        if mark is not None:
            mark.release()

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
        wanted = _Wanted(function, tuple(types))
        first, end = event_id(chosen, seq), event_id(chosen + 1, 0)
        return await self._database.read(lambda connection: _events(connection, first, end, wanted, limit))

    async def logs(
        self,
        *,
        function: str | None = None,
        request_id: str | None = None,
        query: LogQuery = EVERY_LINE,
        before_s: float | None = None,
        limit: int = 1000,
        renderer: LogRenderer | None = None,
    ) -> tuple[LoggedLine, ...]:
        """The newest log lines of all runs that match ``query``, oldest first. Raises StoreError.

        ``renderer`` knows the formats of the functions' logs; without it they are text. With ``request_id``: from the
        START of its first attempt on, only what belongs to it. With ``before_s``: not what was written after that.
        """
        wanted = _Wanted(function, EVER_LOGGED_TYPES, request_id, query, before_s)
        shown = renderer or LogRenderer()
        return await self._database.read(lambda connection: _newest_lines(connection, wanted, limit, shown))

    async def around(self, request_id: str) -> tuple[TelemetryEvent, ...]:
        """All events, of every request and environment, from a little before the first of this request to its last one,
        oldest first: what was prepared for it is among them. Raises StoreError.
        """
        return await self._database.read(lambda connection: _around(connection, request_id))

    async def runs(self) -> tuple[int, ...]:
        """The numbers of the runs that left something, oldest first."""
        query = "SELECT id FROM run ORDER BY id"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return tuple(run for (run,) in rows)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which events; empty parts leave the choice open."""

    function: str | None = None
    types: tuple[str, ...] = ()
    request_id: str | None = None
    query: LogQuery = EVERY_LINE
    before_s: float | None = None

    @property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """As they stand in a line: of each group it must have one. Looking for them spares most lines the parser."""
        groups = ((self.function,) if self.function else (), self.types, (self.request_id,) if self.request_id else ())
        return tuple(tuple(map(quote, group)) for group in groups if group)

    def includes(self, event: TelemetryEvent) -> bool:
        return (
            (self.function is None or event.function == self.function)
            and (not self.types or event.type in self.types)
            and (self.request_id is None or _request_of(event) == self.request_id)
            and (self.before_s is None or event.time_s <= self.before_s)
        )

    def includes_line(self, line: LoggedLine) -> bool:
        return self.query.matches_line(
            line.line, request_id=line.request_id, environment=line.environment, function=line.function
        )


def _append(connection: sqlite3.Connection, run: int | None, started_s: float, batches: Sequence[Batch]) -> int:
    if run is None:
        run = connection.execute("INSERT INTO run (started_s) VALUES (?)", (started_s,)).lastrowid
        assert run is not None
    rows: list[Row] = [(event_id(run, first), event_id(run, last), lines) for first, last, lines in batches]
    insert_rows(connection, "INSERT OR REPLACE INTO batch", rows)
    return run


def event_id(run: int, seq: int) -> int:
    """Runs follow each other, events of a run are in the order of the stream."""
    return (run << _SEQ_BITS) + seq


def run_of(event: int) -> int:
    """The inverse, for the run."""
    return event >> _SEQ_BITS


def _events(
    connection: sqlite3.Connection, first: int, end: int, wanted: _Wanted, limit: int
) -> tuple[TelemetryEvent, ...]:
    """Those after the event ``first``, oldest first."""
    condition, values = _holding(wanted)
    query = f"SELECT lines FROM batch WHERE id > ? AND id < ? AND last_id > ?{condition} ORDER BY id"
    least = first & (1 << _SEQ_BITS) - 1
    rows = connection.execute(query, (first - BATCH_EVENTS, end, first, *values))
    events = (event for (lines,) in rows for event in _chosen(lines.split("\n"), wanted) if event.seq > least)
    return tuple(islice(events, limit))


def _around(connection: sqlite3.Connection, request_id: str) -> tuple[TelemetryEvent, ...]:
    query = "SELECT min(id), max(id) FROM batch WHERE instr(lines, ?)"
    first, last = connection.execute(query, (quote(request_id),)).fetchone()
    if first is None:
        return ()
    start = max(first - EVENTS_BEFORE, event_id(first >> _SEQ_BITS, 0))
    before = "SELECT id, lines FROM batch WHERE id > ? AND id < ? AND last_id >= ? ORDER BY id"
    earlier = connection.execute(before, (start - BATCH_EVENTS, first, start)).fetchall()
    own = connection.execute(
        "SELECT id, lines FROM batch WHERE id >= ? AND id <= ? ORDER BY id", (first, last)
    ).fetchall()
    return tuple(read_line(line) for _, lines in (*earlier, *own) for line in lines.split("\n"))


def _newest_lines(
    connection: sqlite3.Connection, wanted: _Wanted, limit: int, renderer: LogRenderer
) -> tuple[LoggedLine, ...]:
    condition, values = _holding(wanted)
    lines: list[LoggedLine] = []
    started = 0
    for (text,) in connection.execute(f"SELECT lines FROM batch WHERE TRUE{condition} ORDER BY id DESC", values):
        for event in _chosen(reversed(text.split("\n")), wanted):
            logged = (_logged(event, line) for line in reversed(renderer.lines(event)))
            lines += filter(wanted.includes_line, logged)
            if isinstance(event.record, InvokeStart):
                started = len(lines)
        if len(lines) >= limit:
            break
    if wanted.request_id is not None and len(lines) < limit:
        del lines[started:]  # output before the request's first START belongs to an init
    return tuple(reversed(lines[:limit]))


def _holding(wanted: _Wanted) -> tuple[str, list[str]]:
    """The condition that a batch may hold what is wanted, with its values."""
    groups = wanted.words
    text = "".join(f" AND ({' OR '.join(['instr(lines, ?)'] * len(group))})" for group in groups)
    return text, [word for group in groups for word in group]


def _chosen(lines: Iterable[str], wanted: _Wanted) -> Iterator[TelemetryEvent]:
    groups = wanted.words
    for line in lines:
        if all(any(word in line for word in group) for group in groups):
            event = read_line(line)
            if wanted.includes(event):
                yield event


def _request_of(event: TelemetryEvent) -> RequestId | None:
    request_id: RequestId | None = getattr(event.record, "request_id", None)
    return request_id


def _logged(event: TelemetryEvent, line: str) -> LoggedLine:
    return LoggedLine(
        time_s=event.time_s,
        function=event.function,
        environment=event.environment,
        request_id=_request_of(event),
        line=line,
    )
