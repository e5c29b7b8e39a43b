"""Telemetry on its way to a subscribed extension: a real bus, real sockets, a listener in the extension's place."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.model.function import Function, LogFormat, LoggingConfig
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import InitPhase, Phase
from lambdatui.model.records import (
    EnvironmentFrozen,
    EnvironmentPhase,
    EnvironmentThawed,
    FunctionLog,
    InitStart,
    InvokeStart,
    LogsDropped,
    PlatformFault,
    Record,
    TelemetrySubscription,
)
from lambdatui.net.listener import Listener, serve_tcp
from lambdatui.net.request import Request
from lambdatui.runtime_api.telemetry_subscription import Buffering, Destination, Protocol, SubscriptionSpec
from lambdatui.service.clock import RealClock
from lambdatui.service.tasks import Tasks
from lambdatui.service.telemetry_senders import Dial, dial_loopback
from lambdatui.service.telemetry_subscribers import TelemetrySubscribers
from lambdatui.telemetry.bus import Bus

E1, E2, E3 = EnvironmentId("e1"), EnvironmentId("e2"), EnvironmentId("e3")
ORDERS = Function(name=FunctionName("orders"), runtime="python3.12", handler="a.b", code_path=Path())
PATIENCE_S = 10.0


class Extension:
    """Listens where an extension would. ``statuses`` are the answers to come, 200 after the last one."""

    def __init__(self, *statuses: int) -> None:
        self.requests: asyncio.Queue[tuple[str, str, list[dict[str, Any]]]] = asyncio.Queue()
        self._statuses = list(statuses)
        self._listener: Listener | None = None

    async def __aenter__(self) -> "Extension":
        self._listener = await serve_tcp("127.0.0.1", 0, self._handle)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()

    @property
    def port(self) -> int:
        assert self._listener is not None
        return self._listener.port

    async def request(self) -> tuple[str, str, list[dict[str, Any]]]:
        async with asyncio.timeout(PATIENCE_S):
            return await self.requests.get()

    async def types(self) -> list[str]:
        _, _, events = await self.request()
        return [event["type"] for event in events]

    def _handle(self, request: Request) -> None:
        self.requests.put_nowait((request.method, request.path, json.loads(request.body)))
        request.respond(self._statuses.pop(0) if self._statuses else 200)


class Stage:
    def __init__(self) -> None:
        self.bus = Bus(RealClock().wall)
        self._tasks = Tasks()
        self.subscribers = TelemetrySubscribers(bus=self.bus, clock=RealClock(), spawn=self._tasks.spawn)

    def happens(self, *records: Record, environment: EnvironmentId = E1) -> None:
        for record in records:
            self.bus.publish(record, function=ORDERS.name, environment=environment)

    def subscribe(
        self,
        port: int,
        *,
        timeout_ms: int = 25,
        environment: EnvironmentId = E1,
        wire: Protocol = Protocol.HTTP,
        dial: Dial | None = None,
        function: Function = ORDERS,
    ) -> None:
        spec = SubscriptionSpec(
            api=SubscriptionApi.TELEMETRY,
            schema_version="2022-12-13",
            types=("platform", "function"),
            destination=Destination(protocol=wire, port=port, target="/tail"),
            buffering=Buffering(timeout_ms=timeout_ms),
        )
        self.subscribers.subscribe(environment, function, "tail", spec, dial)

    async def record(self, kind: type[Record]) -> Record:
        async with asyncio.timeout(PATIENCE_S), self.bus.subscribe("test", after=0) as stream:
            async for batch in stream:
                for event in batch:
                    if isinstance(event.record, kind):
                        return event.record
        raise AssertionError("the stream ended")

    async def close(self) -> None:
        self.bus.close()
        async with asyncio.timeout(PATIENCE_S):
            await self._tasks.join()


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    stage = Stage()
    try:
        yield stage
    finally:
        await stage.close()


def init_start() -> InitStart:
    return InitStart(
        phase=InitPhase.INIT, function_name="orders", function_version="$LATEST", instance_id="i", instance_max_memory=1
    )


def start(request_id: str = "r") -> InvokeStart:
    return InvokeStart(request_id=RequestId(request_id), version="$LATEST")


def phase(which: Phase) -> EnvironmentPhase:
    return EnvironmentPhase(phase=which, generation=1)


async def test_events_are_posted_as_a_json_array_to_the_path_asked_for() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port)
        stage.happens(start(), FunctionLog(request_id=None, lines=("a", "b")))
        method, path, events = await extension.request()
    assert (method, path) == ("POST", "/tail")
    assert [(each["type"], each["record"]) for each in events] == [
        ("platform.start", {"requestId": "r", "version": "$LATEST"}),
        ("function", "a\n"),
        ("function", "b\n"),
    ]


async def test_subscriber_gets_what_happened_since_its_own_init_began() -> None:
    async with staged() as stage, Extension() as extension:
        stage.happens(init_start(), start("former generation"))
        stage.happens(init_start(), FunctionLog(request_id=None, lines=("importing",)))
        stage.happens(start(), environment=E2)
        stage.happens(TelemetrySubscription(name="tail", types=("platform", "function")))
        stage.subscribe(extension.port)
        assert await extension.types() == ["platform.initStart", "function", "platform.telemetrySubscription"]


async def test_subscribing_again_neither_repeats_nor_doubles_events() -> None:
    async with staged() as stage, Extension() as extension:
        stage.happens(init_start())
        stage.subscribe(extension.port)
        assert await extension.types() == ["platform.initStart"]
        stage.subscribe(extension.port)
        stage.happens(start())
        assert await extension.types() == ["platform.start"]


async def test_log_levels_hold_nothing_back_from_a_subscriber() -> None:
    quiet = LoggingConfig(log_format=LogFormat.JSON, application_log_level="FATAL", system_log_level="WARN")
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port, function=replace(ORDERS, logging=quiet))
        stage.happens(start(), FunctionLog(request_id=None, lines=("printed",), levels=("",)))
        assert await extension.types() == ["platform.start", "function"]


async def test_events_of_other_environments_are_not_delivered() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port)
        stage.happens(start("theirs"), environment=E2)
        stage.happens(start("ours"))
        _, _, events = await extension.request()
    assert [each["record"]["requestId"] for each in events] == ["ours"]


async def test_frozen_environment_gets_nothing_until_it_is_thawed() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port)
        stage.happens(EnvironmentFrozen(), start("while frozen"))
        async with Extension() as other:  # what it is sent shows that more than the time limit has passed
            stage.subscribe(other.port, environment=E2)
            for _ in range(3):
                stage.happens(start(), environment=E2)
                await other.request()
        assert extension.requests.empty()
        stage.happens(EnvironmentThawed(frozen_ms=1.0))
        assert await extension.types() == ["platform.start"]


async def test_end_of_an_environment_sends_what_waits_at_once() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port, timeout_ms=30_000)
        stage.happens(start(), EnvironmentFrozen(), phase(Phase.SHUTDOWN))
        assert await extension.types() == ["platform.start"]


async def test_reset_ends_the_subscriptions_of_its_generation() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port)
        stage.happens(phase(Phase.RESETTING), phase(Phase.RESET))
        stage.happens(init_start(), start("next generation"))
        stage.subscribe(extension.port)
        assert await extension.types() == ["platform.initStart", "platform.start"]


async def test_payload_that_was_refused_is_sent_again() -> None:
    async with staged() as stage, Extension(500, 404) as extension:
        stage.subscribe(extension.port)
        stage.happens(start())
        seen = [await extension.request() for _ in range(3)]
    assert seen[0] == seen[1] == seen[2]


async def test_payload_nobody_takes_is_dropped_and_the_loss_is_told() -> None:
    async with staged() as stage, Extension() as extension:
        port = extension.port
        await extension.__aexit__()
        stage.subscribe(port)
        stage.happens(start(), start())
        record = cast("LogsDropped", await stage.record(LogsDropped))
    assert (record.name, record.dropped_records) == ("tail", 2)
    assert record.reason.startswith("could not send events: ")


async def test_tcp_listener_gets_one_json_text_per_line_over_one_connection() -> None:
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    connections = 0

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while line := await reader.readline():
            lines.put_nowait(line)
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, staged() as stage, asyncio.timeout(PATIENCE_S):
        stage.subscribe(server.sockets[0].getsockname()[1], wire=Protocol.TCP)
        stage.happens(start("1"))
        first = json.loads(await lines.get())
        stage.happens(start("2"))
        second = json.loads(await lines.get())
    assert [each["record"]["requestId"] for each in (first, second)] == ["1", "2"]
    assert connections == 1


async def test_port_of_another_environments_listener_gets_nothing_and_the_log_says_why() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port, environment=E1)
        stage.subscribe(extension.port, environment=E2)
        stage.happens(start("theirs"), environment=E2)
        stage.happens(start("ours"))
        _, _, events = await extension.request()
        fault = cast("PlatformFault", await stage.record(PlatformFault))
    assert [each["record"]["requestId"] for each in events] == ["ours"]
    assert f"it listens on port {extension.port}, and so does an extension of environment e1" in fault.message


async def test_environment_with_a_network_of_its_own_is_reached_by_its_own_way_whatever_the_port() -> None:
    asked: list[int] = []
    async with staged() as stage, Extension() as extension, Extension() as inside:

        async def dial(port: int) -> socket.socket:
            asked.append(port)
            return await dial_loopback(inside.port)

        stage.subscribe(extension.port, environment=E1)
        stage.subscribe(extension.port, environment=E2, dial=dial)
        stage.happens(start(), environment=E2)
        assert await inside.types() == ["platform.start"]
        assert asked == [extension.port]


async def test_port_is_free_again_when_its_environment_is_dead() -> None:
    async with staged() as stage, Extension() as extension:
        stage.subscribe(extension.port, environment=E1)
        stage.happens(start("theirs"))
        await extension.request()
        async with Extension() as other:  # what comes after the death has been read, so the death has been
            stage.subscribe(other.port, environment=E3)
            stage.happens(phase(Phase.DEAD))
            stage.happens(start(), environment=E3)
            await other.request()
        stage.subscribe(extension.port, environment=E2)
        stage.happens(start("ours"), environment=E2)
        _, _, events = await extension.request()
    assert [each["record"]["requestId"] for each in events] == ["ours"]
