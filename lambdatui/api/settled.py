"""Reads the history after what has just happened is in it: it is written a moment later than functions answer."""

import asyncio

from lambdatui.api.ports import Service
from lambdatui.model.history import InvocationDetail
from lambdatui.model.records import Report
from lambdatui.telemetry.bus import Bus, Overflow

WRITTEN_WITHIN_S = 1.0
"""As long as a disk that works may take; with one that does not, what is there is told."""
_KEPT_EVENTS = 10_000


async def catch_up(service: Service) -> None:
    """Returns when the history has all that has happened until now, unless it cannot be written."""
    await service.store.history.progress.reach(service.bus.seq, within_s=WRITTEN_WITHIN_S)


async def find_reported(service: Service, request_id: str, *, within_s: float) -> InvocationDetail | None:
    """The invocation once its REPORT is known, or as it stands after so long. Raises BodyLost and StoreError."""
    now = service.bus.seq
    await catch_up(service)
    found = await service.store.invocations.get(request_id)
    if found is None or found.summary.duration_ms is not None or within_s <= 0:
        return found
    try:
        async with asyncio.timeout(within_s):
            await _report(service.bus, found.summary.request_id, after=now)
    except TimeoutError:
        return found
    await catch_up(service)
    return await service.store.invocations.get(request_id)


async def _report(bus: Bus, request_id: str, *, after: int) -> None:
    async with bus.subscribe("report", overflow=Overflow.DROP_OLDEST, limit=_KEPT_EVENTS, after=after) as batches:
        async for batch in batches:
            if any(isinstance(event.record, Report) and event.record.request_id == request_id for event in batch):
                return
