"""Heads that come again and again: what the parser once made of such bytes needs no parser. Pure.

A caller asks the same, byte for byte, many times; a runtime posts one response after the other with heads that differ
only in the ids of the request, in the path and in a header.
"""

import re
from typing import Any, NamedTuple

from lambdatui.net.request import Request

_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class IdPlace(NamedTuple):
    """Where an id stands in a head: from ``start`` to ``end``, in the path or as the value of a header."""

    start: int
    end: int
    header: int | None
    """Which of ``raw_headers``."""


class KnownHead(NamedTuple):
    """The bytes of a head, and what the parser made of them."""

    head: bytes
    body_bytes: int
    method: str
    path: str
    query: str
    raw_headers: list[tuple[bytes, bytes]]
    headers: dict[bytes, bytes]
    memo: dict[str, Any]
    """What handlers made of it."""
    ids: tuple[IdPlace, ...]
    """Empty where there is none, or one in another place than a path or a whole value."""


def learn(data: bytes, request: Request) -> KnownHead | None:
    """``request`` was read from ``data``: what is to be known of it, where nothing about it is special."""
    end = data.find(b"\r\n\r\n") + 4
    if end + len(request.body) != len(data) or not request.keep_alive or request.body_stream is not None:
        return None  # else this is its head, and the rest its body
    return KnownHead(
        head=data[:end],
        body_bytes=len(request.body),
        method=request.method,
        path=request.path,
        query=request.query,
        raw_headers=request.raw_headers,
        headers=request.headers,
        memo={},
        ids=_ids(data[:end], request),
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
    """As ``the_same``, for a head with other ids that is otherwise the same."""
    head, path, raw_headers, headers = known.head, known.path, known.raw_headers, known.headers
    end = len(head) + known.body_bytes
    if len(data) < end:
        return None
    done = 0
    for start, stop, header in known.ids:
        if data[done:start] != head[done:start] or not _ID.fullmatch(data, start, stop):
            return None
        done = stop
        if header is None:
            path = path.replace(head[start:stop].decode(), data[start:stop].decode())
        else:
            if headers is known.headers:
                raw_headers, headers = raw_headers.copy(), headers.copy()
            name = raw_headers[header][0]
            raw_headers[header] = name, data[start:stop]
            headers[name.lower()] = data[start:stop]
    if data[done : len(head)] != head[done:]:
        return None
    request = Request(known.method, path, known.query, raw_headers, headers)
    request.body = data[len(head) : end]
    return request, end


def _ids(head: bytes, request: Request) -> tuple[IdPlace, ...]:
    line_end = head.find(b"\r\n")
    in_path = [IdPlace(found.start(), found.end(), None) for found in _ID.finditer(head, 0, line_end)]
    if len(in_path) != 1 or request.query or len(request.headers) != len(request.raw_headers):
        return ()
    places, start = in_path, line_end
    for number, (_, value) in enumerate(request.raw_headers):
        if _ID.search(value):
            start = head.find(b": " + value + b"\r\n", start) + 2
            places.append(IdPlace(start, start + len(value), number))
            if start < 2 or not _ID.fullmatch(value):
                return ()
    return tuple(places)
