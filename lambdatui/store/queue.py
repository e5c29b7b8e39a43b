"""The queue of asynchronous events on disk. What becomes of an event is decided elsewhere; here it is written down.

What was asked, with the payload, is here and nowhere else while an event waits.
"""

import sqlite3
from dataclasses import dataclass

from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.store.bodies import Bodies, BodyLost
from lambdatui.store.calls import read_call, write_call
from lambdatui.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEvent:
    """What was asked, and where it stands."""

    invocation: Invocation
    event: AsyncEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedEvent:
    """Whose it is, and where it stands."""

    function: FunctionName
    event: AsyncEvent


class QueueTable:
    def __init__(self, database: Database, bodies: Bodies) -> None:
        self._database = database
        self._bodies = bodies

    async def accept(self, queued: QueuedEvent) -> None:
        """Returns when the event is on disk. An event with the same request id is replaced. Raises StoreError."""
        await self._database.write(lambda connection: self._insert(connection, queued))

    async def update(self, event: AsyncEvent) -> None:
        """Returns when it is on disk. Raises StoreError."""
        await self._database.write(lambda connection: _update(connection, event))

    async def begin(self, event: AsyncEvent) -> Invocation | None:
        """Returns what was asked, when the event's new state is on disk; None where the payload is gone.

        Raises StoreError.
        """
        return await self._database.write(lambda connection: self._begin(connection, event))

    async def unfinished(self) -> tuple[UnfinishedEvent, ...]:
        """What an earlier engine left waiting or running, as it was written, oldest first. Raises StoreError.

        Nothing while another process owns the queue.
        """
        if not self._database.owner:
            return ()
        return await self._database.read(_unfinished)

    def _insert(self, connection: sqlite3.Connection, queued: QueuedEvent) -> None:
        invocation, event = queued.invocation, queued.event
        body, file = self._bodies.put(invocation.payload)
        connection.execute(
            "INSERT OR REPLACE INTO queued (request_id, function, accepted_s, state, due_s, attempts, throttles,"
            " error_type, call, payload, payload_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.request_id,
                invocation.function,
                event.queued_s,
                event.state,
                event.due_s,
                event.attempts,
                event.throttles,
                event.error_type,
                write_call(invocation),
                body,
                file,
            ),
        )

    def _begin(self, connection: sqlite3.Connection, event: AsyncEvent) -> Invocation | None:
        _update(connection, event)
        query = "SELECT function, call, payload, payload_file FROM queued WHERE request_id = ?"
        row = connection.execute(query, (event.request_id,)).fetchone()
        if row is None:
            return None
        function, call, body, file = row
        try:
            payload = self._bodies.get(body, file) or b""
        except BodyLost:
            return None
        return read_call(call, request_id=event.request_id, function=function, payload=payload)


def _unfinished(connection: sqlite3.Connection) -> tuple[UnfinishedEvent, ...]:
    rows = connection.execute(
        "SELECT function, request_id, state, accepted_s, due_s, attempts, throttles, error_type"
        " FROM queued WHERE state IN ('waiting', 'running') ORDER BY id"
    )
    return tuple(_unfinished_event(*row) for row in rows)


def _unfinished_event(
    function: str,
    request_id: str,
    state: str,
    accepted_s: float,
    due_s: float,
    attempts: int,
    throttles: int,
    error_type: str | None,
) -> UnfinishedEvent:
    event = AsyncEvent(
        request_id=RequestId(request_id),
        state=EventState(state),
        queued_s=accepted_s,
        due_s=due_s,
        attempts=attempts,
        throttles=throttles,
        error_type=error_type,
    )
    return UnfinishedEvent(function=FunctionName(function), event=event)


def _update(connection: sqlite3.Connection, event: AsyncEvent) -> None:
    connection.execute(
        "UPDATE queued SET state = ?, due_s = ?, attempts = ?, throttles = ?, error_type = ? WHERE request_id = ?",
        (event.state, event.due_s, event.attempts, event.throttles, event.error_type, event.request_id),
    )
