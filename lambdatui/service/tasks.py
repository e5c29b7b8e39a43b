"""The owner of every task. Anything that must run beside something else asks ``spawn``; nobody else makes tasks."""

import asyncio
import logging
from collections.abc import Coroutine

from lambdatui.store.errors import StoreError

_log = logging.getLogger(__name__)


class Tasks:
    """On the way out: first ``cancel_background``, last ``join``."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._background: set[asyncio.Task[None]] = set()

    def spawn(self, name: str, work: Coroutine[None, None, None], *, background: bool = False) -> asyncio.Task[None]:
        """``name`` says what it does for whom, e.g. ``environment:orders-api/e1``. A background task has no end of its
        own and is cancelled first when the engine stops. A crash is logged and stays inside its task.
        """
        task = asyncio.get_running_loop().create_task(self._supervised(name, work), name=name)
        kept = self._background if background else self._running
        kept.add(task)
        task.add_done_callback(kept.discard)
        task.add_done_callback(lambda _: work.close())  # cancelled before its first step, nobody would have begun it
        return task

    async def cancel_background(self) -> None:
        doomed = tuple(self._background)
        for task in doomed:
            task.cancel()
        if doomed:
            await asyncio.wait(doomed)

    async def join(self) -> None:
        """Wait until every task that has an end of its own has come to it."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    async def _supervised(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except StoreError as error:  # told to people by whoever closes the store
            _log.info("%s ended early: %s", name, error)
        except Exception:  # noqa: BLE001 - supervision: a crash stays in its task
            _log.exception("%s crashed: this is a bug in lambdatui", name)
