"""Tells viewers, and the history, of calls: that one was accepted, and what came of it for its caller."""

from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.records import InvokeAccepted
from lambdatui.service.clock import Clock
from lambdatui.service.flight import Answer
from lambdatui.service.invoking import ServiceError
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import Bus


class CallRecords:
    """``store`` is None where no history is kept, or none yet."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self.store: Store | None = None

    def accepted(self, invocation: Invocation, sample: str | None) -> None:
        """``sample`` names the event of the catalogue that it was made of."""
        self.keep(invocation, sample, accepted_s=self._clock.wall())
        self.tell(invocation, sample)

    def tell(self, invocation: Invocation, sample: str | None) -> None:
        """The first half of ``accepted``: whoever watches hears of it before anything else of this call."""
        self._bus.publish(
            InvokeAccepted(
                request_id=invocation.request_id,
                invocation_type=invocation.invocation_type,
                payload_bytes=len(invocation.payload),
                sample=sample,
                experiment=invocation.experiment,
            ),
            function=invocation.function,
        )

    def keep(self, invocation: Invocation, sample: str | None, *, accepted_s: float) -> None:
        """The other half, which the call need not wait for. Without a pause in between: it is one transaction with an
        answer that is there already.
        """
        if self.store is not None:
            self.store.invocations.accepted(invocation, accepted_s=accepted_s, sample=sample)

    def answered(self, request_id: RequestId, answer: Answer) -> None:
        """Viewers hear of that from who answers."""
        if self.store is None:
            return
        if isinstance(answer, ServiceError):
            self.store.invocations.refused(request_id, answer.name, refused_s=self._clock.wall())
        else:
            self.store.invocations.answered(request_id, answer, answered_s=self._clock.wall())
