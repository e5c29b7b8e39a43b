"""The rows of invocations: one for each, whenever its answer comes. Blocking; on the store's thread alone.

What is secret by its name is hidden before it is written. No index is kept for anything: request ids are random, and
each would have a page of an index written for itself. Whoever looks for one reads the beginnings of all rows, of which
there are only so many as history is kept.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.store.bodies import Bodies
from lambdatui.store.rows import Row, insert_rows
from lambdatui.telemetry.payload_redaction import hide_secrets

Call = tuple[Invocation, str, float, str | None]
"""With its text from ``write_call``, when it was accepted, and the name of the sample that it was made of."""
Answer = tuple[InvokeResult | str, float]
"""What came of it, or the error type of whoever refused it; and when."""

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
        accepted = {call[0].request_id for call in calls}
        late = [request_id for request_id in answers if request_id not in accepted]
        if late:
            self._write_late(connection, late, answers)

    def _rows(self, calls: Iterable[Call], answers: Mapping[RequestId, Answer], first: int) -> Iterator[Row]:
        for row_id, (invocation, call, accepted_s, sample) in enumerate(calls, first):
            request_id = invocation.request_id
            answer = answers.get(request_id)
            if answer is None:
                self._remember(request_id, row_id)
            body, file = self._bodies.put(hide_secrets(invocation.payload))
            row = (row_id, request_id, invocation.function, accepted_s, sample, call, body, file)
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
        result, answered_s = answer
        if isinstance(result, str):
            return answered_s, None, result, None, None
        body, file = self._bodies.put(hide_secrets(result.payload))
        return answered_s, result.function_error, result.error_type, body, file


def _last_id(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(id) FROM invocation").fetchone()
    return int(last or 0)


def _find_rows(connection: sqlite3.Connection, request_ids: Sequence[RequestId]) -> dict[RequestId, int]:
    query = "SELECT request_id, id FROM invocation WHERE request_id IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(query, (json.dumps(request_ids),)).fetchall())
