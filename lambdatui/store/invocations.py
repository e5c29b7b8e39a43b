"""Invocations with their payloads and answers, so that they can be looked at and run again. Written behind."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.store.bodies import Bodies
from lambdatui.store.calls import read_call, write_call
from lambdatui.store.database import Database
from lambdatui.store.rows import Row, insert_rows

_CALL = "request_id, function, accepted_s, sample, call, payload, payload_file"
_ANSWER = "answered_s, function_error, error_type, response, response_file"
_HEAD = "request_id, function, accepted_s, sample, answered_s, function_error, error_type"
_Head = tuple[str, str, float, str | None, float | None, str | None, str | None]


class _Accepted(NamedTuple):
    invocation: Invocation
    call: str
    accepted_s: float
    sample: str | None


class _Answered(NamedTuple):
    request_id: RequestId
    result: InvokeResult
    answered_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationHead:
    """One row of a list. ``answered_s`` is None while nobody answered, for an asynchronous one for ever."""

    request_id: RequestId
    function: FunctionName
    accepted_s: float
    sample: str | None
    answered_s: float | None
    function_error: str | None
    error_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInvocation:
    """All of one invocation; ``response`` is None while nobody answered."""

    head: InvocationHead
    invocation: Invocation
    response: bytes | None


class Invocations:
    """``accepted`` and ``answered`` return at once; what they say is on disk within a tenth of a second."""

    def __init__(self, database: Database, bodies: Bodies) -> None:
        self._database = database
        self._bodies = bodies

    def accepted(self, invocation: Invocation, *, accepted_s: float, sample: str | None = None) -> None:
        self._database.gather(self._write, _Accepted(invocation, write_call(invocation), accepted_s, sample))

    def answered(self, request_id: RequestId, result: InvokeResult, *, answered_s: float) -> None:
        self._database.gather(self._write, _Answered(request_id, result, answered_s))

    async def get(self, request_id: str) -> StoredInvocation | None:
        """Raises StoreError, BodyLost."""
        query = f"SELECT {_HEAD}, call, payload, payload_file, response, response_file FROM invocation"
        row = await self._database.read(
            lambda connection: connection.execute(f"{query} WHERE request_id = ?", (request_id,)).fetchone()
        )
        if row is None:
            return None
        *head, call, payload, payload_file, response, response_file = row
        return await self._database.read(
            lambda _: StoredInvocation(
                head=_head(*head),
                invocation=read_call(call, self._bodies.get(payload, payload_file) or b""),
                response=self._bodies.get(response, response_file),
            )
        )

    async def recent(self, *, function: str | None = None, limit: int = 100) -> tuple[InvocationHead, ...]:
        """The newest first, without their payloads. Raises StoreError."""
        condition, values = ("", []) if function is None else ("WHERE function = ?", [function])
        query = f"SELECT {_HEAD} FROM invocation {condition} ORDER BY id DESC LIMIT ?"
        rows = await self._database.read(lambda connection: connection.execute(query, (*values, limit)).fetchall())
        return tuple(_head(*row) for row in rows)

    def _write(self, connection: sqlite3.Connection, items: Sequence[_Accepted | _Answered]) -> None:
        """Most invocations are answered within the same transaction and are one row at once."""
        answers = {item.request_id: item for item in items if isinstance(item, _Answered)}
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
        body, file = self._bodies.put(invocation.payload)
        return invocation.request_id, invocation.function, item.accepted_s, item.sample, item.call, body, file

    def _answer(self, item: _Answered | None) -> Row:
        if item is None:
            return None, None, None, None, None
        body, file = self._bodies.put(item.result.payload)
        return item.answered_s, item.result.function_error, item.result.error_type, body, file


def _head(
    request_id: str,
    function: str,
    accepted_s: float,
    sample: str | None,
    answered_s: float | None,
    function_error: str | None,
    error_type: str | None,
) -> InvocationHead:
    return InvocationHead(
        request_id=RequestId(request_id),
        function=FunctionName(function),
        accepted_s=accepted_s,
        sample=sample,
        answered_s=answered_s,
        function_error=function_error,
        error_type=error_type,
    )
