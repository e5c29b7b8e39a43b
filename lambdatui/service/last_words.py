"""What a process sent right before it ended has arrived, and is not read yet: its end is heard of on another way.

Everything is in the kernel before the process is gone. A connection of it that was never seen needs a turn of the event
loop to be accepted and another to be read; then its last call is handled, as it would have been a moment earlier.
"""

import asyncio
from collections.abc import Callable

TURNS = 4


def after_last_words(act: Callable[[], None], turns: int = TURNS) -> None:
    """Call ``act`` when the event loop has looked at every socket so many times; in all that takes 0.1 ms."""
    if turns == 0:
        act()
    else:
        asyncio.get_running_loop().call_soon(after_last_words, act, turns - 1)
