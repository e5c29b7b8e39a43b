"""The same time zone and terminal for every test, and a pilot that knows when a screen has nothing left to do."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual._context import active_app

from tests.tui.support.quiet import Quiet


@pytest.fixture(autouse=True)
def pilot_that_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step of a pilot ends when the screen is quiet, not earlier and not later."""
    quiet = Quiet(asyncio.BaseEventLoop.run_in_executor)

    def run_in_executor(
        loop: asyncio.BaseEventLoop, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        return quiet.run_in_executor(loop, executor, func, *args)

    async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 0.0) -> None:
        await quiet.until_quiet(active_app.get())

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", run_in_executor)
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", wait_for_idle)


@pytest.fixture(autouse=True)
def coordinated_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day on the screen are local; tests live in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
