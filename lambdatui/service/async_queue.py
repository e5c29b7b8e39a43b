"""The queue of asynchronous events: on disk before it is accepted, run in the background, retried by the service clock.

What becomes of an event is decided in lifecycle.async_events; this module waits, runs and writes down.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

from lambdatui.lifecycle import async_events
from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.model.ids import RequestId
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
        self._waiting: dict[RequestId, tuple[Cancellable, Invocation, AsyncEvent]] = {}
        self._stopping = False

    async def start(self) -> None:
        """Take up what an earlier engine left unfinished."""
        for queued in await self._disk.load_unfinished():
            event = async_events.recovered(queued.event, self._clock.service())
            self._wait(queued.invocation, event)

    async def accept(self, invocation: Invocation) -> None:
        """Returns when the event is on disk; it runs afterwards, whatever becomes of the caller."""
        event = async_events.accepted(invocation.request_id, self._clock.service())
        await self._disk.accept(QueuedEvent(invocation=invocation, event=event))
        self._wait(invocation, event)

    def stop(self) -> None:
        """Start no further attempt; what waits stays on disk."""
        self._stopping = True
        for timer, _, _ in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def tell_again(self) -> None:
        """When each event is due, in real seconds: the clock's speed has changed."""
        for _, invocation, event in self._waiting.values():
            self._tell(invocation, event)

    def _wait(self, invocation: Invocation, event: AsyncEvent) -> None:
        self._tell(invocation, event)
        if not self._stopping:
            timer = self._clock.call_at(event.due_s, self._due, invocation, event)
            self._waiting[event.request_id] = timer, invocation, event

    def _due(self, invocation: Invocation, event: AsyncEvent) -> None:
        del self._waiting[event.request_id]
        self._spawn(f"event:{invocation.function}/{invocation.request_id}", self._attempt(invocation, event))

    async def _attempt(self, invocation: Invocation, event: AsyncEvent) -> None:
        event = async_events.attempt_started(event)
        if not await self._written(event):
            # Were it run, the next engine could not know. The disk may be better later.
            self._wait(invocation, async_events.attempt_throttled(event, DISK, self._clock.service()))
            return
        self._tell(invocation, event)
        outcome = await self._outcome(replace(invocation, attempt=event.attempts), event)
        if self._stopping and outcome.state is not EventState.SUCCEEDED:
            # The engine may have cut it off. What is on disk says running: the next engine runs it again.
            return
        # Where this fails it goes on from memory; an engine that starts later finds it running, and runs it again.
        await self._written(outcome)
        if outcome.state.ended:
            self._tell(invocation, outcome)
        else:
            self._wait(invocation, outcome)

    async def _written(self, event: AsyncEvent) -> bool:
        try:
            await self._disk.update(event)
        except StoreError as error:
            _log.warning("event %s is %s, and that could not be written down: %s", event.request_id, event.state, error)
            return False
        return True

    async def _outcome(self, invocation: Invocation, event: AsyncEvent) -> AsyncEvent:
        try:
            error_type = await self._run(invocation)
        except ServiceError as refusal:
            if refusal.name == "ResourceNotFoundException":
                return async_events.attempt_refused(event, refusal.name)
            return async_events.attempt_throttled(event, refusal.reason or refusal.name, self._clock.service())
        except Exception:  # noqa: BLE001 - supervision: a bug of ours is a failure of the service, and is tried again
            _log.exception("an attempt of event %s failed: this is a bug in lambdatui", event.request_id)
            return async_events.attempt_throttled(event, "ServiceException", self._clock.service())
        if error_type is None:
            return async_events.attempt_succeeded(event)
        return async_events.attempt_failed(event, error_type, self._clock.service())

    def _tell(self, invocation: Invocation, event: AsyncEvent) -> None:
        waits_s = (event.due_s - self._clock.service()) / self._clock.speed
        self._bus.publish(
            QueueMoved(
                request_id=event.request_id,
                state=event.state,
                attempt=event.attempts,
                due_in_s=max(0.0, round(waits_s, 3)) if event.state is EventState.WAITING else None,
                error_type=event.error_type,
            ),
            function=invocation.function,
        )
