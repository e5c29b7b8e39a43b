"""A recording Runtime API that also takes responses in chunks, with their trailers."""

from __future__ import annotations

import asyncio
import contextlib

from tests.contract.runtimes.recording_api import RecordingApi, Request

TRAILER = "trailer "


class StreamRecordingApi(RecordingApi):
    """Trailers are recorded among the headers, as ``trailer <name>``."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(await _read_request(reader), reader, writer):
                pass
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request:
    request_line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().removesuffix("\r\n\r\n").split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = _fields(lines)
    if headers.get("transfer-encoding") != "chunked":
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method=method, path=path, headers=headers, body=body)
    body = await _read_chunks(reader)
    for name, value in _fields(await _read_trailer_lines(reader)).items():
        headers[TRAILER + name] = value
    return Request(method=method, path=path, headers=headers, body=body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while length := int(await reader.readline(), 16):
        body += await reader.readexactly(length)
        await reader.readexactly(2)
    return body


async def _read_trailer_lines(reader: asyncio.StreamReader) -> list[str]:
    lines = []
    while (line := (await reader.readline()).decode().strip()) != "":
        lines.append(line)
    return lines


def _fields(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return headers
