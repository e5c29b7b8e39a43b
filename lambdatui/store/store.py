"""What an engine keeps on disk: history, invocations, the queue. The only door to it; SQL stays behind it."""

from pathlib import Path

from lambdatui.lifecycle.async_events import AsyncEvent
from lambdatui.model.invocation import Invocation
from lambdatui.store.bodies import Bodies
from lambdatui.store.database import Database
from lambdatui.store.errors import StoreError
from lambdatui.store.history import History
from lambdatui.store.interrupted import Interrupted, take_interrupted
from lambdatui.store.invocations import Invocations
from lambdatui.store.queue import QueuedEvent, QueueTable, UnfinishedEvent
from lambdatui.store.retention import Retention, forget_old
from lambdatui.store.run_marks import left_behind

BATCHES_PER_PRUNING = 400


class Store:
    """Made with ``open``, let go of with ``aclose``. Never blocks the event loop."""

    def __init__(self, database: Database, bodies: Bodies, retention: Retention) -> None:
        self.history = History(database)
        self.invocations = Invocations(database, bodies)
        self._queue = QueueTable(database, bodies)
        self._database = database
        self._bodies = bodies
        self._retention = retention
        self._batches = 0
        self._pruned_at_bytes = 0

    @classmethod
    async def open(cls, path: Path, *, retention: Retention | None = None, claim: bool = True) -> "Store":
        """The store at ``path``, made where there is none; long payloads lie in ``blobs`` beside it.

        A file that is damaged or newer than this version is put aside and ``notices`` says so. Whoever only looks
        passes ``claim=False``, lest an engine that starts meanwhile finds its queue taken. Raises StoreError.
        """
        database = await Database.open(path, claim=claim)
        store = cls(database, Bodies(path.parent / "blobs"), retention or Retention())
        try:
            await store.forget_old()
        except BaseException:
            await database.aclose()
            raise
        return store

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for people about what had to be put aside when the store was opened."""
        return self._database.notices

    @property
    def owner(self) -> bool:
        """False where another living engine of the project has the same store open and takes care of its queue."""
        return self._database.owner

    async def accept(self, queued: QueuedEvent) -> None:
        """Returns when the event is on disk. Raises StoreError."""
        await self._queue.accept(queued)

    async def update(self, event: AsyncEvent) -> None:
        """Returns when the event's new state is on disk. Raises StoreError."""
        await self._queue.update(event)

    async def begin(self, event: AsyncEvent) -> Invocation | None:
        """Returns what was asked, when the event's new state is on disk; None where the payload is gone.

        Raises StoreError.
        """
        return await self._queue.begin(event)

    async def unfinished(self) -> tuple[UnfinishedEvent, ...]:
        """What an earlier engine left waiting or running, as it was written. Raises StoreError."""
        return await self._queue.unfinished()

    async def take_interrupted(self) -> tuple[Interrupted, ...]:
        """What engines that were killed left unfinished, once; left to the owner. Raises StoreError."""
        if not self.owner:
            return ()
        with left_behind(self._database.path) as runs:
            if not runs:
                return ()
            return await self._database.write(lambda connection: take_interrupted(connection, runs))

    async def forget_old(self) -> None:
        """Keep to the retention; left to the owner. Raises StoreError."""
        self._pruned_at_bytes = self._written_bytes
        if self.owner:
            await self._database.write(lambda connection: forget_old(connection, self._bodies, self._retention))

    async def forget_when_due(self) -> None:
        """To be called after each batch of events: ``forget_old`` often enough for the limits to hold."""
        self._batches += 1
        grown = self._written_bytes - self._pruned_at_bytes
        if grown >= self._retention.step_bytes or self._batches % BATCHES_PER_PRUNING == 0:
            await self.forget_old()

    def lost(self, error: StoreError) -> None:
        """Something will not be written any more: ``aclose`` says so."""
        self._database.lost(error)

    @property
    def _written_bytes(self) -> int:
        return self.history.written_bytes + self._bodies.written_bytes

    async def aclose(self) -> None:
        """Write what waits and close the file. Idempotent. Raises StoreError."""
        try:
            await self._database.aclose()
        finally:
            self.history.ended()
