import json
from pathlib import Path

import pytest

from lambdatui.model.records import EnvironmentFrozen, Record
from lambdatui.telemetry.aws import aws_events, aws_record
from tests.unit.telemetry.samples import RECORDS, event

GOLDEN = json.loads((Path(__file__).parent / "golden" / "aws_events.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.TYPE)
def test_event_looks_as_aws_documents_it(record: Record) -> None:
    assert list(aws_events(event(record))) == GOLDEN.get(record.TYPE, [])


def test_record_that_aws_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="EnvironmentFrozen is not part of AWS's schema"):
        aws_record(EnvironmentFrozen())
