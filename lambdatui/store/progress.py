"""How far the stream has been written, for whoever must read what has just happened."""

import asyncio
from collections.abc import Callable


class Progress:
    """The number of the last event that is on disk; it only grows."""

    def __init__(self) -> None:
        self.seq = 0
        self.written = False
        """Whether anybody writes the stream at all."""
        self.hurry: Callable[[], None] = _nobody
        """Asks whoever writes the stream to do it now."""
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def advance(self, seq: int) -> None:
        self.seq = max(self.seq, seq)
        if not self._waiting:
            return
        there = [future for wanted, future in self._waiting if wanted <= self.seq]
        self._waiting = [(wanted, future) for wanted, future in self._waiting if wanted > self.seq]
        for future in there:
            if not future.done():
                future.set_result(None)

    async def reach(self, seq: int, *, within_s: float) -> bool:
        """Wait until event ``seq`` is on disk. False when it still is not after so long, as the disk may have failed;
        where nobody writes, at once.
        """
        if seq <= self.seq or not self.written:
            return seq <= self.seq
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((seq, future))
        self.hurry()
        try:
            await asyncio.wait_for(future, within_s)
        except TimeoutError:
            self._waiting = [each for each in self._waiting if each[1] is not future]
            return False
        return True


def _nobody() -> None:
    """Nothing is written."""
