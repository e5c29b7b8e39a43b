"""What becomes of one asynchronously invoked event: when it runs again, and when it is given up.

Times are seconds of the service clock. Function errors use up attempts and wait 1 and 2 minutes; throttles use up none
and wait from 1 s, doubling up to 5 min. Who would wait until the event is six hours old is given up at once. Dead
letters and destinations belong here when they come.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from lambdatui.model.ids import RequestId
from lambdatui.model.limits import ASYNC_RETRY_DELAYS_S, MAX_EVENT_AGE_S

THROTTLE_FIRST_WAIT_S = 1.0
THROTTLE_LONGEST_WAIT_S = 300.0
_MOST_DOUBLINGS = 9
"""From the first wait to the longest."""

AGE_EXCEEDED = "EventAgeExceeded"
ZERO_CONCURRENCY = "ZeroReservedConcurrency"
"""Why an event is given up, in the words of Lambda's records for destinations."""


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
    """``attempts`` counts the runs that were started; ``throttles`` the refusals in a row since the last run. It is as
    old as the time since ``queued_s``, when this engine's queue took it.
    """

    request_id: RequestId
    state: EventState = EventState.WAITING
    queued_s: float
    due_s: float
    attempts: int = 0
    throttles: int = 0
    error_type: str | None = None


def accepted(request_id: RequestId, now_s: float) -> AsyncEvent:
    """Due at once."""
    return AsyncEvent(request_id=request_id, queued_s=now_s, due_s=now_s)


def recovered(event: AsyncEvent, now_s: float) -> AsyncEvent:
    """As found on disk by a new engine: a run that was cut off counts as none, and is due at once.

    An engine with a faster clock may have written a due time that lies hours ahead; no wait is longer than the longest.
    Time without an engine makes no event older: the service was away, not the function.
    """
    event = replace(event, queued_s=now_s)
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
    return _waiting(replace(event, error_type=error_type, throttles=0), due_s)


def attempt_refused(event: AsyncEvent, reason: str) -> AsyncEvent:
    """It can never run: its function is gone, or may not run at all, or its payload is gone."""
    return replace(event, state=EventState.FAILED, attempts=event.attempts - 1, error_type=reason)


def attempt_throttled(event: AsyncEvent, reason: str, now_s: float) -> AsyncEvent:
    """The service could not run it: the attempt does not count."""
    wait_s = min(THROTTLE_LONGEST_WAIT_S, THROTTLE_FIRST_WAIT_S * 2 ** min(event.throttles, _MOST_DOUBLINGS))
    throttled = replace(event, attempts=event.attempts - 1, throttles=event.throttles + 1, error_type=reason)
    return _waiting(throttled, now_s + wait_s)


def _waiting(event: AsyncEvent, due_s: float) -> AsyncEvent:
    """Until ``due_s``, unless it were too old then."""
    if due_s - event.queued_s >= MAX_EVENT_AGE_S:
        return replace(event, state=EventState.FAILED, error_type=AGE_EXCEEDED)
    return replace(event, state=EventState.WAITING, due_s=due_s)
