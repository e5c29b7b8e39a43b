"""What one subscribed extension is sent, in the shapes of either API."""

import json
from typing import Any

import pytest

from lambdatui.model.phase import Status
from lambdatui.model.records import (
    EnvironmentFrozen,
    ExtensionLog,
    FunctionLog,
    InitRuntimeDone,
    InvokeStart,
    LogsDropped,
    PlatformFault,
    Record,
    RuntimeDone,
    RuntimeDoneMetrics,
    TelemetrySubscription,
)
from lambdatui.telemetry.aws import aws_events
from lambdatui.telemetry.subscriber_events import Subscriber, events_for
from tests.unit.telemetry.samples import RECORDS, REQUEST, TRACING, event, report

ALL = frozenset({"platform", "function", "extension"})
TELEMETRY = Subscriber(extension="tail", types=ALL, schema_version="2022-12-13")
LOGS = Subscriber(extension="tail", types=ALL, schema_version="2020-08-15", logs_api=True)
NOON = "2026-11-21T00:06:35.923Z"


def sent(subscriber: Subscriber, record: Record) -> list[dict[str, Any]]:
    return [json.loads(each) for each in events_for(subscriber, event(record))]


def bodies(subscriber: Subscriber, record: Record) -> list[tuple[str, object]]:
    return [(each["type"], each["record"]) for each in sent(subscriber, record)]


def runtime_done() -> RuntimeDone:
    return RuntimeDone(request_id=REQUEST, status=Status.SUCCESS, metrics=RuntimeDoneMetrics(duration_ms=1.0))


@pytest.mark.parametrize(
    "record",
    [each for each in RECORDS if not (isinstance(each, ExtensionLog | LogsDropped))],
    ids=lambda record: record.TYPE,
)
def test_telemetry_api_has_awss_present_schema(record: Record) -> None:
    assert sent(TELEMETRY, record) == list(aws_events(event(record)))


def test_event_is_an_envelope_of_time_type_and_record() -> None:
    record = InvokeStart(request_id=REQUEST, version="3")
    wanted = {"time": NOON, "type": "platform.start", "record": {"requestId": REQUEST, "version": "3"}}
    assert sent(TELEMETRY, record) == [wanted]


@pytest.mark.parametrize(
    ("types", "record"),
    [
        ({"function", "extension"}, InvokeStart(request_id=REQUEST, version="3")),
        ({"platform", "extension"}, FunctionLog(request_id=None, lines=("a",))),
        ({"platform", "function"}, ExtensionLog(extension="other", request_id=None, lines=("a",))),
        ({"platform", "function", "extension"}, EnvironmentFrozen()),
    ],
)
def test_what_was_not_subscribed_to_is_not_sent(types: set[str], record: Record) -> None:
    subscriber = Subscriber(extension="tail", types=frozenset(types), schema_version="2022-12-13")
    assert sent(subscriber, record) == []


def test_lines_of_another_extension_are_sent() -> None:
    record = ExtensionLog(extension="other", request_id=None, lines=("a", "b"))
    assert bodies(TELEMETRY, record) == [("extension", "a\n"), ("extension", "b\n")]


def test_extension_is_never_sent_its_own_lines() -> None:
    assert sent(TELEMETRY, ExtensionLog(extension="tail", request_id=None, lines=("I got an event",))) == []


def test_extension_is_told_of_its_own_subscription() -> None:
    record = TelemetrySubscription(name="tail", types=("platform",))
    assert [kind for kind, _ in bodies(TELEMETRY, record)] == ["platform.telemetrySubscription"]


@pytest.mark.parametrize(("name", "count"), [("tail", 1), ("other", 0)])
def test_only_the_one_who_lost_something_is_told(name: str, count: int) -> None:
    record = LogsDropped(name=name, dropped_records=1, dropped_bytes=2, reason="slow")
    assert len(sent(TELEMETRY, record)) == count


@pytest.mark.parametrize("version", ["2022-12-13", "2025-01-29"])
def test_json_line_of_a_function_that_logs_json_is_an_object(version: str) -> None:
    subscriber = Subscriber(extension="tail", types=ALL, schema_version=version, json_lines=True)
    record = FunctionLog(request_id=None, lines=('{"level":"INFO"}', "plain", "{broken}", "[1]"))
    assert bodies(subscriber, record) == [
        ("function", {"level": "INFO"}),
        ("function", "plain\n"),
        ("function", "{broken}\n"),
        ("function", "[1]\n"),
    ]


@pytest.mark.parametrize(("version", "json_lines"), [("2022-07-01", True), ("2022-12-13", False)])
def test_json_line_is_a_string_in_the_oldest_schema_and_in_the_text_format(version: str, json_lines: bool) -> None:
    subscriber = Subscriber(extension="tail", types=ALL, schema_version=version, json_lines=json_lines)
    assert bodies(subscriber, FunctionLog(request_id=None, lines=('{"a":1}',))) == [("function", '{"a":1}\n')]


def test_logs_api_has_an_end_before_its_report() -> None:
    (end, end_body), (kind, body) = bodies(LOGS, report(init_duration_ms=80.0, tracing=TRACING))
    assert (end, end_body) == ("platform.end", {"requestId": REQUEST})
    assert (kind, body) == (
        "platform.report",
        {
            "requestId": REQUEST,
            "metrics": {
                "durationMs": 133.614,
                "billedDurationMs": 214,
                "memorySizeMB": 128,
                "maxMemoryUsedMB": 31,
                "initDurationMs": 80.0,
            },
        },
    )


def test_logs_api_has_a_fault_for_a_runtime_that_died() -> None:
    kind, body = bodies(LOGS, report(status=Status.ERROR, error_type="Runtime.ExitError"))[0]
    assert (kind, body) == ("platform.fault", f"RequestId: {REQUEST} Process exited before completing request")


def test_logs_api_passes_the_platforms_own_lines_on() -> None:
    assert bodies(LOGS, PlatformFault(request_id=None, message="no bootstrap")) == [("platform.fault", "no bootstrap")]


@pytest.mark.parametrize(("version", "count"), [("2020-08-15", 0), ("2021-03-18", 1)])
def test_logs_api_knows_the_end_of_the_runtime_since_its_second_version(version: str, count: int) -> None:
    subscriber = Subscriber(extension="tail", types=ALL, schema_version=version, logs_api=True)
    assert (
        bodies(subscriber, runtime_done())
        == [("platform.runtimeDone", {"requestId": REQUEST, "status": "success"})] * count
    )


def test_logs_api_knows_nothing_of_init() -> None:
    assert sent(LOGS, next(each for each in RECORDS if isinstance(each, InitRuntimeDone))) == []
