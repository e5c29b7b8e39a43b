"""Messages of an event stream, read by AWS's own decoder."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.api.event_stream_frames import encode_headers, invoke_complete, message, payload_chunk


def decoded(*messages: bytes) -> list[tuple[Any, bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(messages))
    return [(one.headers, bytes(one.payload)) for one in buffer]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_pieces_of_a_response_arrive_unchanged(pieces: list[bytes]) -> None:
    found = decoded(*(payload_chunk(piece) for piece in pieces))
    assert [payload for _, payload in found] == pieces
    assert found[0][0] == {
        ":event-type": "PayloadChunk",
        ":content-type": "application/octet-stream",
        ":message-type": "event",
    }


@given(st.dictionaries(st.text("abc:-", min_size=1, max_size=20), st.text(max_size=40), max_size=3), st.binary())
def test_any_headers_and_payload_can_be_a_message(headers: Mapping[str, str], payload: bytes) -> None:
    assert decoded(message(encode_headers(headers), payload)) == [(headers, payload)]


@pytest.mark.parametrize(
    ("members", "document"),
    [
        ((None, None, None), {}),
        (("Unhandled", '{"errorType":"é"}', None), {"ErrorCode": "Unhandled", "ErrorDetails": '{"errorType":"é"}'}),
        ((None, None, "U1RBUlQ="), {"LogResult": "U1RBUlQ="}),
    ],
)
def test_the_last_message_holds_what_there_is_to_say(
    members: tuple[str | None, str | None, str | None], document: dict[str, str]
) -> None:
    code, details, log = members
    ((headers, payload),) = decoded(invoke_complete(error_code=code, error_details=details, log_result=log))
    assert (headers[":event-type"], headers[":content-type"]) == ("InvokeComplete", "application/json")
    assert json.loads(payload) == document
