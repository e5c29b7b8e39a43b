"""The current picture of a running engine, folded when somebody asks or when enough events wait; never per event."""

from lambdatui.model.views import Views
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.folding import Folding
from lambdatui.telemetry.views import apply


class LiveViews:
    """Reads ``bus`` from its first event that is still kept."""

    def __init__(self, bus: Bus) -> None:
        self._views = Views()
        self._backlog = Folding("views", self.current)
        bus.add(self._backlog, after=0)

    def current(self) -> Views:
        """Everything published so far; ``current().seq == bus.seq``."""
        self._views = apply(self._views, self._backlog.drain())
        return self._views
