"""Messages of ``application/vnd.amazon.eventstream``, as InvokeWithResponseStream answers with them. Pure.

A message is: total length, length of its headers, CRC32 of these two; headers; payload; CRC32 of all before it.
"""

import json
import struct
import zlib
from collections.abc import Mapping

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_PRELUDE = struct.Struct(">II")
_CRC = struct.Struct(">I")
_OVERHEAD_BYTES = _PRELUDE.size + 2 * _CRC.size
_TEXT = 7
"""The type of a header's value."""


def message(headers: bytes, payload: bytes) -> bytes:
    """``headers`` are as ``encode_headers`` makes them."""
    prelude = _PRELUDE.pack(_OVERHEAD_BYTES + len(headers) + len(payload), len(headers))
    start = prelude + _CRC.pack(zlib.crc32(prelude)) + headers
    return start + payload + _CRC.pack(zlib.crc32(payload, zlib.crc32(start)))


def encode_headers(values: Mapping[str, str]) -> bytes:
    return b"".join(_header(name.encode("ascii"), value.encode()) for name, value in values.items())


def payload_chunk(data: bytes) -> bytes:
    """A piece of the response."""
    return message(_CHUNK_HEADERS, data)


def invoke_complete(*, error_code: str | None, error_details: str | None, log_result: str | None) -> bytes:
    """The last message. What is None is not in it, as in the service."""
    members = {"ErrorCode": error_code, "ErrorDetails": error_details, "LogResult": log_result}
    document = {name: value for name, value in members.items() if value is not None}
    return message(_COMPLETE_HEADERS, json.dumps(document, separators=(",", ":")).encode())


def _header(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + bytes((_TEXT,)) + len(value).to_bytes(2, "big") + value


def _event(kind: str, content_type: str) -> bytes:
    return encode_headers({":event-type": kind, ":content-type": content_type, ":message-type": "event"})


_CHUNK_HEADERS = _event("PayloadChunk", "application/octet-stream")
_COMPLETE_HEADERS = _event("InvokeComplete", "application/json")
