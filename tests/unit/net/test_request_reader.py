"""From bytes to requests: every split of a valid stream gives the same requests; what is not valid is refused."""

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.net.heads import LAST_CHUNK, render_chunk
from lambdatui.net.limits import Limits
from lambdatui.net.request import Request
from lambdatui.net.request_reader import HeadRefused, RequestReader

SMALL = Limits(max_body_bytes=20, max_discarded_bytes=30, max_head_bytes=200, max_pipelined=5)


class Seen(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    trailers: dict[bytes, bytes]
    keep_alive: bool


def seen(request: Request) -> Seen:
    return Seen(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        request.trailers,
        request.keep_alive,
    )


def read(*parts: bytes, limits: Limits | None = None) -> list[Request]:
    reader = RequestReader(limits or Limits())
    for part in parts:
        reader.feed(part)
    return list(reader.completed)


tokens = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(lambda name: f"x{name}")
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, Seen]:
    """A request with any sort of body, as bytes and as what must be read from them."""
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]))
    path = draw(st.sampled_from(["/", "/a/b", "/2018-06-01/runtime/invocation/next"]))
    query = draw(st.sampled_from(["", "a=b", "a=%20&b"]))
    headers = draw(st.dictionaries(tokens, values, max_size=4))
    offer = draw(st.booleans())
    body, trailers = b"", {}
    head = f"{method} {path}{'?' + query if query else ''} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if offer:
        head += "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    expected = {name.encode(): value.encode() for name, value in headers.items()}
    if offer:
        expected[b"connection"] = b"Upgrade, HTTP2-Settings"
    match draw(st.sampled_from(["none", "length", "chunked"])):
        case "none":
            raw = head.encode() + b"\r\n"
        case "length":
            body = draw(st.binary(max_size=60))
            raw = head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            expected[b"content-length"] = b"%d" % len(body)
        case _:
            pieces = draw(st.lists(st.binary(min_size=1, max_size=20), max_size=4))
            body = b"".join(pieces)
            trailers = {
                name.encode(): value.encode()
                for name, value in draw(st.dictionaries(tokens, values, max_size=2)).items()
            }
            tail = b"".join(b"%b: %b\r\n" % item for item in trailers.items())
            chunks = b"".join(render_chunk(piece) for piece in pieces) + LAST_CHUNK[:-2] + tail + b"\r\n"
            raw = head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
            expected[b"transfer-encoding"] = b"chunked"
    return raw, Seen(method, path, query, expected, body, trailers, True)


@given(st.lists(requests(), min_size=1, max_size=4), st.data())
def test_every_split_of_a_stream_gives_the_same_requests(stream: list[tuple[bytes, Seen]], data: st.DataObject) -> None:
    raw = b"".join(part for part, _ in stream)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=12)))
    parts = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert [seen(request) for request in read(*parts)] == [expected for _, expected in stream]


@given(st.lists(requests(), min_size=1, max_size=2), st.lists(st.integers(0, 1), max_size=14), st.data())
def test_every_split_of_a_stream_that_repeats_itself_gives_the_same_requests(
    pool: list[tuple[bytes, Seen]], order: list[int], data: st.DataObject
) -> None:
    stream = [pool[index % len(pool)] for index in order]
    raw = b"".join(part for part, _ in stream)
    ends = [sum(len(part) for part, _ in stream[:count]) for count in range(len(stream))]
    cuts = sorted(data.draw(st.sets(st.sampled_from([0, *ends]) | st.integers(0, len(raw)), max_size=14)))
    parts = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert [seen(request) for request in read(*parts)] == [expected for _, expected in stream]


def test_a_body_that_ends_in_the_head_of_the_request_before_it_is_a_body() -> None:
    head = b"GET / HTTP/1.1\r\n\r\n"
    post = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(head), head)
    assert [(each.method, each.body) for each in read(head, post, head)] == [("GET", b""), ("POST", head), ("GET", b"")]


def test_a_head_that_is_known_may_come_in_pieces_and_with_another_behind_it() -> None:
    post = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
    assert [each.body for each in read(post, post[:9], post[9:-1], b"}" + post + post[:-2], b"{}")] == [b"{}"] * 4


IDS = ("0a0a0a0a-0000-4000-8000-000000000001", "0b0b0b0b-0000-4000-8000-000000000002")
NO_IDS = (
    "0A0A0A0A-0000-4000-8000-000000000001",
    "0b0b0b0b-0000-4000-8000-00000000000g",
    "0b0b0b0b 0000-4000-8000-0",
    "",
)
any_id = st.sampled_from((*IDS, *IDS, *NO_IDS))
TARGETS = ("/run/{}/response", "/run/{}/response", "/run/{}/error", "/{}/{}", "/run?id={}", "/run")
HEADERS = ("Id: {}", "Id: {}", "Id: x{}", "Id:{}", "A: {}\r\nA: {}", "A: {}\r\nB: {}", "A: b")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("POST", "POST", "PUT")),
            st.sampled_from(TARGETS),
            st.sampled_from(HEADERS),
            st.tuples(any_id, any_id, any_id, any_id),
            st.sampled_from(("1.1", "1.1", "1.0", "2.0")),
            st.sampled_from((b"{}", b"[]", b"null")),
        ),
        max_size=24,
    )
)
def test_requests_that_differ_in_their_ids_are_read_as_if_each_were_the_first(
    asked: list[tuple[str, str, str, tuple[str, str, str, str], str, bytes]],
) -> None:
    reader = RequestReader(Limits())
    reader.feed(b"GET /next HTTP/1.1\r\n\r\n")
    reader.take()
    for method, target, header, (one, two, three, four), version, body in asked:
        head = f"{method} {target.format(one, two)} HTTP/{version}\r\n{header.format(three, four)}\r\n"
        raw = head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        first = RequestReader(Limits())
        expected = refused_status(first, raw), [(seen(each), each.raw_headers) for each in first.completed]
        status = refused_status(reader, raw)
        assert (status, [(seen(each), each.raw_headers) for each in reader.completed]) == expected
        if first.finished or status is not None:
            break
        reader.take()


@given(requests())
def test_a_stream_that_comes_byte_by_byte_gives_the_same_request(stream: tuple[bytes, Seen]) -> None:
    raw, expected = stream
    assert [seen(request) for request in read(*(raw[at : at + 1] for at in range(len(raw))))] == [expected]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_garbage_is_read_or_refused_and_nothing_else(raw: bytes, cut: int) -> None:
    reader = RequestReader(SMALL)
    status = refused_status(reader, raw[:cut], raw[cut:])
    assert status in {None, 400, 431, 505}
    reader.end()
    assert reader.finished


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET /\r\n\r\n", 505),
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
    ],
)
def test_a_message_that_two_readers_could_read_differently_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(HeadRefused) as refused:
        read(raw)
    assert refused.value.status == status


def test_what_came_before_a_broken_request_is_still_there() -> None:
    reader = RequestReader(Limits())
    with pytest.raises(HeadRefused):
        reader.feed(b"GET /good HTTP/1.1\r\n\r\nBROKEN\r\n\r\n")
    assert [request.path for request in reader.completed] == ["/good"]


@pytest.mark.parametrize("piece_bytes", [1, 50, 10_000])
def test_a_head_over_its_limit_is_refused_with_431_however_it_comes(piece_bytes: int) -> None:
    raw = b"GET / HTTP/1.1\r\nA: " + b"a" * 300 + b"\r\n\r\n"
    with pytest.raises(HeadRefused) as refused:
        read(*(raw[at : at + piece_bytes] for at in range(0, len(raw), piece_bytes)), limits=SMALL)
    assert refused.value.status == 431


def test_a_head_that_never_ends_is_refused_before_it_is_stored() -> None:
    reader = RequestReader(SMALL)
    reader.feed(b"GET / HTTP/1.1\r\nA: ")
    assert refused_status(reader, *[b"a" * 50] * 10) == 431


def test_a_body_that_comes_with_its_head_does_not_count_as_head() -> None:
    limits = replace(SMALL, max_body_bytes=10_000)
    (request,) = read(b"POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, limits=limits)
    assert len(request.body) == 5000


def test_trailers_over_the_limit_of_a_head_are_refused() -> None:
    with pytest.raises(HeadRefused) as refused:
        read(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
            *(b"T%d: %b\r\n" % (number, b"t" * 30) for number in range(20)),
            limits=SMALL,
        )
    assert refused.value.status == 431


def test_a_trailer_that_never_ends_is_refused() -> None:
    with pytest.raises(HeadRefused) as refused:
        read(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: ",
            *([b"t" * 30] * 20),
            limits=SMALL,
        )
    assert refused.value.status == 431


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_of_exactly_the_limit_passes(framing: str) -> None:
    (request,) = read(with_body(b"x" * 20, framing), limits=SMALL)
    assert (request.body, request.body_too_large) == (b"x" * 20, False)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_one_byte_more_is_read_unseen_and_the_connection_goes_on(framing: str) -> None:
    large, after = read(with_body(b"x" * 21, framing) + b"GET /after HTTP/1.1\r\n\r\n", limits=SMALL)
    assert (large.body, large.body_too_large, large.keep_alive) == (b"", True, True)
    assert (after.path, after.body_too_large) == ("/after", False)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_not_worth_reading_is_answered_before_it_has_come(framing: str) -> None:
    reader = RequestReader(SMALL)
    raw = with_body(b"x" * 1000, framing)
    reader.feed(raw[:300])
    (large,) = reader.completed
    assert (large.body, large.body_too_large, large.keep_alive) == (b"", True, False)
    assert reader.abandoned


def test_a_large_chunked_body_is_not_kept_while_it_comes() -> None:
    reader = RequestReader(replace(SMALL, max_discarded_bytes=100_000))
    reader.feed(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        reader.feed(render_chunk(b"x" * 100))
        assert reader.buffered_bytes <= SMALL.max_body_bytes


def test_a_body_in_tiny_chunks_is_whole_and_in_order() -> None:
    body = bytes(number % 251 for number in range(20_000))
    raw = b"".join(render_chunk(body[at : at + 2]) for at in range(0, len(body), 2))
    (request,) = read(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + raw + LAST_CHUNK)
    assert request.body == body


def test_a_body_cut_off_is_completed_as_truncated() -> None:
    reader = RequestReader(Limits())
    reader.feed(b"POST /r HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    reader.end()
    (request,) = reader.completed
    assert (request.truncated, request.body, request.keep_alive) == (True, b"", False)


def test_a_head_cut_off_is_nobodys_request() -> None:
    reader = RequestReader(Limits())
    reader.feed(b"GET / HTTP/1.1\r\nHo")
    reader.end()
    assert not reader.completed


def test_a_peer_that_asks_before_it_sends_is_told_to_go_on() -> None:
    reader = RequestReader(SMALL)
    reader.feed(b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n")
    assert reader.wants_continue
    reader.feed(b"abc")
    assert not reader.wants_continue


def test_a_peer_that_asks_before_it_sends_too_much_is_answered_instead() -> None:
    reader = RequestReader(SMALL)
    reader.feed(b"POST / HTTP/1.1\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n")
    (request,) = reader.completed
    assert (request.body_too_large, request.keep_alive, reader.wants_continue) == (True, False, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\nGET /never HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /never HTTP/1.0\r\n\r\n",
        b"CONNECT host:443 HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\n\r\n",
    ],
)
def test_what_follows_a_last_request_is_ignored(raw: bytes) -> None:
    (request,) = read(raw)
    assert not request.keep_alive


def test_requests_without_end_and_without_an_answer_are_refused() -> None:
    with pytest.raises(HeadRefused, match="more than 5 requests"):
        read(b"GET / HTTP/1.1\r\n\r\n" * 7, limits=SMALL)


def test_repeated_headers_are_joined_and_cookies_in_their_own_way() -> None:
    (request,) = read(b"GET / HTTP/1.1\r\nA: 1\r\na: 2\r\nCookie: b=1\r\nCookie: c=2\r\n\r\n")
    assert request.headers == {b"a": b"1, 2", b"cookie": b"b=1; c=2"}
    assert request.raw_headers[1] == (b"a", b"2")


def refused_status(reader: RequestReader, *parts: bytes) -> int | None:
    try:
        for part in parts:
            reader.feed(part)
    except HeadRefused as refusal:
        return refusal.status
    return None


def with_body(body: bytes, framing: str) -> bytes:
    if framing == "length":
        return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    chunks = b"".join(render_chunk(body[at : at + 7]) for at in range(0, len(body), 7))
    return b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + LAST_CHUNK
