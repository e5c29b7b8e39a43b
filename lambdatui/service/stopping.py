"""Ends every environment of an engine, within the time that extensions have to end."""

import asyncio
import logging
from collections.abc import Iterable

from lambdatui.service.function_pool import FunctionPool

_log = logging.getLogger(__name__)

STOP_S = 2.4
"""Environments have this long to be gone when the engine stops: extensions have 2 s. The rest dies with the backend."""


async def stop_environments(pools: Iterable[FunctionPool]) -> None:
    """Returns when they are gone, or late."""
    stopping = tuple(pools)
    for pool in stopping:
        pool.stop("the engine stops")
    gone = [driver.gone.wait() for pool in stopping for driver in pool.drivers.values()]
    try:
        async with asyncio.timeout(STOP_S):
            await asyncio.gather(*gone)
    except TimeoutError:
        _log.warning("some environments were not gone after %s s; they are killed with their backend", STOP_S)
