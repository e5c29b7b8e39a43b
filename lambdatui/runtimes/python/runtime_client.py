"""The Runtime API as calls: next, response, error, init error, restore. Header names and bodies only; no policy."""

from __future__ import annotations

import os
import sys
import time

from .http_connection import HttpConnection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Dict, Optional, Tuple

    from .http_connection import Body, Response
    from .memory_growth import MemoryGrowth

    Invocation = Tuple[Body, Dict[str, str]]

_VERSION = "/2018-06-01/runtime"
# Lambda does not forward an X-Ray cause of this size or more.
_LONGEST_CAUSE_BYTES = 1024 * 1024
_RESPONSE_FAILED = "Failed to post invocation response"
# Up to here a response and the call for the next event are one write: one segment, so they arrive together.
_TOGETHER_BYTES = 16 * 1024
_RESTORE_NEXT = "/restore/next"
_ALONE, _NOT_ALONE = "lambdatui-snapshot-alone", "no"
_NEXT_FOLLOWS = "lambdatui-next-follows: 1\r\n"
_SAME_PEAK = "lambdatui-peak-memory: same\r\n"
REQUEST_ID_HEADER = "lambda-runtime-aws-request-id"
# Whoever makes a warm process into a runtime says here how it learns that it needs more memory than before.
# Without it the engine is told nothing, and reads every time.
memory_growth: Optional[MemoryGrowth] = None


class LambdaRuntimeClientError(RuntimeError):
    """An answer that nothing can be made of. Name and message are those of AWS's client: they get into documents."""

    def __init__(self, path: str, status: int, answer: bytes) -> None:
        super().__init__(
            f"Request to Lambda Runtime '{_VERSION}{path}' endpoint failed. Reason: '{status}'. "
            f"Response body: '{answer!r}'"
        )


class RuntimeClient:
    """One environment's connection to its Runtime API. Every method raises RuntimeError when it is refused.

    A small response is sent with the call for the next event behind it, and a header that says so: the engine need not
    answer at once. Whether it was accepted is known, and raised, in `next`; after a refusal the call is not heard.
    """

    __slots__ = ("_common", "_connection", "_has_called", "_next", "_next_without_growth", "address")

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection = HttpConnection(address)
        python = "%d.%d.%d" % sys.version_info[:3]
        self._common = f"Host: {address}\r\nUser-Agent: lambdatui-python/{python}\r\nAccept: */*\r\n"
        self._next = self._head("GET", "/invocation/next", "")
        self._next_without_growth = self._head("GET", "/invocation/next", _SAME_PEAK)
        self._has_called = False

    def next(self) -> Invocation:
        """Wait for the next invocation: the event's bytes and the headers, names in lower case."""
        try:
            status, headers, body = self._call_next()
            problem = ""
            if not 200 <= status < 300:
                problem = f"Failed to get next invocation. Http Response code: {status}"
            elif REQUEST_ID_HEADER not in headers:
                problem = f"Failed to find header {REQUEST_ID_HEADER} in response"
        except OSError:
            problem = "Failed to get next invocation. No Response from endpoint"
        if problem:
            _log(problem)
            raise RuntimeError("Failed to get next")
        return body, headers

    def post_response(self, request_id: str, body: bytes, content_type: str, invocation_id: str | None) -> None:
        """Answer an invocation. `invocation_id` is echoed when `next` had one."""
        fields = f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n{_echo(invocation_id)}"
        path = f"/invocation/{request_id}/response"
        if len(body) <= _TOGETHER_BYTES:
            fields += _NEXT_FOLLOWS
            self._respond_and_call_next(self._head("POST", path, fields) + body)
        elif not self._posted(path, fields, body):
            raise RuntimeError(_RESPONSE_FAILED)

    def post_error(self, request_id: str, body: bytes, xray_cause: bytes, invocation_id: str | None) -> None:
        """Report a failed invocation, with the X-Ray cause unless it is too large to travel."""
        fields = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n{_echo(invocation_id)}"
        if len(xray_cause) < _LONGEST_CAUSE_BYTES:
            fields += f"lambda-runtime-function-xray-error-cause: {xray_cause.decode()}\r\n"
        if not self._posted(f"/invocation/{request_id}/error", fields, body):
            raise RuntimeError("Failed to post invocation error")

    def post_init_error(self, body: bytes, error_type: str) -> None:
        """Report that the function cannot be initialised."""
        self._post_failure("/init/error", body, error_type)

    def post_restore_error(self, body: bytes, error_type: str) -> None:
        """Report that the function cannot go on after a restore."""
        self._post_failure("/restore/error", body, error_type)

    def restore_next(self) -> None:
        """Let the snapshot be taken; returns in what was restored from it."""
        self._connection.send(self._head("GET", _RESTORE_NEXT, ""))
        self.restored()

    def call_restore_next(self, why_alone: Callable[[int], str]) -> int:
        """The first half of `restore_next`, for a snapshot of many environments: the descriptor on which `restored`
        will find its answer. `why_alone` is asked for that descriptor, and its word is passed on.
        """
        fd = self._connection.fd
        self._connection.send(self._head("GET", _RESTORE_NEXT, f"{_ALONE}: {why_alone(fd) or _NOT_ALONE}\r\n"))
        return fd

    def restored(self) -> None:
        """The second half."""
        status, _, answer = self._connection.receive()
        if status != 200:
            raise LambdaRuntimeClientError(_RESTORE_NEXT, status, bytes(answer))

    def close(self) -> None:
        """Hang up, or leave the connection to another process."""
        self._connection.close()

    def _respond_and_call_next(self, response: bytes) -> None:
        grown = memory_growth is None or memory_growth.happened()
        try:
            self._connection.send(response + (self._next if grown else self._next_without_growth))
        except OSError:
            raise RuntimeError(_RESPONSE_FAILED) from None
        self._has_called = True

    def _call_next(self) -> Response:
        """Raises OSError; RuntimeError where the response that was sent before was refused."""
        if self._has_called:
            self._has_called = False
            if not self._accepted():
                raise RuntimeError(_RESPONSE_FAILED)
            if self._connection.is_open:
                try:
                    return self._connection.receive()
                except ConnectionError:
                    pass  # closed while idle: called again, as is a call of its own
        return self._connection.exchange(self._next, repeatable=True)

    def _post_failure(self, path: str, body: bytes, error_type: str) -> None:
        fields = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\nContent-Length: {len(body)}\r\n"
        status, _, answer = self._connection.exchange(self._head("POST", path, fields), body)
        if status != 202:
            raise LambdaRuntimeClientError(path, status, bytes(answer))

    def _posted(self, path: str, fields: str, body: bytes) -> bool:
        try:
            answer = self._connection.exchange(self._head("POST", path, fields), body)
        except OSError:
            return False
        return _is_accepted(answer)

    def _accepted(self) -> bool:
        try:
            answer = self._connection.receive()
        except OSError:
            return False
        return _is_accepted(answer)

    def _head(self, method: str, path: str, fields: str) -> bytes:
        return f"{method} {_VERSION}{path} HTTP/1.1\r\n{self._common}{fields}\r\n".encode()


def _is_accepted(answer: Response) -> bool:
    status, _, body = answer
    if 200 <= status < 300:
        return True
    said = body.decode("utf-8", "replace")
    _log(f"Failed to post handler success response. Http response code: {status}. {said}")
    return False


def _echo(invocation_id: str | None) -> str:
    return f"lambda-runtime-invocation-id: {invocation_id}\r\n" if invocation_id else ""


def _log(line: str) -> None:
    """Last words of a runtime that is about to end, as AWS's client prints them, errors in its wording included."""
    try:
        os.write(1, f"[ERROR] [{time.time_ns() // 1_000_000}] LAMBDA_RUNTIME {line}\n".encode())
    except OSError:
        pass  # the function closed it; the exception that follows says the same
