"""The service's one clock. Function timeouts and durations are always real time; retries follow the service time,
which may run faster. The only module of the service that reads the system's clocks.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Cancellable(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """``monotonic`` and ``wall`` are real; ``service`` is wall time as the queues see it."""

    @property
    def speed(self) -> float: ...

    def monotonic(self) -> float: ...

    def wall(self) -> float: ...

    def service(self) -> float: ...

    def call_at(self, service_s: float, callback: Callable[..., None], *args: object) -> Cancellable: ...

    def set_speed(self, speed: float) -> None:
        """From now on; what waits for a time of the service comes sooner or later. Raises ValueError."""


class RealClock:
    """``speed`` 60 makes a minute of the service one second of yours."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = _checked(speed)
        self._origin_service = time.time()  # noqa: TID251 - this is the clock
        self._origin_monotonic = time.monotonic()
        self._timers: set[_Timer] = set()

    # The system's own functions: an invoke asks a dozen times.
    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)  # noqa: TID251 - this is the clock
    """Seconds since the epoch. The monotonic clock stands still while a machine sleeps, so it cannot tell them."""

    def service(self) -> float:
        return self._origin_service + (time.monotonic() - self._origin_monotonic) * self.speed

    def call_at(self, service_s: float, callback: Callable[..., None], *args: object) -> Cancellable:
        """Call when the service time is ``service_s``; in the next turn of the loop where that has passed."""
        timer = _Timer(self, service_s, callback, args)
        self._timers.add(timer)
        timer.arm()
        return timer

    def set_speed(self, speed: float) -> None:
        now_s = self.service()
        self.speed = _checked(speed)
        self._origin_service, self._origin_monotonic = now_s, time.monotonic()
        for timer in self._timers:
            timer.arm()

    def forget(self, timer: "_Timer") -> None:
        """It is over."""
        self._timers.discard(timer)


class _Timer:
    """One call that waits for a time of the service."""

    def __init__(
        self, clock: RealClock, service_s: float, callback: Callable[..., None], args: tuple[object, ...]
    ) -> None:
        self._clock, self._service_s, self._callback, self._args = clock, service_s, callback, args
        self._handle: asyncio.TimerHandle | None = None

    def arm(self) -> None:
        """Or again, because the speed is another one."""
        if self._handle is not None:
            self._handle.cancel()
        wait_s = max(0.0, (self._service_s - self._clock.service()) / self._clock.speed)
        self._handle = asyncio.get_running_loop().call_later(wait_s, self._call)

    def cancel(self) -> None:
        self._clock.forget(self)
        if self._handle is not None:
            self._handle.cancel()

    def _call(self) -> None:
        self._clock.forget(self)
        self._callback(*self._args)


def _checked(speed: float) -> float:
    if not 0 < speed < float("inf"):
        raise ValueError(f"the clock's speed must be above 0, not {speed}")
    return speed
