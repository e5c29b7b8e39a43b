"""The rows of invocations: one for each, whenever its answer comes. Blocking; on the store's thread alone.

What is secret by its name is hidden before it is written. No index is kept for anything: request ids are random, and
each would have a page of an index written for itself. Whoever looks for one reads the beginnings of all rows, of which
there are only so many as history is kept.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.store.bodies import Bodies
from lambdatui.store.rows import Row, insert_rows
from lambdatui.telemetry.payload_redaction import hide_secrets

Call = tuple[RequestId, FunctionName, float, str | None, str, bytes]
"""Whose it is, when it was accepted, the name of the sample that it was made of, what ``write_call`` says, its payload.

Plain texts and numbers, as in an answer: thousands of them wait on a busy engine, and the collector of garbage has
nothing to look at. The Invocation itself takes twice the memory.
"""
Answer = tuple[float, str | None, str | None, bytes | None]
"""When it came, the header that says it is an error, its error type, and the response, which no refusal has."""

MOST_OPEN = 10_000
"""So many rows that wait for an answer are remembered; those of others are looked for."""

_CALL = "id, request_id, function, accepted_s, sample, call, payload, payload_file"
_ANSWER = "answered_s, function_error, error_type, response, response_file"
_INSERT = f"INSERT INTO invocation ({_CALL}, {_ANSWER})"
_UPDATE = f"UPDATE invocation SET ({_ANSWER}) = (?, ?, ?, ?, ?) WHERE id = ? AND request_id = ?"
_NO_ANSWER: Row = (None, None, None, None, None)


class InvocationTable:
    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._open: dict[RequestId, int] = {}
        """Rows that have no answer yet, the oldest first. After a transaction that failed some are not there."""

    def write(self, connection: sqlite3.Connection, calls: Sequence[Call], answers: Mapping[RequestId, Answer]) -> None:
        """Within a transaction. Most invocations are answered within the one that they come with: a row at once."""
        insert_rows(connection, _INSERT, self._rows(calls, answers, _last_id(connection) + 1))
        accepted = {request_id for request_id, *_ in calls}
        late = [request_id for request_id in answers if request_id not in accepted]
        if late:
            self._write_late(connection, late, answers)

    def _rows(self, calls: Iterable[Call], answers: Mapping[RequestId, Answer], first: int) -> Iterator[Row]:
        for row_id, (request_id, function, accepted_s, sample, call, payload) in enumerate(calls, first):
            answer = answers.get(request_id)
            if answer is None:
                self._remember(request_id, row_id)
            body, file = self._bodies.put(hide_secrets(payload))
            row = (row_id, request_id, function, accepted_s, sample, call, body, file)
            yield row + (_NO_ANSWER if answer is None else self._answer(answer))

    def _remember(self, request_id: RequestId, row_id: int) -> None:
        self._open[request_id] = row_id
        if len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]

    def _write_late(
        self, connection: sqlite3.Connection, request_ids: Sequence[RequestId], answers: Mapping[RequestId, Answer]
    ) -> None:
        """Answers whose rows came with an earlier transaction, of an earlier engine even, or are forgotten already."""
        found = {request_id: self._open.pop(request_id, None) for request_id in request_ids}
        unknown = [request_id for request_id, row_id in found.items() if row_id is None]
        found |= _find_rows(connection, unknown) if unknown else {}
        for request_id, row_id in found.items():
            if row_id is not None:
                connection.execute(_UPDATE, (*self._answer(answers[request_id]), row_id, request_id))

    def _answer(self, answer: Answer) -> Row:
        answered_s, function_error, error_type, response = answer
        body, file = self._bodies.put(None if response is None else hide_secrets(response))
        return answered_s, function_error, error_type, body, file


def _last_id(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(id) FROM invocation").fetchone()
    return int(last or 0)


def _find_rows(connection: sqlite3.Connection, request_ids: Sequence[RequestId]) -> dict[RequestId, int]:
    query = "SELECT request_id, id FROM invocation WHERE request_id IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(query, (json.dumps(request_ids),)).fetchall())
