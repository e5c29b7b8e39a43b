"""Invocations with their payloads and answers, so that they can be looked at and run again. Written behind.

What is secret by its name is hidden before it is written.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from lambdatui.model.history import HistoryQuery, InvocationDetail, InvocationSummary, RanOn
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.store.bodies import Bodies
from lambdatui.store.calls import read_call, write_call
from lambdatui.store.configurations import find_configuration
from lambdatui.store.database import Database
from lambdatui.store.reports import Reported, find_reports
from lambdatui.store.rows import Row, insert_rows
from lambdatui.store.summaries import COLUMNS, Head, find_summaries, summary_of
from lambdatui.telemetry.payload_redaction import hide_secrets

_CALL = "request_id, function, accepted_s, sample, call, payload, payload_file"
_ANSWER = "answered_s, function_error, error_type, response, response_file"


class _Accepted(NamedTuple):
    invocation: Invocation
    call: str
    accepted_s: float
    sample: str | None


class _Answered(NamedTuple):
    request_id: RequestId
    result: InvokeResult
    answered_s: float


class _Refused(NamedTuple):
    request_id: RequestId
    error_type: str
    refused_s: float


class Invocations:
    """``accepted``, ``answered`` and ``refused`` return at once; what they say is on disk within a tenth of a second,
    on a busy engine within six.
    """

    def __init__(self, database: Database, bodies: Bodies) -> None:
        self._database = database
        self._bodies = bodies

    def accepted(self, invocation: Invocation, *, accepted_s: float, sample: str | None = None) -> None:
        self._database.gather(self._write, _Accepted(invocation, write_call(invocation), accepted_s, sample))

    def answered(self, request_id: RequestId, result: InvokeResult, *, answered_s: float) -> None:
        self._database.gather(self._write, _Answered(request_id, result, answered_s))

    def refused(self, request_id: RequestId, error_type: str, *, refused_s: float) -> None:
        """No environment will ever take it; ``error_type`` is the service's exception, or why an event is given up."""
        self._database.gather(self._write, _Refused(request_id, error_type, refused_s))

    async def get(self, request_id: str) -> InvocationDetail | None:
        """Everything but its logs; its whole id, or a beginning that only one has. Raises StoreError, BodyLost."""
        await self._database.settle()
        return await self._database.read(lambda connection: self._get(connection, request_id))

    async def find(self, query: HistoryQuery, *, limit: int = 100) -> tuple[InvocationSummary, ...]:
        """The newest first, without their payloads. Raises StoreError."""
        await self._database.settle()
        return await self._database.read(lambda connection: find_summaries(connection, query, limit))

    def _get(self, connection: sqlite3.Connection, request_id: str) -> InvocationDetail | None:
        query = f"SELECT {COLUMNS}, call, payload, payload_file, response, response_file FROM invocation"
        # Every character that can follow in an id sorts before this one.
        bounds = (request_id, request_id + "~")
        rows = connection.execute(f"{query} WHERE request_id >= ? AND request_id < ? LIMIT 2", bounds).fetchall()
        if len(rows) != 1:
            return None
        *columns, call, payload, payload_file, response, response_file = rows[0]
        head = Head(*columns)
        reported = find_reports(connection, [head.request_id], head.accepted_s).get(head.request_id)
        return InvocationDetail(
            summary=summary_of(head, reported),
            ran_on=None if reported is None else _ran_on(connection, reported),
            invocation=read_call(call, self._bodies.get(payload, payload_file) or b""),
            response=self._bodies.get(response, response_file),
        )

    def _write(self, connection: sqlite3.Connection, items: Sequence[_Accepted | _Answered | _Refused]) -> None:
        """Most invocations are answered within the same transaction and are one row at once."""
        answers = {item.request_id: item for item in items if not isinstance(item, _Accepted)}
        rows = [
            (*self._call(item), *self._answer(answers.pop(item.invocation.request_id, None)))
            for item in items
            if isinstance(item, _Accepted)
        ]
        insert_rows(connection, f"INSERT OR REPLACE INTO invocation ({_CALL}, {_ANSWER})", rows)
        for request_id, answered in answers.items():
            connection.execute(
                f"UPDATE invocation SET ({_ANSWER}) = (?, ?, ?, ?, ?) WHERE request_id = ?",
                (*self._answer(answered), request_id),
            )

    def _call(self, item: _Accepted) -> Row:
        invocation = item.invocation
        body, file = self._bodies.put(hide_secrets(invocation.payload))
        return invocation.request_id, invocation.function, item.accepted_s, item.sample, item.call, body, file

    def _answer(self, item: _Answered | _Refused | None) -> Row:
        if item is None:
            return None, None, None, None, None
        if isinstance(item, _Refused):
            return item.refused_s, None, item.error_type, None, None
        body, file = self._bodies.put(hide_secrets(item.result.payload))
        return item.answered_s, item.result.function_error, item.result.error_type, body, file


def _ran_on(connection: sqlite3.Connection, reported: Reported) -> RanOn | None:
    environment = reported.environment
    return None if environment is None else find_configuration(connection, reported.run, environment)
