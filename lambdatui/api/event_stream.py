"""The telemetry stream over HTTP: newline-delimited JSON, one chunk per batch, without an end of its own."""

import asyncio
from collections.abc import Sequence

from lambdatui.api.answers import spawn_background_answer
from lambdatui.api.errors import invalid_parameter
from lambdatui.api.lookup import query_values
from lambdatui.api.ports import Service
from lambdatui.api.routes import Parameters
from lambdatui.net.request import Request
from lambdatui.telemetry.bus import Bus, Overflow
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.wire import encode_event

CONTENT_TYPE = "application/x-ndjson"
_GATHER_S = 0.005
"""Events of one step of an invoke travel together; nobody sees five milliseconds."""
_EVENTS_PER_CHUNK = 256
"""A viewer that starts far back must not hold the loop for everything it missed at once."""


class EventStream:
    """Handles one route; one task per viewer, for as long as it looks."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle(self, request: Request, parameters: Parameters) -> None:
        after = _after(query_values(request.query).get("after"), self._service.bus.seq)
        work = _stream(request, self._service.bus, after)
        spawn_background_answer(self._service, "event stream", request, work)


async def _stream(request: Request, bus: Bus, after: int) -> None:
    subscription = bus.attach("event stream", overflow=Overflow.DROP_OLDEST, after=after, gather_s=_GATHER_S)
    # Detaching ends the iteration below, which would otherwise wait for the next event to notice.
    request.on_disconnect = lambda _: bus.detach(subscription)
    try:
        request.start_stream(200, [("Content-Type", CONTENT_TYPE), ("Cache-Control", "no-store")])
        async for batch in subscription:
            await _send(request, batch)
            if request.closed:
                break
    finally:
        bus.detach(subscription)
        request.end_stream()


async def _send(request: Request, batch: Sequence[TelemetryEvent]) -> None:
    for start in range(0, len(batch), _EVENTS_PER_CHUNK):
        if start:
            await asyncio.sleep(0)
        lines = [encode_event(event) for event in batch[start : start + _EVENTS_PER_CHUNK]]
        if not request.send_chunk("\n".join([*lines, ""]).encode()):
            await request.drain()


def _after(text: str | None, newest: int) -> int:
    """The sequence number to start behind; without one, the newest."""
    if text is None:
        return newest
    if not (text.isascii() and text.isdigit()):
        raise invalid_parameter(f"'after' is the seq of a snapshot or an event, not '{text}'.")
    return min(int(text), newest)
