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


class RealClock:
    """``speed`` 60 makes a minute of the service one second of yours."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"the clock's speed must be above 0, not {speed}")
        self.speed = speed
        self._origin_wall = time.time()  # noqa: TID251 - this is the clock
        self._origin_monotonic = time.monotonic()

    # The system's own functions: an invoke asks a dozen times.
    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)  # noqa: TID251 - this is the clock
    """Seconds since the epoch. The monotonic clock stands still while a machine sleeps, so it cannot tell them."""

    def service(self) -> float:
        return self._origin_wall + (time.monotonic() - self._origin_monotonic) * self.speed

    def call_at(self, service_s: float, callback: Callable[..., None], *args: object) -> Cancellable:
        """Call when the service time is ``service_s``; in the next turn of the loop where that has passed."""
        wait_s = (service_s - self.service()) / self.speed
        return asyncio.get_running_loop().call_later(max(0.0, wait_s), callback, *args)
