"""The queue of asynchronous events on disk. What becomes of an event is decided elsewhere; here it is written down."""

import sqlite3
from dataclasses import dataclass, replace

from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.model.invocation import Invocation
from lambdatui.store.bodies import Bodies, BodyLost
from lambdatui.store.calls import read_call, write_call
from lambdatui.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEvent:
    """What was asked, and where it stands."""

    invocation: Invocation
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

    async def load_unfinished(self) -> tuple[QueuedEvent, ...]:
        """What an earlier engine left waiting or running, as it was written, oldest first.

        Nothing while another process owns the queue. An event whose payload file is gone cannot run: it is marked as
        failed, with the error type PayloadLost.
        """
        if not self._database.owner:
            return ()
        return await self._database.write(self._load)

    def _insert(self, connection: sqlite3.Connection, queued: QueuedEvent) -> None:
        invocation, event = queued.invocation, queued.event
        body, file = self._bodies.put(invocation.payload)
        connection.execute(
            "INSERT OR REPLACE INTO queued (request_id, function, accepted_s, state, due_s, attempts, throttles,"
            " error_type, call, payload, payload_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.request_id,
                invocation.function,
                event.due_s,
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

    def _load(self, connection: sqlite3.Connection) -> tuple[QueuedEvent, ...]:
        rows = connection.execute(
            "SELECT request_id, state, due_s, attempts, throttles, error_type, call, payload, payload_file"
            " FROM queued WHERE state IN ('waiting', 'running') ORDER BY id"
        ).fetchall()
        found = []
        for request_id, state, due_s, attempts, throttles, error_type, call, body, file in rows:
            event = AsyncEvent(
                request_id=request_id,
                state=EventState(state),
                due_s=due_s,
                attempts=attempts,
                throttles=throttles,
                error_type=error_type,
            )
            try:
                payload = self._bodies.get(body, file) or b""
            except BodyLost:
                _update(connection, replace(event, state=EventState.FAILED, error_type="PayloadLost"))
                continue
            found.append(QueuedEvent(invocation=read_call(call, payload), event=event))
        return tuple(found)


def _update(connection: sqlite3.Connection, event: AsyncEvent) -> None:
    connection.execute(
        "UPDATE queued SET state = ?, due_s = ?, attempts = ?, throttles = ?, error_type = ? WHERE request_id = ?",
        (event.state, event.due_s, event.attempts, event.throttles, event.error_type, event.request_id),
    )
