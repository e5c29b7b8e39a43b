"""The one invoke an environment may be running, and what is known of it so far."""

from dataclasses import dataclass, replace

from lambdatui.model.invocation import Invocation
from lambdatui.model.phase import Status
from lambdatui.model.records import Tracing

_LARGE_BYTES = 64 * 1024
"""Below, letting a payload go costs more than keeping it until the runtime asks for the next event."""


@dataclass(slots=True, kw_only=True)
class CurrentInvoke:
    """Private to one machine. All times are monotonic; ``epoch_s`` is ``assigned_at`` in seconds since the epoch."""

    invocation: Invocation
    assigned_at: float
    epoch_s: float
    began_at: float
    """From here its duration and its timeout count: later than ``assigned_at`` where a snapshot was restored first."""
    tracing: Tracing | None = None
    """Only where the trace is sampled: nobody would see another."""
    needs_init: bool = False
    """While a suppressed init runs inside this invoke's own time."""
    restoring: bool = False
    delivered_at: float | None = None
    response_begun_at: float | None = None
    response_read_at: float | None = None
    runtime_done_at: float | None = None
    """The runtime has asked for the next event; extensions may still have this one."""
    memory_used_mb: int | None = None
    answered: bool = False
    status: Status = Status.SUCCESS
    error_type: str | None = None
    """What runtimeDone says; a handler's own exception has one too."""
    platform_error_type: str | None = None
    """What REPORT says; only the platform's own findings have one."""
    produced_bytes: int | None = None

    @property
    def deadline_at(self) -> float:
        return self.began_at + self.invocation.timeout_s

    @property
    def started(self) -> bool:
        """START is published: the runtime has the event, or is about to."""
        return not (self.needs_init or self.restoring)

    def epoch(self, at: float) -> float:
        """A monotonic time as seconds since the epoch."""
        return self.epoch_s + (at - self.assigned_at)

    def answer(self) -> None:
        """The caller has its answer: the event is not handed out again."""
        self.answered = True
        if len(self.invocation.payload) >= _LARGE_BYTES:
            self.invocation = replace(self.invocation, payload=b"")

    def used(self, memory_mb: int | None) -> None:
        """The environment's peak, as measured just now."""
        if memory_mb is not None:
            self.memory_used_mb = memory_mb if self.memory_used_mb is None else max(memory_mb, self.memory_used_mb)

    def fail(self, status: Status, error_type: str | None, *, by_platform: bool) -> None:
        """Remember how it went wrong; REPORT names the error type only when the platform found it."""
        self.status, self.error_type = status, error_type
        self.platform_error_type = error_type if by_platform else None


def sampled_tracing(trace_id: str | None, *, active: bool) -> Tracing | None:
    """Of an X-Amzn-Trace-Id header. Where the function traces, the parent it names to the handler is the segment of
    this invoke; else it is the caller's, and the invoke has no segment.
    """
    if trace_id is None or "Sampled=1" not in trace_id:
        return None
    span_id = trace_id.partition("Parent=")[2].partition(";")[0] if active else ""
    return Tracing(value=trace_id, span_id=span_id or None)
