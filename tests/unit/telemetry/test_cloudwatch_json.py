"""Logs in the JSON format, and what the levels of a function let through."""

import json

import pytest

from lambdatui.model.function import LogFormat, LoggingConfig
from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    ExtensionLog,
    FunctionLog,
    FunctionSummary,
    InitRuntimeDone,
    InvokeStart,
    PlatformFault,
    ProjectLoaded,
    Record,
)
from lambdatui.telemetry.cloudwatch import EVER_LOGGED_TYPES, LogRenderer, is_logged, log_lines
from lambdatui.telemetry.log_tail import LogTail
from tests.unit.telemetry.samples import ORDERS, RECORDS, REQUEST, event, report

START = InvokeStart(request_id=REQUEST, version="3")
DEBUG_LINE = '{"timestamp":"2026-11-21T00:06:36Z","level":"DEBUG","message":"m"}'


def logging(application: str | None = None, system: str | None = None) -> LoggingConfig:
    return LoggingConfig(log_format=LogFormat.JSON, application_log_level=application, system_log_level=system)


def kinds(record: Record, system: str | None) -> list[str]:
    return [json.loads(line)["type"] for line in log_lines(event(record), logging(system=system))]


def test_system_event_is_an_object_of_time_type_and_record() -> None:
    (line,) = log_lines(event(START), logging())
    wanted = {"requestId": REQUEST, "version": "3"}
    assert line == json.dumps(
        {"time": "2026-11-21T00:06:35.923Z", "type": "platform.start", "record": wanted}, separators=(",", ":")
    )


def test_end_has_no_line_of_its_own() -> None:
    assert kinds(report(), None) == ["platform.report"]


@pytest.mark.parametrize(
    ("system", "shown"),
    [
        (None, ["platform.start", "platform.report", "failed"]),
        ("DEBUG", ["platform.start", "platform.initRuntimeDone", "platform.report", "failed"]),
        ("INFO", ["platform.start", "platform.report", "failed"]),
        ("WARN", ["failed"]),
    ],
)
def test_system_level_chooses_among_the_platforms_events(system: str | None, shown: list[str]) -> None:
    done = InitRuntimeDone(phase=InitPhase.INIT, status=Status.SUCCESS)
    seen = [kind for record in (START, done, report()) for kind in kinds(record, system)]
    seen += ["failed" for _ in kinds(report(status=Status.TIMEOUT), system)]
    assert seen == shown


def test_json_of_a_function_is_not_encoded_again_and_text_stays_text() -> None:
    lines = ('{"level":"INFO"}', "printed")
    assert log_lines(event(FunctionLog(request_id=None, lines=lines)), logging()) == lines


@pytest.mark.parametrize(
    ("application", "shown"),
    [
        (None, ("printed",)),
        ("DEBUG", (DEBUG_LINE, "printed")),
        ("TRACE", (DEBUG_LINE, "printed")),
        ("WARN", ()),
    ],
)
def test_application_level_chooses_among_lines_and_unlabelled_ones_are_info(
    application: str | None, shown: tuple[str, ...]
) -> None:
    record = FunctionLog(request_id=None, lines=(DEBUG_LINE, "printed"))
    assert log_lines(event(record), logging(application)) == shown


def test_line_that_the_runtime_labelled_is_shown_for_the_code_chose_its_level() -> None:
    record = FunctionLog(request_id=None, lines=(DEBUG_LINE, "printed"), levels=("DEBUG", ""))
    assert log_lines(event(record), logging("ERROR")) == (DEBUG_LINE,)


def test_application_level_leaves_the_platform_and_extensions_alone() -> None:
    assert log_lines(event(START), logging("FATAL")) != ()
    record = ExtensionLog(extension="tail", request_id=None, lines=("hello",))
    assert log_lines(event(record), logging("FATAL")) == ("hello",)


def test_fault_is_told_as_text_in_its_record() -> None:
    (line,) = log_lines(event(PlatformFault(request_id=None, message="no bootstrap")), logging(system="WARN"))
    assert json.loads(line)["record"] == "no bootstrap"


def test_what_only_lambdatui_knows_is_not_logged() -> None:
    assert log_lines(event(EnvironmentFrozen()), logging(system="DEBUG")) == ()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.TYPE)
def test_only_logged_kinds_have_lines(record: Record) -> None:
    config = logging("TRACE", "DEBUG")
    assert bool(log_lines(event(record), config)) == is_logged(event(record), config)
    assert not is_logged(event(record), config) or record.TYPE in EVER_LOGGED_TYPES


def test_renderer_shows_each_function_in_its_own_format() -> None:
    renderer = LogRenderer({FunctionName("another"): logging()})
    assert renderer.lines(event(START)) == (f"START RequestId: {REQUEST} Version: 3",)
    (line,) = renderer.lines(event(START)._replace(function=FunctionName("another")))
    assert json.loads(line)["type"] == "platform.start"


def test_renderer_learns_the_format_from_the_stream() -> None:
    renderer = LogRenderer()
    loaded = ProjectLoaded(
        functions=(ORDERS,), problems=(), summaries=(FunctionSummary(name=ORDERS, logging=logging()),)
    )
    assert [json.loads(line)["type"] for line in renderer.lines_of([event(loaded), event(START)])] == ["platform.start"]


def test_tail_of_an_invocation_is_in_the_functions_format() -> None:
    tail = LogTail(REQUEST, logging=logging())
    for record in (START, FunctionLog(request_id=REQUEST, lines=("printed",)), report()):
        tail.add(event(record))
    first, printed, last = tail.getvalue().decode().splitlines()
    assert (json.loads(first)["type"], printed, json.loads(last)["type"]) == (
        "platform.start",
        "printed",
        "platform.report",
    )
