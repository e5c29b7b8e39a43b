"""An answer that must come soon: if it does not, whoever owes it is not waited for any longer.

An init process that somebody stopped kills nobody and reports nothing; when it is killed itself, its place is lost, and
is told so.
"""

import asyncio
from collections.abc import Callable


class Overdue:
    """``act`` is called when ``came`` was not, ``after_s`` seconds after the last ``expect``."""

    def __init__(self, act: Callable[[], None], after_s: float) -> None:
        self._act = act
        self._after_s = after_s
        self._timer: asyncio.TimerHandle | None = None

    def expect(self) -> None:
        self.came()
        self._timer = asyncio.get_running_loop().call_later(self._after_s, self._act)

    def came(self) -> None:
        """Or is not wanted any more. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
