import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, EnvironmentThawed, InvokeStart, Record, UnknownRecord
from lambdatui.telemetry.catalogue import RECORDS as KINDS
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.wire import WireError, decode_event, decode_record, encode_event, encode_record
from tests.unit.telemetry.generated import records
from tests.unit.telemetry.samples import RECORDS, REQUEST, event

GOLDEN = Path(__file__).parent / "golden" / "events.ndjson"


def lines() -> list[str]:
    return GOLDEN.read_text(encoding="utf-8").splitlines()


def test_every_kind_of_record_has_a_sample() -> None:
    assert [type(record) for record in RECORDS] == list(KINDS)


@pytest.mark.parametrize(("record", "line"), zip(RECORDS, lines(), strict=True), ids=lambda each: "")
def test_record_is_written_as_its_golden_line(record: Record, line: str) -> None:
    assert encode_event(event(record)) == line


@pytest.mark.parametrize(("record", "line"), zip(RECORDS, lines(), strict=True), ids=lambda each: "")
def test_golden_line_is_read_as_its_record(record: Record, line: str) -> None:
    assert decode_event(line) == event(record)


TIMES = st.integers(min_value=0, max_value=4_000_000_000_000_000).map(lambda micros: micros / 1e6)


@given(
    record=records(),
    seq=st.integers(min_value=1),
    time_s=TIMES,
    function=st.none() | st.from_type(FunctionName),
    environment=st.none() | st.from_type(EnvironmentId),
)
def test_what_was_written_is_read_back_equal(
    record: Record, seq: int, time_s: float, function: FunctionName | None, environment: EnvironmentId | None
) -> None:
    wanted = TelemetryEvent(seq=seq, time_s=time_s, record=record, function=function, environment=environment)
    line = encode_event(wanted)
    assert decode_event(line) == wanted
    assert "\n" not in line


def test_type_of_a_newer_engine_is_kept_and_passed_on() -> None:
    line = '{"seq":3,"time":"2026-11-21T00:06:35.923417Z","type":"snapstart.restored","record":{"ms":[1,{"a":null}]}}'
    read = decode_event(line)
    assert read.record == UnknownRecord(name="snapstart.restored", body='{"ms":[1,{"a":null}]}')
    assert encode_event(read) == line


def test_field_of_a_newer_engine_is_ignored() -> None:
    body = json.dumps({"requestId": REQUEST, "version": "3", "tenant": {"id": 7}})
    assert decode_record("platform.start", body) == InvokeStart(request_id=REQUEST, version="3")


def test_word_of_a_newer_engine_makes_the_record_unknown() -> None:
    body = '{"phase":"restoring","generation":1,"reason":""}'
    assert decode_record("environment.phase", body) == UnknownRecord(name="environment.phase", body=body)


def test_known_word_is_read_as_the_enumeration_member() -> None:
    _, body = encode_record(EnvironmentPhase(phase=Phase.INIT, generation=1))
    record = decode_record("environment.phase", body)
    assert isinstance(record, EnvironmentPhase)
    assert record.phase is Phase.INIT


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ("[1]", "not an event"),
        ('{"time":"2026-11-21T00:06:35Z","type":"x","record":{}}', "'seq' is missing"),
        ('{"seq":"1","time":"2026-11-21T00:06:35Z","type":"x","record":{}}', "'seq' is no number"),
        ('{"seq":1,"time":"yesterday","type":"x","record":{}}', "yesterday"),
        ('{"seq":1,"time":"2026-11-21T00:06:35","type":"x","record":{}}', "no time zone"),
        ('{"seq":1,"time":"2026-11-21T00:06:35Z","type":"platform.start","record":{"version":"1"}}', "requestId"),
        ('{"seq":1,"time":"2026-11-21T00:06:35Z","type":"platform.start","record":[]}', "expected an object"),
        (
            '{"seq":1,"time":"2026-11-21T00:06:35Z","type":"platform.start","record":{"requestId":1,"version":"1"}}',
            "InvokeStart.requestId: expected a string, got 1",
        ),
    ],
)
def test_garbage_is_refused_with_the_place_of_the_fault(line: str | bytes, complaint: str) -> None:
    with pytest.raises(WireError, match=complaint.replace("[", r"\[")):
        decode_event(line)


def test_number_that_json_has_no_word_for_is_not_written() -> None:
    with pytest.raises(ValueError, match="nan cannot be written as JSON"):
        encode_record(EnvironmentThawed(frozen_ms=float("nan")))
