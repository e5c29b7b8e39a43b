"""Heads that come again and again: what the parser once made of such bytes needs no parser. Pure.

A caller asks the same, byte for byte, many times; a runtime posts one response after the other with heads that differ
only in the request's id, which is in the path.
"""

import re
from typing import Any, NamedTuple

from lambdatui.net.request import Request

_VERSION = b" HTTP/1.1"
_PLAIN_PATH = re.compile(rb"/[A-Za-z0-9._~/-]*")
"""Nothing in it needs to be decoded, cut off or refused."""


class KnownHead(NamedTuple):
    """The bytes of a head, and what the parser made of them."""

    head: bytes
    lines: bytes
    """All of the head but the request line: from its CRLF to the blank line."""
    body_bytes: int
    method: str
    path: str
    query: str
    raw_headers: list[tuple[bytes, bytes]]
    headers: dict[bytes, bytes]
    memo: dict[str, Any]
    """What handlers made of it."""


def learn(data: bytes, request: Request) -> KnownHead | None:
    """``request`` was read from ``data``: what is to be known of it, where nothing about it is special."""
    end = data.find(b"\r\n\r\n") + 4
    if end + len(request.body) != len(data) or not request.keep_alive or request.body_stream is not None:
        return None  # else this is its head, and the rest its body
    return KnownHead(
        head=data[:end],
        lines=data[data.find(b"\r\n") : end],
        body_bytes=len(request.body),
        method=request.method,
        path=request.path,
        query=request.query,
        raw_headers=request.raw_headers,
        headers=request.headers,
        memo={},
    )


def the_same(known: KnownHead, data: bytes) -> tuple[Request, int] | None:
    """The request at the beginning of ``data`` and how long it is, if it has this head and is there as a whole."""
    head = known.head
    end = len(head) + known.body_bytes
    if len(data) < end or not data.startswith(head):
        return None
    request = Request(known.method, known.path, known.query, known.raw_headers, known.headers)
    request.body = data[len(head) : end]
    request.memo = known.memo
    return request, end


def similar(known: KnownHead, data: bytes) -> tuple[Request, int] | None:
    """As ``the_same``, for a head that has another path, which is no longer, and is otherwise the same."""
    line_end = data.find(b"\r\n", 0, len(known.head))
    start = line_end + len(known.lines)
    end = start + known.body_bytes
    if line_end < 0 or len(data) < end or start > len(known.head) or not data.startswith(known.lines, line_end):
        return None
    method, _, rest = data[:line_end].partition(b" ")
    target = rest.removesuffix(_VERSION)
    if len(target) == len(rest) or method != known.method.encode() or not _PLAIN_PATH.fullmatch(target):
        return None
    request = Request(known.method, target.decode(), "", known.raw_headers, known.headers)
    request.body = data[start:end]
    return request, end
