import pytest
from hypothesis import given

from lambdatui.model.views import Views
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.snapshot import SnapshotError, decode_views, encode_views
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.streams import streams


@given(streams(max_size=30))
def test_snapshot_is_read_back_equal(events: list[TelemetryEvent]) -> None:
    views = apply(Views(), events)
    assert decode_views(encode_views(views)) == views


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "the snapshot is not JSON"),
        ("[]", "expected an object"),
        ('{"seq":"x"}', "Views.seq: expected a whole number"),
        ('{"environments":{"e1a":{"id":"e1a"}}}', "'function' is missing"),
    ],
)
def test_garbage_is_refused_with_the_place_of_the_fault(document: str, complaint: str) -> None:
    with pytest.raises(SnapshotError, match=complaint):
        decode_views(document)
