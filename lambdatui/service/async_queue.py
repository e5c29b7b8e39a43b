"""The queue of asynchronous events: on disk before it is accepted, run in the background, retried by the service clock.

What becomes of an event is decided in lifecycle.async_events; this module waits, runs and writes down. An event that
waits is in memory without its payload, however many there are.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

from lambdatui.lifecycle import async_events
from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.records import QueueMoved
from lambdatui.service.clock import Cancellable, Clock
from lambdatui.service.invoking import ServiceError
from lambdatui.store.errors import StoreError
from lambdatui.store.queue import QueuedEvent
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import Bus

_log = logging.getLogger(__name__)

DISK = "QueueNotWritable"
"""The error type of an event that waits because the queue on disk cannot be written."""
PAYLOAD_LOST = "PayloadLost"
"""The error type of an event that cannot run because somebody has removed the file of its payload."""
LOADED_AT_ONCE = 8
"""How many payloads are loaded that no environment has yet."""


class AsyncQueue:
    """``run`` makes one attempt: it returns the error type or None, and raises ServiceError when it could not run."""

    def __init__(
        self,
        disk: Store,
        *,
        bus: Bus,
        clock: Clock,
        spawn: Callable[[str, Coroutine[None, None, None]], object],
        run: Callable[[Invocation], Awaitable[str | None]],
    ) -> None:
        self._disk = disk
        self._bus = bus
        self._clock = clock
        self._spawn = spawn
        self._run = run
        self._waiting: dict[RequestId, tuple[Cancellable, FunctionName, AsyncEvent]] = {}
        self._loading = asyncio.Semaphore(LOADED_AT_ONCE)
        self._stopping = False

    async def start(self) -> None:
        """Take up what an earlier engine left unfinished."""
        for unfinished in await self._disk.unfinished():
            self._wait(unfinished.function, async_events.recovered(unfinished.event, self._clock.service()))

    async def accept(self, invocation: Invocation) -> None:
        """Returns when the event is on disk; it runs afterwards, whatever becomes of the caller."""
        event = async_events.accepted(invocation.request_id, self._clock.service())
        await self._disk.accept(QueuedEvent(invocation=invocation, event=event))
        self._wait(invocation.function, event)

    def stop(self) -> None:
        """Start no further attempt; what waits stays on disk."""
        self._stopping = True
        for timer, _, _ in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def tell_again(self) -> None:
        """When each event is due, in real seconds: the clock's speed has changed."""
        for _, function, event in self._waiting.values():
            self._tell(function, event)

    def _wait(self, function: FunctionName, event: AsyncEvent) -> None:
        self._tell(function, event)
        if not self._stopping:
            timer = self._clock.call_at(event.due_s, self._due, function, event)
            self._waiting[event.request_id] = timer, function, event

    def _due(self, function: FunctionName, event: AsyncEvent) -> None:
        del self._waiting[event.request_id]
        self._spawn(f"event:{function}/{event.request_id}", self._attempt(function, event))

    async def _attempt(self, function: FunctionName, event: AsyncEvent) -> None:
        event = async_events.attempt_started(event)
        try:
            async with self._loading:
                invocation = await self._disk.begin(event)
        except StoreError as error:
            # Were it run, the next engine could not know. The disk may be better later.
            self._not_written(event, error)
            self._wait(function, async_events.attempt_throttled(event, DISK, self._clock.service()))
            return
        self._tell(function, event)
        outcome = await self._outcome(invocation, event)
        del invocation  # it may wait for minutes now
        if self._stopping and outcome.state is not EventState.SUCCEEDED:
            # The engine may have cut it off. What is on disk says running: the next engine runs it again.
            return
        await self._write(outcome)
        if outcome.state.ended:
            if not outcome.attempts and outcome.error_type is not None:
                self._disk.invocations.refused(outcome.request_id, outcome.error_type, refused_s=self._clock.wall())
            self._tell(function, outcome)
        else:
            self._wait(function, outcome)

    async def _write(self, event: AsyncEvent) -> None:
        """Where this fails it goes on from memory; an engine that starts later finds it running, and runs it again."""
        try:
            await self._disk.update(event)
        except StoreError as error:
            self._not_written(event, error)

    def _not_written(self, event: AsyncEvent, error: StoreError) -> None:
        _log.warning("event %s is %s, and that could not be written down: %s", event.request_id, event.state, error)

    async def _outcome(self, invocation: Invocation | None, event: AsyncEvent) -> AsyncEvent:
        if invocation is None:
            return async_events.attempt_refused(event, PAYLOAD_LOST)
        try:
            error_type = await self._run(replace(invocation, attempt=event.attempts))
        except ServiceError as refusal:
            if refusal.name == "ResourceNotFoundException" or refusal.reason == async_events.ZERO_CONCURRENCY:
                return async_events.attempt_refused(event, refusal.reason or refusal.name)
            return async_events.attempt_throttled(event, refusal.reason or refusal.name, self._clock.service())
        except Exception:  # noqa: BLE001 - supervision: a bug of ours is a failure of the service, and is tried again
            _log.exception("an attempt of event %s failed: this is a bug in lambdatui", event.request_id)
            return async_events.attempt_throttled(event, "ServiceException", self._clock.service())
        if error_type is None:
            return async_events.attempt_succeeded(event)
        return async_events.attempt_failed(event, error_type, self._clock.service())

    def _tell(self, function: FunctionName, event: AsyncEvent) -> None:
        waits_s = (event.due_s - self._clock.service()) / self._clock.speed
        self._bus.publish(
            QueueMoved(
                request_id=event.request_id,
                state=event.state,
                attempt=event.attempts,
                due_in_s=max(0.0, round(waits_s, 3)) if event.state is EventState.WAITING else None,
                error_type=event.error_type,
            ),
            function=function,
        )
