"""Levels of the platform's events and of lines that no runtime labelled."""

import pytest

from lambdatui.model.phase import InitializationType, InitPhase, Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    FunctionLog,
    InitMetrics,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    LogsDropped,
    LogsSubscription,
    PlatformExtension,
    Record,
    RestoreMetrics,
    RestoreReport,
    RestoreRuntimeDone,
    RestoreStart,
    RuntimeDone,
    RuntimeDoneMetrics,
    TelemetrySubscription,
)
from lambdatui.telemetry.log_levels import Level, level_named, line_level, system_level
from tests.unit.telemetry.samples import REQUEST, report

ON_DEMAND, PROVISIONED = InitializationType.ON_DEMAND, InitializationType.PROVISIONED_CONCURRENCY


def init_start(version: str | None) -> InitStart:
    return InitStart(
        phase=InitPhase.INIT,
        function_name="f",
        function_version="1",
        instance_id="i",
        instance_max_memory=128,
        runtime_version=version,
    )


def restore_start(version: str | None) -> RestoreStart:
    return RestoreStart(
        function_name="f", function_version="1", instance_id="i", instance_max_memory=128, runtime_version=version
    )


def init_report(how: InitializationType, status: Status) -> InitReport:
    metrics = InitMetrics(duration_ms=1.0)
    return InitReport(initialization_type=how, phase=InitPhase.INIT, status=status, metrics=metrics)


def runtime_done(status: Status) -> RuntimeDone:
    return RuntimeDone(request_id=REQUEST, status=status, metrics=RuntimeDoneMetrics(duration_ms=1.0))


@pytest.mark.parametrize(
    ("record", "level"),
    [
        (InvokeStart(request_id=REQUEST, version="1"), Level.INFO),
        (report(), Level.INFO),
        (report(status=Status.TIMEOUT), Level.WARN),
        (report(status=Status.ERROR), Level.WARN),
        (init_start("python:3.12.v18"), Level.INFO),
        (init_start(None), Level.DEBUG),
        (InitRuntimeDone(phase=InitPhase.INIT, status=Status.SUCCESS), Level.DEBUG),
        (InitRuntimeDone(phase=InitPhase.INIT, status=Status.ERROR), Level.WARN),
        (init_report(ON_DEMAND, Status.SUCCESS), Level.DEBUG),
        (init_report(PROVISIONED, Status.SUCCESS), Level.INFO),
        (init_report(ON_DEMAND, Status.TIMEOUT), Level.WARN),
        (init_report(PROVISIONED, Status.ERROR), Level.WARN),
        (restore_start("python:3.12.v18"), Level.INFO),
        (restore_start(None), Level.DEBUG),
        (RestoreRuntimeDone(status=Status.SUCCESS), Level.DEBUG),
        (RestoreRuntimeDone(status=Status.ERROR), Level.WARN),
        (RestoreReport(status=Status.SUCCESS, metrics=RestoreMetrics(duration_ms=1.0)), Level.INFO),
        (RestoreReport(status=Status.TIMEOUT, metrics=RestoreMetrics(duration_ms=1.0)), Level.WARN),
        (runtime_done(Status.SUCCESS), Level.DEBUG),
        (runtime_done(Status.FAILURE), Level.WARN),
        (PlatformExtension(name="tail", state="Ready"), Level.INFO),
        (PlatformExtension(name="tail", state="LaunchError", error_type="PermissionDenied"), Level.WARN),
        (TelemetrySubscription(name="tail", types=("platform",)), Level.INFO),
        (LogsSubscription(name="tail", types=("platform",)), Level.INFO),
        (LogsDropped(name="tail", dropped_records=1, dropped_bytes=1, reason="slow"), Level.WARN),
    ],
    ids=lambda value: value.TYPE if isinstance(value, Record) else str(value.name),
)
def test_every_system_event_has_its_level(record: Record, level: Level) -> None:
    assert system_level(record) is level


@pytest.mark.parametrize("record", [FunctionLog(request_id=None, lines=()), EnvironmentFrozen()])
def test_what_the_platform_does_not_log_has_no_level(record: Record) -> None:
    assert system_level(record) is None


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('{"timestamp":"2026-11-21T00:06:36Z","level":"DEBUG"}', Level.DEBUG),
        ('{"timestamp":"2026-11-21T00:06:36.123Z","level":"fatal"}', Level.FATAL),
        ('{"timestamp":"2026-11-21T00:06:36+02:00","level":"WARNING"}', Level.WARN),
        ('{"timestamp":"2026-11-21T00:06:36Z","level":"LOUD"}', Level.INFO),
        ('{"timestamp":"2026-11-21T00:06:36Z","level":5}', Level.INFO),
        ('{"timestamp":"2026-11-21 00:06:35,923+0000","level":"ERROR"}', Level.INFO),
        ('{"timestamp":1763683595,"level":"ERROR"}', Level.INFO),
        ('{"level":"ERROR"}', Level.INFO),
        ('{"timestamp":"2026-11-21T00:06:36Z"}', Level.INFO),
        ('{"level":', Level.INFO),
        ('{"level":' + "[" * 100_000, Level.INFO),
        ("ERROR: printed", Level.INFO),
        ("", Level.INFO),
    ],
    ids=lambda value: "" if isinstance(value, str) else value.name,
)
def test_line_without_a_valid_level_and_timestamp_counts_as_info(line: str, level: Level) -> None:
    assert line_level(line) is level


def test_configuration_without_a_level_means_info() -> None:
    assert level_named(None) is Level.INFO
