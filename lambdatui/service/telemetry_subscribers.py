"""Brings the stream to subscribed extensions: each gets the events of its own environment, from its init on.

One reader of the bus for all environments, there only while somebody is subscribed. Everything else follows from what
it reads: frozen and thawed, the flush when an environment ends, the end of its subscriptions.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.model.function import Function, LogFormat
from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import Phase
from lambdatui.model.records import (
    EnvironmentFrozen,
    EnvironmentPhase,
    EnvironmentThawed,
    InitStart,
    LogsDropped,
    PlatformFault,
)
from lambdatui.runtime_api.telemetry_batching import Dropped
from lambdatui.runtime_api.telemetry_subscription import SubscriptionSpec
from lambdatui.service.clock import Clock
from lambdatui.service.telemetry_delivery import Delivery
from lambdatui.service.telemetry_senders import Dial, dial_loopback, sender_to
from lambdatui.telemetry.bus import Bus, Overflow, Subscription
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.subscriber_events import Subscriber, events_for

Spawn = Callable[[str, Coroutine[None, None, None]], asyncio.Task[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One subscription; events up to ``after`` it has already."""

    subscriber: Subscriber
    spec: SubscriptionSpec
    delivery: Delivery
    task: asyncio.Task[None]
    after: int
    own_network: bool

    def listens_on_host(self, port: int) -> bool:
        return not self.own_network and self.spec.destination.port == port


class TelemetrySubscribers:
    """Of one engine. Everything is called on the event loop. ``spawn`` starts tasks that end with the bus."""

    def __init__(self, *, bus: Bus, clock: Clock, spawn: Spawn) -> None:
        self._bus = bus
        self._clock = clock
        self._spawn = spawn
        self._targets: dict[EnvironmentId, dict[str, _Target]] = {}
        self._reading: Subscription | None = None

    def subscribe(
        self,
        environment: EnvironmentId,
        function: Function,
        extension: str,
        spec: SubscriptionSpec,
        dial: Dial | None = None,
    ) -> None:
        """From now on; what happened since this init began is delivered first. Again: a different one replaces it.

        ``dial`` is the way into an environment with a network of its own. All others share this machine's loopback:
        where another one's extension listens on the same port, nothing is delivered, for it would reach the wrong one;
        the log says so.
        """
        other = None if dial is not None else self._sharing_port(environment, spec.destination.port)
        if other is not None:
            fault = PlatformFault(request_id=None, message=_port_taken(extension, spec.destination.port, other))
            self._bus.publish(fault, function=function.name, environment=environment)
            return
        targets = self._targets.setdefault(environment, {})
        history = self._since_init(environment)
        former = targets.get(extension)
        if former is not None:
            of_this_init = bool(history) and history[0].seq <= former.after
            if of_this_init and former.spec == spec:
                return
            former.task.cancel()
            history = [] if of_this_init else history
        target = targets[extension] = self._target(environment, function, extension, spec, dial)
        for event in history:
            target.delivery.offer(events_for(target.subscriber, event))
        self._read()

    def _target(
        self,
        environment: EnvironmentId,
        function: Function,
        extension: str,
        spec: SubscriptionSpec,
        dial: Dial | None,
    ) -> _Target:
        delivery = Delivery(
            spec,
            monotonic=self._clock.monotonic,
            lost=lambda dropped, why: self._lost(environment, function, extension, dropped, why),
            sender=sender_to(spec.destination, dial or dial_loopback),
        )
        return _Target(
            subscriber=_subscriber(extension, function, spec),
            spec=spec,
            delivery=delivery,
            task=self._spawn(f"telemetry:{environment}/{extension}", delivery.run()),
            after=self._bus.seq,
            own_network=dial is not None,
        )

    def _sharing_port(self, environment: EnvironmentId, port: int) -> EnvironmentId | None:
        for other, targets in self._targets.items():
            if other != environment and any(each.listens_on_host(port) for each in targets.values()):
                return other
        return None

    def _since_init(self, environment: EnvironmentId) -> list[TelemetryEvent]:
        kept, _ = self._bus.since(0)
        events: list[TelemetryEvent] = []
        for event in reversed(kept):
            if event.environment == environment:
                events.append(event)
                if isinstance(event.record, InitStart):
                    break
        return events[::-1]

    def _read(self) -> None:
        if self._reading is None:
            self._reading = reading = self._bus.attach("telemetry", overflow=Overflow.FAIL, limit=sys.maxsize)
            self._spawn("telemetry", self._run(reading))

    async def _run(self, reading: Subscription) -> None:
        async for batch in reading:
            for event in batch:
                if event.environment in self._targets:
                    self._pass_on(event.environment, event)
            if not self._targets:
                self._bus.detach(reading)
                break
        self._reading = None
        for environment in tuple(self._targets):
            self._end(environment)

    def _pass_on(self, environment: EnvironmentId, event: TelemetryEvent) -> None:
        targets = [each for each in self._targets[environment].values() if event.seq > each.after]
        for target in targets:
            target.delivery.offer(events_for(target.subscriber, event))
        match event.record:
            case EnvironmentFrozen():
                for target in targets:
                    target.delivery.set_frozen(True)
            case EnvironmentThawed():
                for target in targets:
                    target.delivery.set_frozen(False)
            case EnvironmentPhase(phase=Phase.SHUTDOWN | Phase.RESETTING):
                for target in targets:
                    target.delivery.set_frozen(False)
                    target.delivery.flush()
            case EnvironmentPhase(phase=Phase.RESET | Phase.DEAD):
                self._end(environment, up_to=event.seq)

    def _end(self, environment: EnvironmentId, up_to: int = sys.maxsize) -> None:
        """Those that were made before event ``up_to``; a later one is of the next generation."""
        targets = self._targets[environment]
        for extension, target in tuple(targets.items()):
            if target.after < up_to:
                target.task.cancel()
                del targets[extension]
        if not targets:
            del self._targets[environment]

    def _lost(self, environment: EnvironmentId, function: Function, extension: str, dropped: Dropped, why: str) -> None:
        record = LogsDropped(
            name=extension, dropped_records=dropped.records, dropped_bytes=dropped.size_bytes, reason=why
        )
        self._bus.publish(record, function=function.name, environment=environment)


def _port_taken(extension: str, port: int, other: EnvironmentId) -> str:
    return (
        f"No telemetry for extension {extension}: it listens on port {port}, and so does an extension of environment "
        f"{other}. On Lambda each has a loopback of its own; here they share this machine's. Let the extension pick a "
        f"free port, set the function's reserved concurrency to 1, or give it a loopback of its own, from which "
        f"nothing outside is reached: network = false."
    )


def _subscriber(extension: str, function: Function, spec: SubscriptionSpec) -> Subscriber:
    return Subscriber(
        extension=extension,
        types=frozenset(spec.types),
        schema_version=spec.schema_version,
        logs_api=spec.api is SubscriptionApi.LOGS,
        json_lines=function.logging.log_format is LogFormat.JSON,
    )
