import json
from pathlib import Path

import pytest

from lambdatui.model.records import EnvironmentFrozen, FunctionLog, PlatformFault, Record
from lambdatui.telemetry.aws import aws_events, aws_record, json_log_lines
from tests.unit.telemetry.samples import RECORDS, REQUEST, event

GOLDEN = json.loads((Path(__file__).parent / "golden" / "aws_events.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.TYPE)
def test_event_looks_as_aws_documents_it(record: Record) -> None:
    assert list(aws_events(event(record))) == GOLDEN.get(record.TYPE, [])


def test_record_that_aws_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="EnvironmentFrozen is not part of AWS's schema"):
        aws_record(EnvironmentFrozen())


def test_json_log_leaves_a_functions_own_lines_alone() -> None:
    record = FunctionLog(request_id=REQUEST, lines=('{"level":"INFO"}', "plain"))
    assert json_log_lines(event(record)) == ('{"level":"INFO"}', "plain")


def test_json_log_writes_a_system_record_as_one_object() -> None:
    (line,) = json_log_lines(event(RECORDS[3]))
    assert line == (
        '{"time":"2026-11-21T00:06:35.923Z","type":"platform.start",'
        f'"record":{{"requestId":"{REQUEST}","version":"$LATEST"}}}}'
    )


def test_json_log_keeps_a_platform_fault() -> None:
    record = PlatformFault(request_id=REQUEST, message="no bootstrap")
    assert json_log_lines(event(record)) == (
        '{"time":"2026-11-21T00:06:35.923Z","type":"platform.fault","record":"no bootstrap"}',
    )
