"""When a screen has nothing left to do: known from its event loop, instead of guessed from how busy the process is.

Textual's own pilot looks at the time of the processor in slices of 20 ms. That is slow, and on a machine with other
work it takes a screen that did not get its turn for one that is done.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.screen import Screen

PUT_OFF_S = 0.1
InThread = Callable[..., asyncio.Future[Any]]


class Quiet:
    """``run_in_executor`` takes the place of the loop's own, so that what runs in threads is known too."""

    def __init__(self, in_thread: InThread) -> None:
        self._in_thread = in_thread
        self._in_threads: set[asyncio.Future[Any]] = set()

    def run_in_executor(
        self, loop: asyncio.BaseEventLoop, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self._in_thread(loop, executor, func, *args)
        self._in_threads.add(future)
        future.add_done_callback(self._in_threads.discard)
        return future

    async def until_quiet(self, app: App[Any]) -> None:
        """Until the screen has handled every message, painted what became of it and called back who waited for that."""
        await self._until_idle()
        while True:
            if put_off := _put_off(app):
                await asyncio.wait(put_off)
            elif app._screen_stacks and app.screen_stack and _has_to_paint(app.screen):
                app.screen._on_timer_update()
            else:
                return
            await self._until_idle()

    async def _until_idle(self) -> None:
        """Until everything waits for time to pass, for a peer, or for the caller."""
        loop: Any = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(0)
            if loop._ready:
                continue
            if not self._in_threads:
                return
            await asyncio.wait(self._in_threads, return_when=asyncio.FIRST_COMPLETED)


def _put_off(app: App[Any]) -> list[asyncio.Task[None]]:
    """What the app does once and in a moment: it lets sizes gather, and masks what flickers."""
    brief = [each for each in app._timers if each._repeat == 0 and each._interval <= PUT_OFF_S]
    return [each._task for each in brief if each._task is not None and not each._task.done()]


def _has_to_paint(screen: Screen[Any]) -> bool:
    return screen._update_timer._active.is_set()
