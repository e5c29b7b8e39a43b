"""Bodies that are handed over as they come: the same bytes whatever way they are split, and no wait without an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.net.body_stream import HIGH_WATER_BYTES, BodyStream
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from lambdatui.net.limits import Limits, StreamedBodies
from lambdatui.net.request import Request
from lambdatui.net.request_reader import HeadRefused, RequestReader

STREAMED = StreamedBodies(header=b"x-mode", path_end="/response")
HEAD = b"POST /a/response HTTP/1.1\r\nX-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n"


def reader_of(*parts: bytes, limits: Limits | None = None) -> RequestReader:
    reader = RequestReader(limits or Limits(), STREAMED)
    for part in parts:
        reader.feed(part)
    return reader


def stream_of(request: Request) -> BodyStream:
    assert request.body_stream is not None
    return request.body_stream


def everything(stream: BodyStream) -> bytes:
    return b"".join(iter(stream.take, b""))


def test_a_request_is_there_with_its_head_and_its_body_follows() -> None:
    reader = reader_of(HEAD)
    request = reader.take()
    stream = stream_of(request)
    assert (stream.take(), stream.finished) == (b"", False)
    reader.feed(render_chunk(b"one"))
    assert (stream.take(), stream.finished) == (b"one", False)
    reader.feed(render_chunk(b"two") + LAST_CHUNK)
    assert (stream.take(), stream.finished, request.truncated) == (b"two", True, False)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.data())
def test_every_split_gives_the_same_body_trailers_and_next_request(pieces: list[bytes], data: st.DataObject) -> None:
    chunks = b"".join(render_chunk(piece) for piece in pieces) + b"0\r\nX-Error: e\r\n\r\n"
    raw = HEAD + chunks + b"POST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nab" + HEAD + LAST_CHUNK
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=8)))
    reader = reader_of(*(raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)))
    first, second, third = (reader.take() for _ in range(3))
    assert everything(stream_of(first)) == b"".join(pieces)
    assert first.trailers == {b"x-error": b"e"}
    assert (second.body_stream, second.body) == (None, b"ab")
    assert (everything(stream_of(third)), stream_of(third).finished) == (b"", True)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /a/response HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
        b"POST /a/error HTTP/1.1\r\nX-Mode: streaming\r\nContent-Length: 3\r\n\r\n",
    ],
)
def test_any_other_request_is_read_whole_before_it_is_there(head: bytes) -> None:
    reader = reader_of(head + b"ab")
    assert not reader.completed
    reader.feed(b"c")
    assert reader.take().body == b"abc"


def test_a_length_over_every_limit_is_none_for_a_stream() -> None:
    limits = Limits(max_body_bytes=2, max_discarded_bytes=2)
    reader = reader_of(b"POST /response HTTP/1.1\r\nX-Mode: x\r\nContent-Length: 9\r\n\r\n123456789", limits=limits)
    assert everything(stream_of(reader.take())) == b"123456789"


def test_a_peer_that_stops_in_the_middle_leaves_a_truncated_body() -> None:
    reader = reader_of(HEAD + render_chunk(b"half"))
    request = reader.take()
    reader.end()
    assert (everything(stream_of(request)), stream_of(request).finished) == (b"half", True)
    assert (request.truncated, request.keep_alive, reader.finished) == (True, False, True)


@pytest.mark.parametrize(
    "broken",
    [b"zz\r\n", b"0\r\nX-Error: " + b"e" * 300 + b"\r\n\r\n", b"3;" + b"x" * 300],
    ids=["size", "trailer", "extension"],
)
def test_a_framing_that_cannot_be_read_ends_the_body_too(broken: bytes) -> None:
    reader = reader_of(HEAD, limits=Limits(max_head_bytes=200))
    request = reader.take()
    with pytest.raises(HeadRefused):
        reader.feed(broken)
    assert (stream_of(request).finished, request.truncated) == (True, True)


def test_who_takes_too_slowly_asks_for_a_pause_and_tells_when_there_is_room() -> None:
    stream = BodyStream()
    told: list[str] = []
    stream.on_room = lambda: told.append("room")
    for _ in range(4):
        stream.feed(b"x" * (HIGH_WATER_BYTES // 3))
    assert stream.wants_pause()
    stream.take()
    stream.take()
    assert told == []
    stream.take()
    assert told == ["room"]
    assert not stream.wants_pause()


def test_what_nobody_wants_takes_no_room() -> None:
    stream = BodyStream()
    told: list[str] = []
    stream.on_room = lambda: told.append("room")
    stream.feed(b"x" * (HIGH_WATER_BYTES + 1))
    assert stream.wants_pause()
    stream.discard()
    assert told == ["room"]
    stream.feed(b"x" * (HIGH_WATER_BYTES + 1))
    assert (stream.wants_pause(), stream.take()) == (False, b"")
