"""What the records of an invoke hold, through a whole engine; and of an init that took too long."""

import asyncio
import itertools
import re
from pathlib import Path

from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Status
from lambdatui.model.records import InitReport, InitRuntimeDone, InitStart, InvokeStart, Report, RuntimeDone
from lambdatui.service.telemetry_delivery import RETRY_DELAYS_S
from tests.contract.service.test_telemetry_delivery import Extension, staged, start
from tests.support.running import running, write_project
from tests.unit.lifecycle.stage import Stage, init_report, records

ECHO = "def handler(event, context):\n    return event\n"


async def test_records_of_a_tenants_invoke_name_the_tenant(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"echo": ECHO})) as run:
        await run.invoke("echo", tenant_id="blue")
        report = await run.until(Report)
        (started,), (done,) = run.records(InvokeStart), run.records(RuntimeDone)
    assert (started.tenant_id, done.tenant_id, report.tenant_id) == ("blue", "blue", "blue")


async def test_records_of_an_invoke_belong_together(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"echo": ECHO})) as run:
        outcome = await run.invoke("echo", {"n": 1})
        report = await run.until(Report)
        (done,) = run.records(RuntimeDone)
        (started,) = run.records(InvokeStart)
        (init,), (begun,) = run.records(InitReport), run.records(InitStart)
    assert {started.request_id, done.request_id, report.request_id} == {outcome.request_id}
    assert started.function_arn == "arn:aws:lambda:us-east-1:123456789012:function:echo"
    assert done.metrics is not None
    assert done.metrics.produced_bytes == len(b'{"n": 1}')
    assert [span.name for span in done.spans] == ["responseLatency", "responseDuration", "runtimeOverhead"]
    assert (begun.instance_max_memory, report.metrics.memory_size_mb) == (128 * 1024 * 1024, 128)
    assert report.metrics.init_duration_ms == init.metrics.duration_ms


def test_durations_of_records_have_three_decimals() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 1 / 3
    told = init_report(stage.calls_next())
    assert re.fullmatch(r"\d+\.\d{3}", repr(told.metrics.duration_ms))


def test_init_that_took_too_long_has_the_unknown_error_until_its_report() -> None:
    stage = Stage()
    stage.sandbox_ready()
    stage.at = 10.0
    effects = stage.fires(Timer.INIT)
    (done,) = [record for record in records(effects) if isinstance(record, InitRuntimeDone)]
    assert (done.status, done.error_type) == (Status.TIMEOUT, "Runtime.Unknown")
    reported = init_report(effects)
    assert (reported.status, reported.error_type) == (Status.TIMEOUT, None)


async def test_refused_payload_comes_again_after_longer_and_longer_pauses() -> None:
    loop = asyncio.get_running_loop()
    async with staged() as stage, Extension(500, 404, 503) as extension:
        stage.subscribe(extension.port)
        stage.happens(start())
        came = [(await extension.request(), loop.time()) for _ in range(4)]
    pauses_s = [after - before for (_, before), (_, after) in itertools.pairwise(came)]
    clock_grain_s = 0.01
    assert all(pause > delay - clock_grain_s for pause, delay in zip(pauses_s, RETRY_DELAYS_S, strict=False))
    assert list(RETRY_DELAYS_S) == sorted(set(RETRY_DELAYS_S))
