"""Heads of HTTP/1.1 messages and chunk framing, from values to bytes. Pure; the reading direction is request_reader.

Names and values are checked here, once, so that nothing a user or a handler chose can end a line or a head.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

Headers = Iterable[tuple[str, str]] | bytes
"""Pairs in the order of sending, or lines made by ``render_headers`` before (cheaper when they never change)."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_LINE_BREAKERS = str.maketrans({"\r": " ", "\n": " ", "\0": " "})
_BODILESS_STATUSES = frozenset({204, 304})


def render_headers(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Header lines, each with its CRLF. Values are UTF-8; CR, LF and NUL in them become blanks, as Go's server does.

    Raises ValueError for a name that is no token.
    """
    return "".join([f"{_checked_name(name)}: {clean_value(value)}\r\n" for name, value in pairs]).encode(
        "utf-8", "replace"
    )


def clean_value(value: str) -> str:
    """A header value that cannot end its line."""
    return value.strip() if value.isprintable() else value.translate(_LINE_BREAKERS).strip()


def render_response_head(
    status: int, headers: Headers, content_length: int | None, *, keep_alive: bool = True
) -> bytes:
    """Status line to blank line. ``content_length`` None writes no framing at all; 204 and 304 never carry a length."""
    lines = headers if isinstance(headers, bytes) else render_headers(headers)
    closing = b"" if keep_alive else b"Connection: close\r\n"
    if content_length is None or status in _BODILESS_STATUSES:
        return b"%b%b%b\r\n" % (_status_line(status), lines, closing)
    return b"%b%bContent-Length: %d\r\n%b\r\n" % (_status_line(status), lines, content_length, closing)


def render_request_head(method: str, target: str, headers: Headers, content_length: int | None) -> bytes:
    """Request line to blank line; ``target`` must be ASCII without blanks. Raises ValueError otherwise."""
    if not target.isascii() or any(character <= " " for character in target):
        raise ValueError(f"{target!r} cannot stand in a request line: percent-encode it")
    lines = headers if isinstance(headers, bytes) else render_headers(headers)
    length = b"" if content_length is None else b"Content-Length: %d\r\n" % content_length
    return b"%b %b HTTP/1.1\r\n%b%b\r\n" % (method.encode("ascii"), target.encode("ascii"), lines, length)


def render_chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; empty data gives no bytes, because an empty chunk would end the body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


@lru_cache(maxsize=512)
def _checked_name(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not a header name: only letters, digits and !#$%&'*+-.^_`|~ are allowed")
    return name


@lru_cache(maxsize=128)
def _status_line(status: int) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    return f"HTTP/1.1 {status} {reason}\r\n".encode("ascii")
