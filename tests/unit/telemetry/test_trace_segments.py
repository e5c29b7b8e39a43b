"""Datagrams for X-Ray's daemon: which are segments, why others are not, and whose they are."""

import json
from typing import Any

import pytest

from lambdatui.model.ids import RequestId
from lambdatui.model.records import InvokeStart, TraceSegment, Tracing
from lambdatui.telemetry.trace_header import TraceHeader, parse_trace_header
from lambdatui.telemetry.trace_index import Invoked, TraceIndex
from lambdatui.telemetry.trace_segments import BadSegment, parse_datagram
from tests.unit.telemetry.samples import E1A, ORDERS, REQUEST, TRACING, event

HEAD = b'{"format": "json", "version": 1}\n'
TRACE = "1-6920f8ab-0123456789abcdef01234567"
PARENT = "0a1b2c3d4e5f6071"
SEGMENT: dict[str, Any] = {
    "trace_id": TRACE,
    "id": "54565fb41ac79632",
    "parent_id": PARENT,
    "name": "cart",
    "type": "subsegment",
    "start_time": 1795219595.5,
    "end_time": 1795219595.75,
}


def datagram(**change: object) -> bytes:
    document = {key: value for key, value in {**SEGMENT, **change}.items() if value is not ...}
    return HEAD + json.dumps(document).encode()


def segment(**change: object) -> TraceSegment:
    return parse_datagram(datagram(**change))


def test_segment_is_read_from_its_datagram() -> None:
    assert segment() == TraceSegment(
        trace_id=TRACE,
        segment_id="54565fb41ac79632",
        parent_id=PARENT,
        name="cart",
        start_s=1795219595.5,
        end_s=1795219595.75,
        document=json.dumps(SEGMENT),
    )


def test_segment_in_progress_has_no_end_yet() -> None:
    assert segment(end_time=..., in_progress=True).end_s is None


def test_parent_that_is_no_id_is_none() -> None:
    assert segment(parent_id={"a": 1}).parent_id is None


def test_name_is_bounded() -> None:
    assert segment(name="n" * 5000).name == "n" * 200


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "header line is not JSON"),
        (b"\xff\xfe", "header line is not JSON"),
        (b"[]\n{}", "header line is not a JSON object"),
        (b'{"format":"xml","version":1}\n{}', "first line is not"),
        (b'{"format":"json","version":1}', "first line is not"),
        (HEAD + b"{", "segment is not JSON"),
        (HEAD + b"[" * 60_000, "segment is not JSON"),
        (HEAD + b'{"a":' * 200 + b"1" + b"}" * 200, "nested more than 100 deep"),
        (HEAD + b"7", "segment is not a JSON object"),
        (datagram(start_time=float("nan")), "segment is not JSON"),
        (datagram(trace_id="1-2-3"), "trace_id is not"),
        (datagram(trace_id=...), "trace_id is not"),
        (datagram(id="xyz"), "id is not 16"),
        (datagram(start_time="now"), "start_time is not"),
        (datagram(start_time=True), "start_time is not"),
        (datagram(start_time=-1), "start_time is not"),
        (datagram(start_time=10**300), "start_time is not"),
        (datagram(end_time=...), "neither an end_time nor in_progress"),
    ],
)
def test_anything_else_is_dropped_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(BadSegment, match=why):
        parse_datagram(data)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (TRACING.value, TraceHeader(TRACE, PARENT, True)),
        ("Sampled=0; Root=1-a-b;Lineage=1:fe460cdd:0", TraceHeader("1-a-b", "", False)),
        ("", TraceHeader()),
    ],
)
def test_trace_header_is_read_in_any_order(text: str, header: TraceHeader) -> None:
    assert parse_trace_header(text) == header


def started(request_id: str, parent: str) -> InvokeStart:
    tracing = Tracing(value=f"Root={TRACE};Parent={parent};Sampled=1")
    return InvokeStart(request_id=RequestId(request_id), version="1", tracing=tracing)


def index(*invokes: InvokeStart) -> TraceIndex:
    made = TraceIndex()
    made.learn([event(each) for each in invokes])
    return made


def test_segment_belongs_to_the_invoke_whose_header_names_its_parent() -> None:
    found = index(started(REQUEST, PARENT), started("another", "ffffffffffffffff")).find(segment())
    assert found == Invoked(REQUEST, ORDERS, E1A)


def test_segment_of_a_known_trace_with_an_unknown_parent_belongs_to_its_newest_invoke() -> None:
    found = index(started("older", "ffffffffffffffff"), started(REQUEST, PARENT)).find(segment(parent_id=...))
    assert found == Invoked(REQUEST, ORDERS, E1A)


def test_segment_that_hangs_on_one_seen_before_belongs_to_the_same_invoke() -> None:
    known = index(started(REQUEST, PARENT), started("newer", "ffffffffffffffff"))
    inner = {"id": "1111111111111111", "name": "inner", "start_time": 1.0}
    known.find(segment(subsegments=[inner, "nonsense"]))
    assert known.find(segment(parent_id="1111111111111111")) == Invoked(REQUEST, ORDERS, E1A)


def test_segment_of_an_unknown_trace_belongs_to_nobody() -> None:
    assert index().find(segment()) is None
