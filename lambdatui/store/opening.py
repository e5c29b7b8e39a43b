"""Opens the database file: makes it, brings it up to date, or puts aside what cannot be used. Blocking.

Nothing is ever deleted here: a file that is damaged, or written by a newer version, keeps its content under a new name
and people are told. Only the store that owns the file does so; see ``lock``.
"""

import fcntl
import os
import sqlite3
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lambdatui.store.errors import FileUnusable, StoreError
from lambdatui.store.schema import MIGRATIONS

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """``notices`` are sentences for people about what had to be put aside."""

    connection: sqlite3.Connection
    notices: tuple[str, ...] = ()


def lock(path: Path) -> int | None:
    """Become the owner of the file until this descriptor is closed or the process is gone, however it ends.

    None where another process is the owner: it alone recovers the queue, forgets old history and puts files aside.
    Raises StoreError where nothing can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot_open(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def open_database(path: Path, *, owner: bool) -> Opened:
    """Raises StoreError when there can be no database at ``path``, FileUnusable where only an owner could make one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Opened(connection=_connect(path))
    except _Unusable as unusable:
        if not owner:
            hint = "stop the engine that uses it, if one runs, and start it again: it puts such a file aside"
            raise FileUnusable(f"{path} {unusable}", hint) from unusable
        kept = _put_aside(path, unusable.suffix)
        notice = f"{path} {unusable}. It is kept as {kept.name}, and a new history begins."
        return Opened(connection=_connect(path), notices=(notice,))
    except (sqlite3.Error, OSError) as error:
        raise _cannot_open(path, error) from error


def _cannot_open(path: Path, error: Exception) -> StoreError:
    return StoreError(f"cannot open the history {path}: {error}", "make the directory writable, or move the file away")


class _Unusable(Exception):
    def __init__(self, message: str, suffix: str) -> None:
        super().__init__(message)
        self.suffix = suffix


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=True)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # Some builds of SQLite write zeros over every page that becomes free: forgetting took seven times as long.
        connection.execute("PRAGMA secure_delete = FAST")
        _migrate(connection)
        _try_out(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
            raise _Unusable(f"is damaged ({error})", "damaged") from error
        raise
    except _Unusable:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    done = _version(connection)  # another process may have been faster
    if done > len(MIGRATIONS):
        raise _Unusable("was written by a newer version of lambdatui", f"version-{done}")
    for statement in chain.from_iterable(MIGRATIONS[done:]):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _try_out(connection: sqlite3.Connection) -> None:
    """Touch every table, so that damage shows now rather than at the first write."""
    for table in ("run", "batch", "invocation", "queued"):
        connection.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1").fetchone()


def _put_aside(path: Path, suffix: str) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.name}.{suffix}-{number}")).exists():
        number += 1
    for companion in ("-wal", "-shm"):
        beside = path.with_name(path.name + companion)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + companion))
    path.rename(kept)
    return kept
