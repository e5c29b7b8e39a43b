"""The timers of one environment, on one timer of the event loop that is not moved with every invoke: it comes when the
first of them may be due, and looks again. A timer that is armed and disarmed for an invoke costs two changes of a dict.
"""

import asyncio
from collections.abc import Callable

from lambdatui.lifecycle.timers import Timer
from lambdatui.service.clock import Clock

_SHORTEST_S = 0.001
"""The loop rounds to milliseconds and may come a little early: then it comes again."""


class Deadlines:
    """``fired`` gets the timer and the number of its arming, at ``due_at`` (monotonic) or soon after."""

    def __init__(self, clock: Clock, fired: Callable[[Timer, int], None]) -> None:
        self._clock = clock
        self._fired = fired
        self._armed: dict[Timer, tuple[float, int]] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._looks_at = 0.0

    def arm(self, timer: Timer, arm_id: int, due_at: float) -> None:
        """In the place of an earlier arming."""
        self._armed[timer] = due_at, arm_id
        if self._handle is None or due_at < self._looks_at:
            self._look_at(due_at)

    def disarm(self, timer: Timer) -> None:
        del self._armed[timer]

    def armed(self) -> tuple[tuple[Timer, float], ...]:
        """What may still fire, with when it is due, soonest first."""
        return tuple(sorted(((timer, due_at) for timer, (due_at, _) in self._armed.items()), key=lambda each: each[1]))

    def close(self) -> None:
        """Nothing fires any more."""
        self._armed.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _look_at(self, due_at: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._looks_at = due_at
        delay_s = max(_SHORTEST_S, due_at - self._clock.monotonic())
        self._handle = asyncio.get_running_loop().call_later(delay_s, self._look)

    def _look(self) -> None:
        self._handle = None
        now = self._clock.monotonic()
        for timer, (due_at, arm_id) in tuple(self._armed.items()):
            # What fired before in this turn may have disarmed it, or armed it anew.
            if due_at <= now and self._armed.get(timer) == (due_at, arm_id):
                del self._armed[timer]
                self._fired(timer, arm_id)
        if self._armed and self._handle is None:
            self._look_at(min(due_at for due_at, _ in self._armed.values()))
