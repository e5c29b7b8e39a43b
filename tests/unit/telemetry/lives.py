"""Streams as an engine makes them: environments that start, work, freeze, fail and die beside each other, by a seed."""

import heapq
from collections.abc import Iterator
from random import Random

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.orders import Order
from lambdatui.model.phase import InitializationType, InitPhase, Phase, ProvisionedStatus, Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    EnvironmentOrdered,
    EnvironmentPhase,
    EnvironmentThawed,
    InitMetrics,
    InitReport,
    InitStart,
    InvokeAccepted,
    InvokeAnswered,
    InvokeStart,
    ProvisionedConcurrency,
    QueueMoved,
    Record,
    Report,
    ReportMetrics,
    RestoreStart,
    RuntimeDone,
    RuntimeDoneMetrics,
    ScratchChanged,
    ScratchFile,
    Span,
)
from lambdatui.telemetry.event import TelemetryEvent
from tests.unit.telemetry.samples import NOON_S
from tests.unit.telemetry.streams import LOADED

Steps = Iterator[tuple[float, Record]]
"""What happens to one environment: so many seconds after what was before, this."""

FUNCTIONS = (FunctionName("orders-api"), FunctionName("thumbnailer"))
BUSY_S, LONG_S = 0.004, 70.0
"""Between two invokes: mostly, and now and then."""


def lives(seed: int, *, environments: int, invokes: int) -> list[TelemetryEvent]:
    """So many environments from their beginning to, for most, their end, with up to so many invokes each."""
    random = Random(seed)
    provisioned = ProvisionedConcurrency(requested=2, available=1, status=ProvisionedStatus.IN_PROGRESS)
    events = [TelemetryEvent(1, NOON_S, LOADED), TelemetryEvent(2, NOON_S, provisioned, FUNCTIONS[0])]
    due = [(NOON_S + random.uniform(0, 30), number) for number in range(environments)]
    going = [_life(random, f"e{number}", random.randint(0, invokes)) for number in range(environments)]
    heapq.heapify(due)
    while due:
        time_s, number = heapq.heappop(due)
        later_s, record = next(going[number], (0.0, None))
        if record is None:
            continue
        about = None if isinstance(record, InvokeAccepted | QueueMoved) else EnvironmentId(f"e{number}")
        time_s = round((time_s + later_s) * 1e6) / 1e6
        events.append(TelemetryEvent(0, time_s, record, FUNCTIONS[number % 2], about))
        heapq.heappush(due, (time_s, number))
    events.sort(key=lambda each: each.time_s)
    return [each._replace(seq=seq) for seq, each in enumerate(events, 1)]


def _life(random: Random, name: str, invokes: int) -> Steps:
    yield 0.0, _phase(Phase.PROVISIONING, reason="cold")
    yield from _init(random)
    for number in range(invokes):
        if random.random() < 0.02:
            yield from _ordered_thaw(random)
        request_id = RequestId(f"{name}-{number}")
        yield random.choices([0.0, BUSY_S, 0.5, LONG_S], [20, 60, 18, 2])[0], _accepted(random, request_id)
        yield from _invoke(random, request_id, cold=number == 0)
        fate = random.random()
        if fate < 0.02:
            yield from _reset(random)
    yield from _end(random)


def _init(random: Random) -> Steps:
    yield 0.002, _phase(Phase.INIT)
    if random.random() < 0.2:
        yield 0.0, RestoreStart(function_name="f", function_version="1", instance_id="i", instance_max_memory=1)
    else:
        yield (
            0.0,
            InitStart(
                initialization_type=random.choice(list(InitializationType)),
                phase=InitPhase.INIT,
                function_name="f",
                function_version="$LATEST",
                instance_id="i",
                instance_max_memory=1,
            ),
        )
    billed = InitMetrics(duration_ms=80.0, billed_duration_ms=random.choice([None, 80]), memory_size_mb=128)
    yield random.uniform(0.01, 0.2), InitReport(phase=InitPhase.INIT, status=Status.SUCCESS, metrics=billed)
    yield 0.0, _phase(Phase.READY)
    yield from _freeze(random)


def _accepted(random: Random, request_id: RequestId) -> Record:
    experiment = Experiment.SERIES if random.random() < 0.05 else None
    return InvokeAccepted(
        request_id=request_id, invocation_type="RequestResponse", payload_bytes=2, experiment=experiment
    )


def _invoke(random: Random, request_id: RequestId, *, cold: bool) -> Steps:
    asynchronous = random.random() < 0.1
    if asynchronous:
        yield 0.0, QueueMoved(request_id=request_id, state="running", attempt=1)
    yield 0.000_01, EnvironmentThawed(frozen_ms=random.uniform(0, 9))
    yield random.choice([0.0, 0.000_01, 0.01]), _phase(Phase.INVOKE, request_id)
    yield 0.0, InvokeStart(request_id=request_id, version="$LATEST")
    took_s = random.choice([0.000_5, 0.003, 0.3])
    yield took_s, InvokeAnswered(request_id=request_id, function_error=None, error_type=None, payload_bytes=2)
    done = RuntimeDoneMetrics(duration_ms=took_s * 1000, produced_bytes=2)
    yield 0.0, RuntimeDone(request_id=request_id, status=Status.SUCCESS, metrics=done)
    yield 0.0, _report(random, request_id, took_s * 1000, cold=cold)
    if asynchronous:
        yield 0.0, QueueMoved(request_id=request_id, state=random.choice(["succeeded", "failed"]), attempt=1)
    yield 0.000_05, _phase(Phase.READY)
    yield from _freeze(random)


def _report(random: Random, request_id: RequestId, duration_ms: float, *, cold: bool) -> Record:
    spans = (Span(name="extensionOverhead", start_s=1.0, duration_ms=3.5),) if random.random() < 0.1 else ()
    return Report(
        request_id=request_id,
        status=Status.ERROR if random.random() < 0.1 else Status.SUCCESS,
        metrics=ReportMetrics(
            duration_ms=duration_ms,
            billed_duration_ms=int(duration_ms) + 1,
            memory_size_mb=128,
            max_memory_used_mb=random.choice([None, 20, 30]),
            init_duration_ms=80.0 if cold else None,
        ),
        spans=spans,
    )


def _freeze(random: Random) -> Steps:
    """At once, after a while, or not at all; and its files are looked at."""
    how = random.random()
    if how < 0.9:
        yield 0.0 if how < 0.8 else 0.02, EnvironmentFrozen()
    if how < 0.1:
        yield 0.2, ScratchChanged(files=(ScratchFile(path="a", size_bytes=1, modified_s=how),), total_bytes=1)


def _ordered_thaw(random: Random) -> Steps:
    yield 0.1, EnvironmentOrdered(order=Order.THAW)
    yield 0.0, EnvironmentThawed(frozen_ms=1.5)
    if random.random() < 0.5:
        yield 0.2, EnvironmentFrozen()


def _reset(random: Random) -> Steps:
    yield 0.1, _phase(Phase.INVOKE)
    yield 0.1, _phase(Phase.RESETTING, reason="Sandbox.Timedout")
    yield 0.01, _phase(Phase.RESET)
    if random.random() < 0.5:
        yield 0.3, _phase(Phase.INVOKE)
        yield 0.1, _phase(Phase.READY)


def _end(random: Random) -> Steps:
    how = random.random()
    if how < 0.3:
        yield 0.1, _phase(Phase.INVOKE)
    if how < 0.6:
        yield 0.1, _phase(Phase.SHUTDOWN)
    if how < 0.8:
        yield 0.05, _phase(Phase.DEAD)
        yield 0.0, EnvironmentFrozen()


def _phase(phase: Phase, request_id: RequestId | None = None, *, reason: str = "") -> Record:
    return EnvironmentPhase(phase=phase, generation=1, request_id=request_id, reason=reason)
