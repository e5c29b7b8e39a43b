"""The one invoke an environment may be running, and what is known of it so far."""

from dataclasses import dataclass, replace

from lambdatui.model.invocation import Invocation
from lambdatui.model.phase import Status

_LARGE_BYTES = 64 * 1024
"""Below, letting a payload go costs more than keeping it until the runtime asks for the next event."""


@dataclass(slots=True, kw_only=True)
class CurrentInvoke:
    """Private to one machine. ``needs_init`` while a suppressed init runs inside this invoke's own time."""

    invocation: Invocation
    assigned_at: float
    needs_init: bool = False
    answered: bool = False
    status: Status = Status.SUCCESS
    error_type: str | None = None
    """What runtimeDone says; a handler's own exception has one too."""
    platform_error_type: str | None = None
    """What REPORT says; only the platform's own findings have one."""
    produced_bytes: int | None = None

    @property
    def deadline_at(self) -> float:
        return self.assigned_at + self.invocation.timeout_s

    def answer(self) -> None:
        """The caller has its answer: the event is not handed out again."""
        self.answered = True
        if len(self.invocation.payload) >= _LARGE_BYTES:
            self.invocation = replace(self.invocation, payload=b"")

    def fail(self, status: Status, error_type: str | None, *, by_platform: bool) -> None:
        """Remember how it went wrong; REPORT names the error type only when the platform found it."""
        self.status, self.error_type = status, error_type
        self.platform_error_type = error_type if by_platform else None
