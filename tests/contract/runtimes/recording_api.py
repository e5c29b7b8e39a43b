"""A Runtime API that answers from a script and records every request byte for byte; no life cycle of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

_EMPTY_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
REQUEST_ID = "8f6c3f0e-6d63-4d0e-9a53-0c1b9a7a1d{index:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One answer to `/next`, and the status that the runtime's report of it gets."""

    body: bytes = b"{}"
    headers: Mapping[str, str | None] = field(default_factory=dict)  # None takes a usual header away
    next_status: int = 200  # 0: the connection is dropped without an answer
    report_status: int = 202  # likewise
    chunked: bool = False
    close_after_report: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the runtime sent; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class RecordingApi:
    """Hands out the scripted events; `exhausted` is set when the runtime asks for one more."""

    def __init__(self, events: Sequence[Event], restore_status: int = 200) -> None:
        self._events = list(events)
        self._restore_status = restore_status
        self._current: Event | None = None
        self._handed_out = 0
        self.requests: list[Request] = []
        self.exhausted = asyncio.Event()
        self.one_more = asyncio.Event()  # set it after that, and the runtime gets one more event
        self.address = ""

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[RecordingApi]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=4_000_000)
        host, port = server.sockets[0].getsockname()
        self.address = f"{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            self.one_more.set()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(await _read_request(reader), reader, writer):
                pass
        writer.close()

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.requests.append(request)
        if request.path.endswith("/restore/next"):
            writer.write(_EMPTY_RESPONSE if self._restore_status == 200 else _status_response(self._restore_status))
            await writer.drain()
            return True
        if request.method == "GET" and request.path.endswith("/next"):
            if self._handed_out == len(self._events):
                self.exhausted.set()
                await self.one_more.wait()
                self._events.append(Event())
            self._current = self._events[self._handed_out]
            self._handed_out += 1
            status, answer = self._current.next_status, _next_response(self._current, self._handed_out)
        else:
            event = self._current or self._events[0]
            status, answer = event.report_status, b""
        if status:
            writer.write(answer if answer and status == 200 else _status_response(status))
            await writer.drain()
        if request.method != "POST":
            return status != 0
        # After a refusal nobody is heard any more: our runtime may have called for the next event already.
        return status == 202 and not event.close_after_report

    @property
    def reports(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8")
    request_line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, path, _ = request_line.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method=method, path=path, headers=headers, body=body)


def _next_response(event: Event, index: int) -> bytes:
    headers: dict[str, str | None] = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": REQUEST_ID.format(index=index),
        "Lambda-Runtime-Deadline-Ms": "4102444800000",
        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:fn",
        "Lambda-Runtime-Trace-Id": f"Root=1-5e1b4151-43a0913a12345678901234{index:02d};Sampled=1",
        **event.headers,
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    if event.chunked:
        middle = len(event.body) // 2
        parts = [part for part in (event.body[:middle], event.body[middle:]) if part]
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        lines.append("Transfer-Encoding: chunked")
    else:
        body = event.body
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode() + body


def _status_response(status: int) -> bytes:
    body = b'{"status":"OK"}\n' if status == 202 else b'{"errorMessage":"scripted","errorType":"Scripted"}\n'
    head = f"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
