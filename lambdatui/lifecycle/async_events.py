"""What becomes of one asynchronously invoked event: when it runs again, and when it is given up.

Times are seconds of the service clock. Function errors use up attempts and wait 1 and 2 minutes; throttles use up none
and wait from 1 s, doubling up to 5 min. Dead letters, destinations and ages belong here when they come.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from lambdatui.model.ids import RequestId
from lambdatui.model.limits import ASYNC_RETRY_DELAYS_S

THROTTLE_FIRST_WAIT_S = 1.0
THROTTLE_LONGEST_WAIT_S = 300.0


class EventState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (EventState.SUCCEEDED, EventState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncEvent:
    """``attempts`` counts the runs that were started; ``throttles`` the refusals in a row since the last run."""

    request_id: RequestId
    state: EventState = EventState.WAITING
    due_s: float
    attempts: int = 0
    throttles: int = 0
    error_type: str | None = None


def accepted(request_id: RequestId, now_s: float) -> AsyncEvent:
    """Due at once."""
    return AsyncEvent(request_id=request_id, due_s=now_s)


def recovered(event: AsyncEvent, now_s: float) -> AsyncEvent:
    """As found on disk by a new engine: a run that was cut off counts as none, and is due at once.

    An engine with a faster clock may have written a due time that lies hours ahead; no wait is longer than the longest.
    """
    if event.state is EventState.RUNNING:
        return replace(event, state=EventState.WAITING, due_s=now_s, attempts=max(0, event.attempts - 1))
    return replace(event, due_s=min(event.due_s, now_s + THROTTLE_LONGEST_WAIT_S))


def attempt_started(event: AsyncEvent) -> AsyncEvent:
    return replace(event, state=EventState.RUNNING, attempts=event.attempts + 1)


def attempt_succeeded(event: AsyncEvent) -> AsyncEvent:
    return replace(event, state=EventState.SUCCEEDED, error_type=None, throttles=0)


def attempt_failed(event: AsyncEvent, error_type: str | None, now_s: float) -> AsyncEvent:
    """The function failed: it waits for its next attempt, or has had its last."""
    retries_used = event.attempts - 1
    if retries_used >= len(ASYNC_RETRY_DELAYS_S):
        return replace(event, state=EventState.FAILED, error_type=error_type, throttles=0)
    due_s = now_s + ASYNC_RETRY_DELAYS_S[retries_used]
    return replace(event, state=EventState.WAITING, due_s=due_s, error_type=error_type, throttles=0)


def attempt_refused(event: AsyncEvent, reason: str) -> AsyncEvent:
    """It can never run: its function is gone, or its payload."""
    return replace(event, state=EventState.FAILED, attempts=event.attempts - 1, error_type=reason)


def attempt_throttled(event: AsyncEvent, reason: str, now_s: float) -> AsyncEvent:
    """The service could not run it: the attempt does not count."""
    wait_s = min(THROTTLE_LONGEST_WAIT_S, THROTTLE_FIRST_WAIT_S * 2**event.throttles)
    return replace(
        event,
        state=EventState.WAITING,
        due_s=now_s + wait_s,
        attempts=event.attempts - 1,
        throttles=event.throttles + 1,
        error_type=reason,
    )
