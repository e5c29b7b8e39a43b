"""Responses that arrive in any pieces, and requests that do not fit into one send."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from lambdatui.runtimes.python.http_connection import HttpConnection

Pair = tuple[HttpConnection, socket.socket]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Empty:\r\nLambda-Runtime-Trace-Id:  Root=1:2 \r\n"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


def _joined(kind: socket.SocketKind) -> Iterator[Pair]:
    """A connection whose other end is in the test's hands."""
    near, far = socket.socketpair(socket.AF_UNIX, kind)
    connection = HttpConnection("127.0.0.1:9")
    connection._socket = near
    with far:
        yield connection, far
        connection.close()


@pytest.fixture
def in_pieces() -> Iterator[Pair]:
    """Every send of the far end is one receive of the near end."""
    yield from _joined(socket.SOCK_SEQPACKET)


@pytest.fixture
def as_stream() -> Iterator[Pair]:
    yield from _joined(socket.SOCK_STREAM)


def _send_in_pieces(far: socket.socket, response: bytes, size: int) -> None:
    for start in range(0, len(response), size):
        far.send(response[start : start + size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 4096])
def test_response_in_pieces_is_read_whole(in_pieces: Pair, size: int) -> None:
    connection, far = in_pieces
    _send_in_pieces(far, HEAD + b"Content-Length: 11\r\n\r\nhello\r\n\r\nyo", size)
    status, headers, body = connection.exchange(REQUEST)
    assert (status, body) == (200, b"hello\r\n\r\nyo")
    assert headers == {
        "content-type": "text/plain",
        "x-empty": "",
        "lambda-runtime-trace-id": "Root=1:2",
        "content-length": "11",
    }


@pytest.mark.parametrize(("pair", "size"), [("in_pieces", 1), ("as_stream", 4096)])
def test_chunked_response_is_joined_and_its_trailers_are_dropped(
    pair: str, size: int, request: pytest.FixtureRequest
) -> None:
    connection, far = request.getfixturevalue(pair)
    chunks = b"5;ext=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"
    second = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
    _send_in_pieces(far, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + second, size)
    assert connection.exchange(REQUEST)[2] == b"hello0123456789"
    assert connection.exchange(REQUEST)[0] == 202


def test_small_request_leaves_in_one_piece(in_pieces: Pair) -> None:
    connection, far = in_pieces
    far.send(HEAD + b"Content-Length: 0\r\n\r\n")
    connection.exchange(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n", b"body")
    assert far.recv(4096) == b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"


def test_connection_that_ends_before_the_first_answer_is_an_error(as_stream: Pair) -> None:
    connection, far = as_stream
    far.shutdown(socket.SHUT_WR)
    with pytest.raises(ConnectionResetError):
        connection.exchange(REQUEST)


def test_connection_that_ends_inside_an_answer_is_an_error_even_for_a_repeatable_request(as_stream: Pair) -> None:
    connection, far = as_stream
    far.send(HEAD)
    far.shutdown(socket.SHUT_WR)
    with pytest.raises(ConnectionResetError):
        connection.exchange(REQUEST, repeatable=True)


def test_answer_that_closes_the_connection_is_read_before(as_stream: Pair) -> None:
    connection, far = as_stream
    far.send(HEAD + b"Connection: Close\r\nContent-Length: 2\r\n\r\nok")
    assert connection.exchange(REQUEST)[2] == b"ok"
    assert far.recv(4096) == REQUEST
    assert far.recv(4096) == b""
