"""One timer for all environments that run: looks after limits that need looking at, and sleeps while all are frozen."""

import asyncio
import logging
from typing import Protocol

_log = logging.getLogger(__name__)
INTERVAL_S = 0.02


class Watched(Protocol):
    def check(self) -> None: ...


class LimitsTicker:
    """Starting and stopping to watch is done around every invoke, so it is no more than a change of a set."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._running: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._told = False

    def watch(self, watched: Watched) -> None:
        self._running.add(watched)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._tick)

    def leave(self, watched: Watched) -> None:
        self._running.discard(watched)

    def close(self) -> None:
        self._running.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        for watched in list(self._running):
            try:
                watched.check()
            except OSError as error:
                self._tell(error)
        if self._running:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._tick)

    def _tell(self, error: OSError) -> None:
        """Once: it would be fifty times a second."""
        if not self._told:
            self._told = True
            _log.warning("the limits of an environment could not be looked after: %s", error)
