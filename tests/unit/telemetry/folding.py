"""Records folded into views, for tests that look at what became of them."""

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, Record
from lambdatui.model.views import Views
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.samples import NOON_S, REQUEST, event


def fold(*records: Record, views: Views | None = None, every_s: float = 1.0) -> Views:
    """The views after these records of environment e1a, which happened ``every_s`` apart."""
    start = views or Views()
    events = [event(record, seq=start.seq + n, at=NOON_S + n * every_s) for n, record in enumerate(records, 1)]
    return apply(start, events)


def phase(phase: Phase, *, generation: int = 1, request_id: RequestId | None = None, reason: str = "") -> Record:
    return EnvironmentPhase(phase=phase, generation=generation, request_id=request_id, reason=reason)


INVOKE = phase(Phase.INVOKE, request_id=REQUEST)
READY = phase(Phase.READY)
DEAD = phase(Phase.DEAD)
