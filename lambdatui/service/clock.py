"""The service's one clock. Function timeouts and durations are always real time; retries follow the service time,
which may run faster. The only module that reads the system's clocks or sleeps.
"""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """``monotonic`` and ``wall`` are real; ``service`` is wall time as the queues see it."""

    @property
    def speed(self) -> float: ...

    def monotonic(self) -> float: ...

    def wall(self) -> float: ...

    def service(self) -> float: ...

    async def sleep_until(self, service_s: float) -> None: ...


class RealClock:
    """``speed`` 60 makes a minute of the service one second of yours."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"the clock's speed must be above 0, not {speed}")
        self.speed = speed
        self._origin_wall = time.time()  # noqa: TID251 - this is the clock
        self._origin_monotonic = time.monotonic()

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch, advancing with the monotonic clock so that it never jumps within one engine."""
        return self._origin_wall + (time.monotonic() - self._origin_monotonic)

    def service(self) -> float:
        return self._origin_wall + (time.monotonic() - self._origin_monotonic) * self.speed

    async def sleep_until(self, service_s: float) -> None:
        """Returns at once when ``service_s`` has passed."""
        wait_s = (service_s - self.service()) / self.speed
        await asyncio.sleep(max(0.0, wait_s))
