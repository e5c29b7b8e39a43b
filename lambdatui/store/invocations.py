"""Invocations with their payloads and answers, so that they can be looked at and run again. Written behind."""

import sqlite3
from typing import Any

from lambdatui.model.history import HistoryQuery, InvocationDetail, InvocationSummary, RanOn
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.store.bodies import Bodies
from lambdatui.store.calls import read_call, write_call
from lambdatui.store.configurations import find_configuration
from lambdatui.store.database import Database
from lambdatui.store.invocation_table import Answer, Call, InvocationTable
from lambdatui.store.reports import Reported, find_reports
from lambdatui.store.summaries import COLUMNS, Head, find_summaries, summary_of

# Any: columns of several types
_Columns = tuple[Any, ...]
_DETAIL = f"SELECT {COLUMNS}, call, payload, payload_file, response, response_file FROM invocation"


class _Gathered:
    """What goes with the next transaction."""

    __slots__ = ("_table", "answers", "calls", "taken")

    def __init__(self, table: InvocationTable) -> None:
        self._table = table
        self.calls: list[Call] = []
        self.answers: dict[RequestId, Answer] = {}
        self.taken = False

    def __len__(self) -> int:
        return len(self.calls) + len(self.answers)

    def write(self, connection: sqlite3.Connection) -> None:
        self._table.write(connection, self.calls, self.answers)


class Invocations:
    """``accepted``, ``answered`` and ``refused`` return at once; what they say is on disk within a tenth of a second,
    on a busy engine within six.
    """

    def __init__(self, database: Database, bodies: Bodies) -> None:
        self._database = database
        self._bodies = bodies
        self._table = InvocationTable(bodies)
        self._gathered = _Gathered(self._table)
        self._gathered.taken = True

    def accepted(self, invocation: Invocation, *, accepted_s: float, sample: str | None = None) -> None:
        """Once for each request."""
        gathered = self._gathered
        if gathered.taken:
            gathered = self._gather()
        call = write_call(invocation)
        gathered.calls.append(
            (invocation.request_id, invocation.function, accepted_s, sample, call, invocation.payload)
        )

    def answered(self, request_id: RequestId, result: InvokeResult, *, answered_s: float) -> None:
        """The last answer counts: each attempt of an event has one."""
        gathered = self._gathered
        if gathered.taken:
            gathered = self._gather()
        gathered.answers[request_id] = answered_s, result.function_error, result.error_type, result.payload

    def refused(self, request_id: RequestId, error_type: str, *, refused_s: float) -> None:
        """No environment will ever take it; ``error_type`` is the service's exception, or why an event is given up."""
        gathered = self._gathered
        if gathered.taken:
            gathered = self._gather()
        gathered.answers[request_id] = refused_s, None, error_type, None

    async def get(self, request_id: str) -> InvocationDetail | None:
        """Everything but its logs; its whole id, or a beginning that only one has. Raises StoreError, BodyLost."""
        await self._database.settle()
        return await self._database.read(lambda connection: self._get(connection, request_id))

    async def find(self, query: HistoryQuery, *, limit: int = 100) -> tuple[InvocationSummary, ...]:
        """The newest first, without their payloads. Raises StoreError."""
        await self._database.settle()
        return await self._database.read(lambda connection: find_summaries(connection, query, limit))

    def _gather(self) -> _Gathered:
        self._gathered = _Gathered(self._table)
        self._database.gather(self._gathered)
        return self._gathered

    def _get(self, connection: sqlite3.Connection, request_id: str) -> InvocationDetail | None:
        row = _find_row(connection, request_id)
        if row is None:
            return None
        *columns, call, payload, payload_file, response, response_file = row
        head = Head(*columns)
        reported = find_reports(connection, [head.request_id], head.accepted_s).get(head.request_id)
        body = self._bodies.get(payload, payload_file) or b""
        return InvocationDetail(
            summary=summary_of(head, reported),
            ran_on=None if reported is None else _ran_on(connection, reported),
            invocation=read_call(call, request_id=head.request_id, function=head.function, payload=body),
            response=self._bodies.get(response, response_file),
        )


def _find_row(connection: sqlite3.Connection, request_id: str) -> _Columns | None:
    """Of the whole id, or of its beginning where only one has it. Whoever has a whole id mostly has a recent one."""
    newest = f"{_DETAIL} WHERE request_id = ? ORDER BY id DESC LIMIT 1"
    row: _Columns | None = connection.execute(newest, (request_id,)).fetchone()
    if row is not None:
        return row
    # Every character that can follow in an id sorts before this one.
    bounds = (request_id, request_id + "~")
    rows = connection.execute(f"{_DETAIL} WHERE request_id >= ? AND request_id < ? LIMIT 2", bounds).fetchall()
    return rows[0] if len(rows) == 1 else None


def _ran_on(connection: sqlite3.Connection, reported: Reported) -> RanOn | None:
    environment = reported.environment
    return None if environment is None else find_configuration(connection, reported.run, environment)
