"""Ends an engine's work: what runs may come to its answer, then every environment ends; all within STOP_S."""

import asyncio
import logging
from collections.abc import Iterable

from lambdatui.service.function_pool import FunctionPool

_log = logging.getLogger(__name__)

STOP_S = 2.4
"""Environments have this long to be gone when the engine stops: extensions have 2 s. The rest dies with the backend."""
GRACE_S = 0.8
"""How much of it an invocation has that runs when the engine is told to stop. Its extensions have what is left."""
_REASON = "the engine stops"


async def finish_invocations(pools: Iterable[FunctionPool]) -> float:
    """Returns when nobody waits for an answer any more, with the seconds that it took. Nobody may ask for more by now.

    Functions that have nothing to do begin to end at once.
    """
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    busy = []
    for pool in pools:
        if pool.in_flight:
            busy.append(pool)
        else:
            pool.stop(_REASON)
    try:
        async with asyncio.timeout(GRACE_S):
            await asyncio.gather(*(pool.run_out() for pool in busy))
    except TimeoutError:
        for pool in busy:
            pool.give_up()
    return loop.time() - began_at


async def stop_environments(pools: Iterable[FunctionPool], *, after_s: float = 0.0) -> None:
    """Returns when they are gone, or late. ``after_s`` of the time has been used up."""
    stopping = tuple(pools)
    for pool in stopping:
        pool.stop(_REASON)
    gone = [driver.gone.wait() for pool in stopping for driver in pool.drivers.values()]
    try:
        async with asyncio.timeout(STOP_S - after_s):
            await asyncio.gather(*gone)
    except TimeoutError:
        _log.warning("some environments were not gone after %s s; they are killed with their backend", STOP_S)
