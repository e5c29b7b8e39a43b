"""What we write: heads and chunks, and that nobody can smuggle a line into them."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.net import heads


def test_a_response_head_has_its_length_last() -> None:
    head = heads.render_response_head(202, [("Content-Type", "application/json")], 16)
    assert head == b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"


def test_a_connection_that_will_end_says_so() -> None:
    head = heads.render_response_head(400, b"", 0, keep_alive=False)
    assert head == b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_no_length(status: int) -> None:
    assert b"Content-Length" not in heads.render_response_head(status, b"", 0)


def test_a_status_nobody_knows_has_no_reason() -> None:
    assert heads.render_response_head(799, b"", None) == b"HTTP/1.1 799 \r\n\r\n"


def test_rendered_lines_are_taken_as_they_are() -> None:
    lines = heads.render_headers([("A", "b"), ("C", "d")])
    assert heads.render_response_head(200, lines, 0) == heads.render_response_head(200, [("A", "b"), ("C", "d")], 0)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "é", "a\0"])
def test_a_name_that_is_no_token_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a header name"):
        heads.render_headers([(name, "x")])


@given(st.text(max_size=100))
def test_no_value_can_end_its_line(value: str) -> None:
    line = heads.render_headers([("X", value)])
    assert line.startswith(b"X: ")
    assert line.endswith(b"\r\n")
    assert not {0, 10, 13} & set(line[:-2])


@pytest.mark.parametrize("target", ["/a b", "/a\r\nb", "/é", "/a\0"])
def test_a_target_that_would_break_the_request_line_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="percent-encode it"):
        heads.render_request_head("GET", target, b"", None)


def test_a_request_head_is_complete() -> None:
    head = heads.render_request_head("POST", "/a?b", [("Host", "x")], 3)
    assert head == b"POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"


class _Body:
    def __init__(self) -> None:
        self.body = b""
        self.complete = False

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.complete = True


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_chunks_read_back_as_the_body_they_were_made_of(pieces: list[bytes]) -> None:
    seen = _Body()
    parser = httptools.HttpResponseParser(seen)
    parser.feed_data(heads.render_response_head(200, b"Transfer-Encoding: chunked\r\n", None))
    for piece in pieces:
        parser.feed_data(heads.render_chunk(piece))
    assert not seen.complete
    parser.feed_data(heads.LAST_CHUNK)
    assert (seen.complete, seen.body) == (True, b"".join(pieces))
