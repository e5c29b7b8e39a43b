"""How much of the past is kept, and how the rest is forgotten. Blocking; runs as a job of the database."""

import sqlite3
from dataclasses import dataclass

from lambdatui.store.bodies import Bodies
from lambdatui.store.history import event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The newest of each kind are kept, within ``max_bytes`` of database and payload files together.

    Asynchronous events that wait are never forgotten, whatever their size.
    """

    max_events: int = 200_000
    max_invocations: int = 10_000
    max_finished_events: int = 1_000
    max_bytes: int = 512 * 1024 * 1024

    @property
    def step_bytes(self) -> int:
        """So much may be written between two times of forgetting, which leave room for it."""
        return self.max_bytes // 32


def forget_old(connection: sqlite3.Connection, bodies: Bodies, keep: Retention) -> None:
    """Remove what ``keep`` does not cover. Freed pages are used again; the file does not shrink."""
    events, invocations = keep.max_events, keep.max_invocations
    _cut(connection, events, invocations, keep.max_finished_events)
    _remove_unused_files(connection, bodies)
    while _size_bytes(connection) + bodies.size_bytes() > keep.max_bytes - 2 * keep.step_bytes and (
        events or invocations
    ):
        events, invocations = min(events, _count_events(connection)) // 2, min(invocations, _count(connection)) // 2
        _cut(connection, events, invocations, keep.max_finished_events)
        _remove_unused_files(connection, bodies)


def _remove_unused_files(connection: sqlite3.Connection, bodies: Bodies) -> None:
    if bodies.size_bytes():  # mostly there are none, and no row has to be looked at
        bodies.keep_only(_used_files(connection))


def _cut(connection: sqlite3.Connection, events: int, invocations: int, finished: int) -> None:
    # A batch goes as a whole, with the first of its events that has to go.
    connection.execute("DELETE FROM batch WHERE id < ?", (_first_kept_event(connection, events),))
    connection.execute(
        "DELETE FROM run WHERE id < (SELECT max(id) FROM run)"
        " AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id > run.id << 40 AND batch.id < (run.id + 1) << 40)"
    )
    connection.execute(
        "DELETE FROM invocation WHERE id <= (SELECT id FROM invocation ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (invocations,),
    )
    connection.execute(
        "DELETE FROM queued WHERE state NOT IN ('waiting', 'running') AND id <="
        " (SELECT id FROM queued WHERE state NOT IN ('waiting', 'running') ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (finished,),
    )


def _first_kept_event(connection: sqlite3.Connection, keep: int) -> int:
    """Events of a run are numbered without gaps, so runs can be counted by their ends instead of row by row."""
    for first, last in reversed(_runs(connection)):
        held = last - first + 1
        if held > keep:
            return last - keep + 1
        keep -= held
    return 0


def _count_events(connection: sqlite3.Connection) -> int:
    return sum(last - first + 1 for first, last in _runs(connection))


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM invocation").fetchone()
    return int(count)


def _runs(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """First and last event of every run that has events, oldest first."""
    runs = []
    for (run,) in connection.execute("SELECT id FROM run ORDER BY id").fetchall():
        bounds = (event_id(run, 0), event_id(run + 1, 0))
        (first,) = connection.execute("SELECT min(id) FROM batch WHERE id > ? AND id < ?", bounds).fetchone()
        if first is not None:
            newest = "SELECT last_id FROM batch WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1"
            runs.append((first, connection.execute(newest, bounds).fetchone()[0]))
    return runs


def _used_files(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT payload_file FROM invocation WHERE payload_file IS NOT NULL"
        " UNION SELECT response_file FROM invocation WHERE response_file IS NOT NULL"
        " UNION SELECT payload_file FROM queued WHERE payload_file IS NOT NULL"
    )
    return [name for (name,) in rows]


def _size_bytes(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page_bytes)
