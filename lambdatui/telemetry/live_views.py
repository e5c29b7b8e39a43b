"""The current picture of a running engine, folded when somebody asks or when enough events wait; never per event."""

import asyncio

from lambdatui.model.views import Views
from lambdatui.telemetry.bus import Bus, Overflow, Subscription
from lambdatui.telemetry.views import apply

FOLD_EVENTS = 2_000
"""So many unfolded events are folded without being asked for: nobody looking must not cost memory."""


class LiveViews:
    """Reads ``bus`` from its first event that is still kept."""

    def __init__(self, bus: Bus) -> None:
        self._views = Views()
        self._backlog = _Backlog(self)
        bus.add(self._backlog, after=0)

    def current(self) -> Views:
        """Everything published so far; ``current().seq == bus.seq``."""
        self._views = apply(self._views, self._backlog.drain())
        return self._views


class _Backlog(Subscription):
    """A queue that has the views folded, soon but not inside ``publish``, when it grows long."""

    def __init__(self, owner: LiveViews) -> None:
        super().__init__("views", Overflow.FAIL, FOLD_EVENTS)
        self._owner = owner
        self._scheduled = False

    def _overflowed(self) -> None:
        if self._scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # publishing before the loop runs: folded when somebody asks
            return
        self._scheduled = True
        loop.call_soon(self._fold)

    def _fold(self) -> None:
        self._scheduled = False
        self._owner.current()
