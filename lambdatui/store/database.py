"""One connection on one thread of its own, and the way to it from the event loop.

Jobs are functions of the connection. Those that wait together are written in one transaction, so that a hundred
events accepted at once cost one commit. With WAL and ``synchronous = NORMAL`` a commit survives the death of the
process, not that of the machine.
"""

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lambdatui.store.errors import FileUnusable, StoreError
from lambdatui.store.opening import lock, open_database

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
# Any: each job has a result of its own type, which its future hands on
_Waiting = tuple[Job[Any], asyncio.Future[Any] | None]

_NICENESS = 10
WRITE_BEHIND_S = 0.1
"""How long ``post`` lets jobs gather: longer than the history gathers its events, so that they share transactions."""
BUSY_ITEMS = 64
"""After a transaction with as many gathered items, the next lets them gather for BUSY_WRITE_BEHIND_S; no longer than
WRITE_BEHIND_S once no more come.
"""
BUSY_WRITE_BEHIND_S = 0.6


class Gathered(Protocol):
    """Many small writes of one kind, which are one job. ``len`` says how many they are as yet."""

    taken: bool
    """They are on their way: nothing may be added any more."""

    def __len__(self) -> int: ...

    def write(self, connection: sqlite3.Connection) -> None:
        """The job; it may be done again, if its transaction failed."""


class Database:
    """Made with ``open``; every public method is for the event loop's thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.owner = False
        """Whether this process is the one that recovers the queue and forgets old history."""
        self.notices: tuple[str, ...] = ()
        """Sentences for people about what had to be put aside."""
        self._loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="lambdatui-store", initializer=_step_back)
        self._connection: sqlite3.Connection
        self._lock: int | None = None
        self._waiting: list[_Waiting] = []
        self._gathered: list[Gathered] = []
        """Of the jobs in ``_waiting``, those that still grow."""
        self._behind_s = WRITE_BEHIND_S
        self._in_flight = 0
        self._due = False
        self._behind: asyncio.TimerHandle | None = None
        self._lost: BaseException | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, claim: bool = True) -> "Database":
        """With ``claim``, become the owner if nobody is; without, only for as long as it takes to put a file aside that
        cannot be used. Raises StoreError.
        """
        database = cls(path)
        try:
            await database._loop.run_in_executor(database._executor, database._open, claim)
        except BaseException:
            database._executor.shutdown(wait=False)
            raise
        return database

    async def read(self, job: Job[T]) -> T:
        """The result of a query. Raises StoreError."""
        try:
            return await self._loop.run_in_executor(self._executor, lambda: job(self._connection))
        except sqlite3.Error as error:
            raise self._failure(error) from error

    async def write(self, job: Job[T]) -> T:
        """Returns when the transaction that holds ``job`` is committed. Raises StoreError."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((job, future))
        self._flush()
        return await future

    def post(self, job: Job[None]) -> None:
        """Write this with the next transaction, on a busy engine at the latest after BUSY_WRITE_BEHIND_S, on any other
        after WRITE_BEHIND_S; its failure shows at ``aclose``.
        """
        self._waiting.append((job, None))
        if self._behind is None:
            self._look_later(WRITE_BEHIND_S)

    def gather(self, gathered: Gathered) -> None:
        """``post`` for what goes on growing until it is taken."""
        self._gathered.append(gathered)
        self.post(gathered.write)

    async def settle(self) -> None:
        """Returns when what was posted before is on disk, or has failed."""
        if self._waiting or self._in_flight:
            await self.write(lambda _: None)

    async def aclose(self) -> None:
        """Write what waits and let go of the file. Idempotent. Raises StoreError when something was not written."""
        if self._closed:
            return
        self._closed = True
        try:
            while self._waiting or self._in_flight:
                await self.settle()
        finally:
            await self._loop.run_in_executor(self._executor, self._close)
            self._executor.shutdown()
        if self._lost is not None:
            raise self._lost

    def lost(self, error: Exception) -> None:
        """``aclose`` raises the first of them."""
        self._lost = self._lost or error

    def _look_later(self, waited_s: float) -> None:
        self._behind = self._loop.call_later(WRITE_BEHIND_S, self._look, self._gathered_items(), waited_s)

    def _look(self, items: int, waited_s: float) -> None:
        """``items`` there were, WRITE_BEHIND_S ago."""
        if waited_s < self._behind_s and self._gathered_items() > items:
            self._look_later(waited_s + WRITE_BEHIND_S)
        else:
            self._flush()

    def _gathered_items(self) -> int:
        return sum(map(len, self._gathered))

    def _flush(self) -> None:
        """What waits is due: it goes with the next transaction, now or right after the one that is on its way."""
        if self._behind is not None:
            self._behind.cancel()
            self._behind = None
        self._due = True
        self._begin()

    def _begin(self) -> None:
        """Only when due: what was merely posted during a transaction gathers on, or a busy engine would commit without
        a pause.
        """
        if self._due and self._waiting and not self._in_flight:
            self._due = False
            jobs, self._waiting = self._waiting, []
            busy = self._gathered_items() >= BUSY_ITEMS
            self._behind_s = BUSY_WRITE_BEHIND_S if busy else WRITE_BEHIND_S
            for gathered in self._gathered:
                gathered.taken = True
            self._gathered.clear()
            self._submit(jobs)

    def _submit(self, jobs: Sequence[_Waiting]) -> None:
        self._in_flight += 1
        work = self._executor.submit(self._transaction, [job for job, _ in jobs])
        work.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._deliver, jobs, done))

    def _deliver(self, jobs: Sequence[_Waiting], done: Future[list[Any]]) -> None:
        self._in_flight -= 1
        error = done.exception()
        if error is None:
            for (_, future), result in zip(jobs, done.result(), strict=True):
                if future is not None and not future.done():
                    future.set_result(result)
        elif len(jobs) > 1:
            for job in jobs:  # one at a time, so that only the faulty one fails
                self._submit([job])
        else:
            self._fail(jobs[0], error)
        self._begin()

    def _fail(self, job: _Waiting, error: BaseException) -> None:
        failure = self._failure(error) if isinstance(error, sqlite3.Error | OSError) else error
        _, future = job
        if future is None:
            self.lost(failure if isinstance(failure, Exception) else StoreError(str(failure), "retry"))
        elif not future.done():
            future.set_exception(failure)

    def _failure(self, error: sqlite3.Error | OSError) -> StoreError:
        hint = "check that the disk is not full; if the file is damaged, move it away and start again"
        return StoreError(f"cannot use the history {self.path}: {error}", hint)

    # On the store's thread

    def _open(self, claim: bool) -> None:
        if claim:
            self._open_as_owner_if_free()
            return
        try:
            self._connection = open_database(self.path, owner=False).connection
        except FileUnusable:
            self._open_as_owner_if_free()
            self._unlock()
            self.owner = False

    def _open_as_owner_if_free(self) -> None:
        self._lock = lock(self.path)
        self.owner = self._lock is not None
        try:
            opened = open_database(self.path, owner=self.owner)
        except BaseException:
            self._unlock()
            raise
        self._connection, self.notices = opened.connection, opened.notices

    def _transaction(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job(self._connection) for job in jobs]
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise
        return results

    def _close(self) -> None:
        self._connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _step_back() -> None:
    """Whoever is waited for, a function or its caller, has the processor first."""
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
