"""The Runtime API as calls: next, response, error, init error. Header names and bodies only; no policy."""

from __future__ import annotations

import sys

from .faults import RuntimeApiError
from .http_connection import HttpConnection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Tuple

    Invocation = Tuple[bytes, Dict[str, str]]

_VERSION = "/2018-06-01/runtime"
# Lambda does not forward an X-Ray cause of this size or more.
_LONGEST_CAUSE_BYTES = 1024 * 1024


class RuntimeClient:
    """One environment's connection to its Runtime API. Every method raises RuntimeApiError when it is refused."""

    __slots__ = ("_common", "_connection", "_next")

    def __init__(self, address: str) -> None:
        self._connection = HttpConnection(address)
        python = "%d.%d.%d" % sys.version_info[:3]
        self._common = f"Host: {address}\r\nUser-Agent: lambdatui-python/{python}\r\nAccept: */*\r\n"
        self._next = self._head("GET", "/invocation/next", "")

    def next(self) -> Invocation:
        """Wait for the next invocation: the event's bytes and the headers, names in lower case."""
        status, headers, body = self._connection.exchange(self._next)
        if not 200 <= status < 300:
            raise RuntimeApiError(f"Failed to get next: status {status}: {body[:1000]!r}")
        return body, headers

    def post_response(self, request_id: str, body: bytes, content_type: str, invocation_id: str | None) -> None:
        """Answer an invocation. `invocation_id` is echoed when `next` had one."""
        fields = f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n{_echo(invocation_id)}"
        self._post(f"/invocation/{request_id}/response", fields, body)

    def post_error(self, request_id: str, body: bytes, xray_cause: bytes, invocation_id: str | None) -> None:
        """Report a failed invocation, with the X-Ray cause unless it is too large to travel."""
        cause = xray_cause if len(xray_cause) < _LONGEST_CAUSE_BYTES else b""
        fields = (
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n{_echo(invocation_id)}"
            f"lambda-runtime-function-xray-error-cause: {cause.decode()}\r\n"
        )
        self._post(f"/invocation/{request_id}/error", fields, body)

    def post_init_error(self, body: bytes, error_type: str) -> None:
        """Report that the function cannot be initialised."""
        fields = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\nContent-Length: {len(body)}\r\n"
        self._post("/init/error", fields, body)

    def _post(self, path: str, fields: str, body: bytes) -> None:
        status, _, answer = self._connection.exchange(self._head("POST", path, fields), body)
        if not 200 <= status < 300:
            raise RuntimeApiError(f"POST {path} was answered with status {status}: {answer[:1000]!r}")

    def _head(self, method: str, path: str, fields: str) -> bytes:
        return f"{method} {_VERSION}{path} HTTP/1.1\r\n{self._common}{fields}\r\n".encode()


def _echo(invocation_id: str | None) -> str:
    return f"lambda-runtime-invocation-id: {invocation_id}\r\n" if invocation_id else ""
