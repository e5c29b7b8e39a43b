"""A subscription for those who keep little of much: what they are sent is folded away before it piles up."""

import asyncio
from collections.abc import Callable

from lambdatui.telemetry.bus import Overflow, Subscription

FOLD_EVENTS = 2_000
"""So many events are folded without being asked for: nobody looking must not cost memory."""
FOLD_BYTES = 2 * 1024 * 1024
"""And so much weight."""


class Folding(Subscription):
    """Has ``fold`` called, which must drain it, soon but not inside ``publish`` when much waits. Loses nothing."""

    def __init__(
        self, name: str, fold: Callable[[], object], *, limit: int = FOLD_EVENTS, limit_bytes: int = FOLD_BYTES
    ) -> None:
        super().__init__(name, Overflow.FAIL, limit, limit_bytes=limit_bytes)
        self.congests = False
        self._fold = fold
        self._scheduled = False

    def overflowed(self) -> None:
        if self._scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # publishing before the loop runs: folded when somebody asks
            return
        self._scheduled = True
        loop.call_soon(self._fold_now)

    def _fold_now(self) -> None:
        self._scheduled = False
        self._fold()
