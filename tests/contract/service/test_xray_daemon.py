"""X-Ray's daemon as functions see it: a real UDP port, and AWS's own library as its client."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.records import InvokeStart, Report, TraceErrorCause, TraceSegment, Tracing
from lambdatui.service.clock import RealClock
from lambdatui.service.xray_daemon import MAX_PER_S, XRayDaemon
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.waterfall import waterfall
from tests.support.running import running, write_project

PATIENCE_S = 20.0
REQUEST = RequestId("8f507cfc-1697-4c4a-a07b-ac58fc914c95")
TRACE = "1-6920f8ab-0123456789abcdef01234567"
HEADER = f"Root={TRACE};Parent=0a1b2c3d4e5f6071;Sampled=1"
HEAD = b'{"format":"json","version":1}\n'
SEGMENT = HEAD + b'{"trace_id":"%b","id":"54565fb41ac79632","name":"x","start_time":1,"end_time":2}' % TRACE.encode()

HANDLER = """
from aws_xray_sdk.core import xray_recorder

with xray_recorder.in_subsegment("cart") as cart:
    cart.put_annotation("user", "x")
    try:
        with xray_recorder.in_subsegment("payment"):
            raise ValueError("declined")
    except ValueError:
        pass
"""


@asynccontextmanager
async def daemon() -> AsyncIterator[tuple[XRayDaemon, Bus]]:
    bus = Bus(RealClock().wall)
    running = XRayDaemon(bus, RealClock())
    await running.start()
    try:
        yield running, bus
    finally:
        running.close()
        bus.close()


def invoke(bus: Bus) -> None:
    record = InvokeStart(request_id=REQUEST, version="1", tracing=Tracing(value=HEADER))
    bus.publish(record, function=FunctionName("orders"), environment=EnvironmentId("e1"))


async def segments(bus: Bus, count: int = 1) -> list[TelemetryEvent]:
    found: list[TelemetryEvent] = []
    async with asyncio.timeout(PATIENCE_S), bus.subscribe("test", after=0) as stream:
        async for batch in stream:
            found += [event for event in batch if isinstance(event.record, TraceSegment)]
            if len(found) >= count:
                break
    return found


def send(to: XRayDaemon, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        for data in datagrams:
            sending.sendto(data, ("127.0.0.1", to.port))


async def test_segments_of_awss_library_become_the_waterfall_of_their_invoke() -> None:
    async with daemon() as (running, bus):
        invoke(bus)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            HANDLER,
            env={
                "LAMBDA_TASK_ROOT": "/var/task",
                "_X_AMZN_TRACE_ID": HEADER,
                "AWS_XRAY_DAEMON_ADDRESS": running.address,
            },
        )
        (event,) = await segments(bus)
        assert await process.wait() == 0
        found = waterfall(bus.since(0)[0], REQUEST)
    assert (event.function, event.environment) == ("orders", "e1")
    assert found is not None
    rows = [(row.depth, row.name, row.status, dict(row.annotations)) for row in found.rows]
    assert rows == [
        (0, "orders", "", {}),
        (1, "Invocation", "", {}),
        (2, "cart", "", {"user": "x"}),
        (3, "payment", "fault", {}),
    ]


async def test_segment_of_an_unknown_trace_is_told_as_nobodys() -> None:
    async with daemon() as (running, bus):
        send(running, SEGMENT)
        (event,) = await segments(bus)
    assert isinstance(event.record, TraceSegment)
    assert (event.function, event.record.request_id, event.record.trace_id) == (None, None, TRACE)


async def test_garbage_is_counted_and_does_no_harm() -> None:
    garbage = [b"", b"\xff" * 1000, b"{}\n{}", HEAD + b"[" * 50_000, HEAD]
    async with daemon() as (running, bus):
        send(running, *garbage, SEGMENT)
        await segments(bus)
        assert running.dropped == len(garbage)


class StoppedClock(RealClock):
    def monotonic(self) -> float:
        return 1000.0


async def test_more_datagrams_than_can_be_told_are_dropped_and_counted() -> None:
    bus = Bus(RealClock().wall)
    running = XRayDaemon(bus, StoppedClock())
    for _ in range(MAX_PER_S + 5):
        running.datagram_received(SEGMENT, ("127.0.0.1", 1))
    assert running.dropped == 5
    running.close()


async def test_each_daemon_has_a_port_of_its_own() -> None:
    async with daemon() as (one, _), daemon() as (other, _):
        assert one.port != other.port


TRACED = """
from aws_xray_sdk.core import xray_recorder

def handler(event, context):
    with xray_recorder.in_subsegment("cart"):
        return "fine"
"""


async def test_invoke_of_a_traced_function_is_a_waterfall_of_init_invocation_and_its_subsegments(
    tmp_path: Path,
) -> None:
    root = write_project(tmp_path, {"shop": TRACED}, {"shop": 'tracing = "Active"'})
    (root / ".venv").symlink_to(sys.prefix)
    async with running(root) as run:
        assert await run.result("shop") == "fine"
        await run.until(TraceSegment)
        report = await run.until(Report)
        found = waterfall(run.events(), report.request_id)
    assert found is not None
    assert found.sampled
    rows = [(row.depth, row.name) for row in found.rows if row.name != "Overhead"]
    assert rows == [(0, "shop"), (1, "Init"), (1, "Invocation"), (2, "cart")]


async def test_invoke_of_a_function_that_is_not_traced_sends_nothing(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"shop": TRACED})
    (root / ".venv").symlink_to(sys.prefix)
    async with running(root) as run:
        assert await run.result("shop") == "fine"
        report = await run.until(Report)
        await run.pass_time(0.05)
        found = waterfall(run.events(), report.request_id)
    assert run.records(TraceSegment) == []
    assert found is not None
    assert not found.sampled


async def test_trace_of_a_handler_that_failed_has_its_cause(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    raise ValueError('boom')\n"
    async with running(write_project(tmp_path, {"shop": source})) as run:
        await run.result("shop")
        (told,) = run.records(TraceErrorCause)
    assert told.cause.headline == "ValueError: boom"
    assert told.cause.exceptions[0].stack[-1].label == "handler"
