import pytest

from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    FunctionLog,
    InitMetrics,
    InitReport,
    InitStart,
    InvokeStart,
    PlatformFault,
    Record,
)
from lambdatui.telemetry.catalogue import RECORDS
from lambdatui.telemetry.cloudwatch import LOGGED_TYPES, is_logged, log_lines
from tests.unit.telemetry.samples import RECORDS as SAMPLES
from tests.unit.telemetry.samples import REQUEST, event, report

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
    assert lines(record)[1] == REPORT + "Max Memory Used: 31 MB\tStatus: timeout\t"


def test_report_of_a_dead_runtime_shows_status_and_type_after_init_duration() -> None:
    record = report(status=Status.ERROR, error_type="Runtime.ExitError", init_duration_ms=80.0)
    tail = "Max Memory Used: 31 MB\tInit Duration: 80.00 ms\tStatus: error\tError Type: Runtime.ExitError\t"
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
