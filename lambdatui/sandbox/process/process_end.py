"""Waiting for processes that are not children of this one. Linux only."""

import asyncio
import os


async def wait_until_ended(pid: int) -> None:
    """Returns at once when there is no such process."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def on_end() -> None:
        # A handle stays readable, so this may be called again before the waiter runs.
        if not ended.done():
            ended.set_result(None)

    loop.add_reader(handle, on_end)
    try:
        await ended
    finally:
        loop.remove_reader(handle)
        os.close(handle)
