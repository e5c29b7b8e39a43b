import pytest

from lambdatui.model.phase import InitializationType, InitPhase, Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    FunctionLog,
    InitMetrics,
    InitReport,
    InitStart,
    InvokeStart,
    LogsSubscription,
    PlatformExtension,
    PlatformFault,
    Record,
    RestoreMetrics,
    RestoreReport,
    RestoreStart,
    TelemetrySubscription,
    Tracing,
)
from lambdatui.telemetry.catalogue import RECORDS
from lambdatui.telemetry.cloudwatch import LOGGED_TYPES, is_logged, log_lines
from tests.unit.telemetry.samples import RECORDS as SAMPLES
from tests.unit.telemetry.samples import REQUEST, TRACING, event, report

REPORT = f"REPORT RequestId: {REQUEST}\tDuration: 133.61 ms\tBilled Duration: 214 ms\tMemory Size: 128 MB\t"


def lines(record: Record) -> tuple[str, ...]:
    return log_lines(event(record))


def init_start(phase: InitPhase, runtime_version: str | None) -> InitStart:
    return InitStart(
        phase=phase,
        function_name="f",
        function_version="$LATEST",
        instance_id="i",
        instance_max_memory=128,
        runtime_version=runtime_version,
    )


def init_report(phase: InitPhase, status: Status, error_type: str | None = None) -> InitReport:
    return InitReport(phase=phase, status=status, error_type=error_type, metrics=InitMetrics(duration_ms=137.6891))


def test_start_names_request_and_version() -> None:
    assert lines(InvokeStart(request_id=REQUEST, version="3")) == (f"START RequestId: {REQUEST} Version: 3",)


def test_warm_report_follows_end_and_stops_after_memory() -> None:
    assert lines(report()) == (f"END RequestId: {REQUEST}", REPORT + "Max Memory Used: 31 MB\t")


def test_cold_report_has_init_duration_last() -> None:
    assert lines(report(init_duration_ms=80.0))[1] == REPORT + "Max Memory Used: 31 MB\tInit Duration: 80.00 ms\t"


def test_report_leaves_out_memory_that_was_not_measured() -> None:
    assert lines(report(max_memory_used_mb=None))[1] == REPORT


def test_report_of_a_timeout_shows_the_status_alone() -> None:
    record = report(status=Status.TIMEOUT, error_type="Sandbox.Timedout")
    assert lines(record)[1] == REPORT + "Max Memory Used: 31 MB\tStatus: timeout"


def test_report_of_a_dead_runtime_shows_status_and_type_after_init_duration() -> None:
    record = report(status=Status.ERROR, error_type="Runtime.ExitError", init_duration_ms=80.0)
    tail = "Max Memory Used: 31 MB\tInit Duration: 80.00 ms\tStatus: error\tError Type: Runtime.ExitError"
    assert lines(record)[1] == REPORT + tail


def test_report_of_a_handlers_exception_shows_no_status() -> None:
    assert lines(report(status=Status.ERROR))[1] == REPORT + "Max Memory Used: 31 MB\t"


def test_init_start_is_shown_where_the_runtime_version_is_known() -> None:
    record = init_start(InitPhase.INIT, "python:3.12.v18")
    assert lines(record) == ("INIT_START Runtime Version: python:3.12.v18",)


@pytest.mark.parametrize("record", [init_start(InitPhase.INIT, None), init_start(InitPhase.INVOKE, "python:3.12.v18")])
def test_init_start_is_not_shown_without_version_or_inside_an_invoke(record: InitStart) -> None:
    assert lines(record) == ()


@pytest.mark.parametrize("phase", list(InitPhase))
def test_failed_init_has_a_report_in_either_phase(phase: InitPhase) -> None:
    record = init_report(phase, Status.ERROR, "Runtime.ImportModuleError")
    wanted = (
        f"INIT_REPORT Init Duration: 137.69 ms\tPhase: {phase}\tStatus: error\tError Type: Runtime.ImportModuleError"
    )
    assert lines(record) == (wanted,)


def test_init_timeout_shows_the_status_alone() -> None:
    record = init_report(InitPhase.INIT, Status.TIMEOUT, "Runtime.Unknown")
    assert lines(record) == ("INIT_REPORT Init Duration: 137.69 ms\tPhase: init\tStatus: timeout",)


def test_successful_init_has_no_report() -> None:
    assert lines(init_report(InitPhase.INIT, Status.SUCCESS)) == ()


@pytest.mark.parametrize("how", [InitializationType.PROVISIONED_CONCURRENCY, InitializationType.SNAP_START])
def test_successful_init_that_no_invoke_waited_for_has_a_report(how: InitializationType) -> None:
    record = InitReport(
        initialization_type=how,
        phase=InitPhase.INIT,
        status=Status.SUCCESS,
        metrics=InitMetrics(duration_ms=137.6891),
    )
    assert lines(record) == ("INIT_REPORT Init Duration: 137.69 ms\tPhase: init",)


def test_report_after_a_restore_has_its_durations_in_place_of_init_duration() -> None:
    record = report(restore_duration_ms=712.334, billed_restore_duration_ms=5)
    tail = "Max Memory Used: 31 MB\tRestore Duration: 712.33 ms\tBilled Restore Duration: 5 ms\t"
    assert lines(record)[1] == REPORT + tail


def test_report_of_a_sampled_trace_is_followed_by_its_segment() -> None:
    wanted = "XRAY TraceId: 1-6920f8ab-0123456789abcdef01234567\tSegmentId: 54565fb41ac79632\tSampled: true\t"
    assert lines(report(tracing=TRACING))[2:] == (wanted,)


@pytest.mark.parametrize(
    "tracing",
    [
        Tracing(value="Root=1-6920f8ab-0123456789abcdef01234567;Parent=0a1b2c3d4e5f6071;Sampled=0", span_id="54565fb4"),
        Tracing(value="Root=1-6920f8ab-0123456789abcdef01234567;Parent=0a1b2c3d4e5f6071;Sampled=1"),
        Tracing(value="Sampled=1", span_id="54565fb4"),
    ],
)
def test_report_of_a_trace_that_is_not_sampled_has_no_segment(tracing: Tracing) -> None:
    assert len(lines(report(tracing=tracing))) == 2


def test_extension_line_names_its_events() -> None:
    record = PlatformExtension(name="my-ext", state="Ready", events=("INVOKE", "SHUTDOWN"))
    assert lines(record) == ("EXTENSION\tName: my-ext\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",)


def test_extension_that_failed_shows_its_error_type() -> None:
    record = PlatformExtension(name="x", state="LaunchError", error_type="PermissionDenied")
    assert lines(record) == ("EXTENSION\tName: x\tState: LaunchError\tEvents: []\tError Type: PermissionDenied",)


def test_subscription_lines_name_their_api_and_types() -> None:
    types = ("platform", "function", "extension")
    assert lines(TelemetrySubscription(name="my-ext", types=types)) == (
        "TELEMETRY\tName: my-ext\tState: Subscribed\tTypes: [Platform, Function, Extension]",
    )
    assert lines(LogsSubscription(name="my-ext", types=types[:2])) == (
        "LOGS\tName: my-ext\tState: Subscribed\tTypes: [Platform, Function]",
    )


def test_restore_start_names_the_runtime_version_and_its_arn() -> None:
    record = RestoreStart(
        function_name="f",
        function_version="3",
        instance_id="i",
        instance_max_memory=128,
        runtime_version="python:3.12.v18",
        runtime_version_arn="arn:aws:lambda:eu-west-1::runtime:0123abcd",
    )
    wanted = (
        "RESTORE_START Runtime Version: python:3.12.v18\t"
        "Runtime Version ARN: arn:aws:lambda:eu-west-1::runtime:0123abcd"
    )
    assert lines(record) == (wanted,)


@pytest.mark.parametrize(
    ("status", "error_type", "tail"),
    [
        (Status.SUCCESS, None, ""),
        (Status.TIMEOUT, "Runtime.RestoreHookUserTimeout", "\tStatus: timeout"),
        (Status.ERROR, "Runtime.ExitError", "\tStatus: error\tError Type: Runtime.ExitError"),
    ],
)
def test_restore_report_shows_what_went_wrong(status: Status, error_type: str | None, tail: str) -> None:
    record = RestoreReport(status=status, error_type=error_type, metrics=RestoreMetrics(duration_ms=1236.04))
    assert lines(record) == (f"RESTORE_REPORT Restore Duration: 1236.04 ms{tail}",)


def test_function_lines_stay_as_written() -> None:
    written = ("a", "[ERROR] boom\r  File", "")
    assert lines(FunctionLog(request_id=None, lines=written)) == written


def test_platform_fault_is_split_into_its_lines() -> None:
    record = PlatformFault(request_id=REQUEST, message=f"RequestId: {REQUEST} Error: gone\nRuntime.ExitError\n")
    assert lines(record) == (f"RequestId: {REQUEST} Error: gone", "Runtime.ExitError")


def test_what_cloudwatch_never_shows_has_no_lines() -> None:
    assert lines(EnvironmentFrozen()) == ()


@pytest.mark.parametrize("record", SAMPLES, ids=lambda record: record.TYPE)
def test_only_logged_kinds_have_lines(record: Record) -> None:
    assert is_logged(event(record)) == (record.TYPE in LOGGED_TYPES)
    assert bool(lines(record)) == is_logged(event(record))


def test_logged_kinds_are_kinds_of_record() -> None:
    assert set(LOGGED_TYPES) < {record.TYPE for record in RECORDS}
