"""Runs a series through whatever invokes: the client of an engine, or an engine in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from lambdatui.client.wire import EngineRefused
from lambdatui.model.series import SeriesPlan, Shot
from lambdatui.telemetry.series_figures import SeriesFigures, SeriesTally

THROTTLED = 429
_WORDS = {202: "accepted", 204: "would run"}


class Series:
    """``invoke`` makes one invocation and says what came of it; what it raises ends the series. Runs once."""

    def __init__(self, plan: SeriesPlan, invoke: Callable[[], Awaitable[Shot]]) -> None:
        self.plan = plan
        self._invoke = invoke
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._tally = SeriesTally(plan, self._began_s)
        self._next = 0
        self._stop = asyncio.Event()

    @property
    def figures(self) -> SeriesFigures:
        return self._tally.figures(self._loop.time())

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """Begin no more; those that run are waited for."""
        self._stop.set()

    async def run(self) -> SeriesFigures:
        """Cancelling it leaves the answers of those that run to nobody. Raises what ``invoke`` raises."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.plan.parallel):
                    group.create_task(self._work())
        except* Exception as failures:  # noqa: BLE001 - the first one says why; the others are the same or came of it
            raise _first(failures) from None
        finally:
            self._tally.ended(self._loop.time())
        return self.figures

    async def _work(self) -> None:
        while self._next < self.plan.times:
            number = self._next
            self._next += 1
            await self._due(number)
            if self.stopping:
                return
            self._tally.began(self._loop.time())
            self._tally.came(await self._invoke())

    async def _due(self, number: int) -> None:
        """Wait until it is the turn of this one, or the series is stopped."""
        if self.plan.rate_per_s is None:
            return
        wait_s = self._began_s + number / self.plan.rate_per_s - self._loop.time()
        if wait_s > 0:
            try:
                async with asyncio.timeout(wait_s):
                    await self._stop.wait()
            except TimeoutError:
                return


def shot(status_code: int, payload: bytes, function_error: str | None, waited_ms: float) -> Shot:
    """Of an answer."""
    if function_error is None:
        return Shot(outcome=_WORDS.get(status_code, "ok"), waited_ms=waited_ms)
    return Shot(outcome=_error_type(payload) or function_error, waited_ms=waited_ms, good=False)


def refused_shot(error: EngineRefused) -> Shot:
    """Of a refusal that is one of many: throttling. Raises any other, which every invocation would get."""
    if error.status_code != THROTTLED:
        raise error
    return Shot(outcome="throttled", good=False)


def _error_type(payload: bytes) -> str | None:
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    found = document.get("errorType") if isinstance(document, dict) else None
    return found if isinstance(found, str) and found else None


def _first(failures: BaseExceptionGroup[Exception]) -> Exception:
    inner = failures.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
