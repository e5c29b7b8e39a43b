"""Events that were captured elsewhere: a JSON file, or JSON Lines with one event or exported invocation a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

Json = object
FORMAT = "lambdatui.invocation"
"""The ``format`` of a line that `lambdatui history export` wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedEvent:
    """One event to send again. ``function`` and ``response`` are known where it was exported by lambdatui."""

    payload: bytes
    function: str | None = None
    response: bytes | None = None
    request_id: str | None = None


class CaptureError(ValueError):
    """The file is neither JSON nor JSON Lines; the message names the line."""


def read_captured(content: bytes) -> tuple[CapturedEvent, ...]:
    """One JSON document is one event, also where it is a list; otherwise each line is one. Raises CaptureError."""
    try:
        document = json.loads(content)
    except ValueError:
        return tuple(_lines(content))
    return (_event(document, content),)


def exported(function: str, request_id: str, payload: bytes, response: bytes | None) -> bytes:
    """One line for ``read_captured``. A body that is no JSON text is kept as a string."""
    line = {
        "format": FORMAT,
        "function": function,
        "requestId": request_id,
        "event": _value(payload),
        "response": None if response is None else _value(response),
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines(content: bytes) -> Iterator[CapturedEvent]:
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _event(json.loads(line), line.strip())
        except ValueError as error:
            raise CaptureError(f"line {number} is not JSON: {error}") from error


def _event(document: Json, text: bytes) -> CapturedEvent:
    if not (isinstance(document, dict) and document.get("format") == FORMAT):
        return CapturedEvent(payload=text)
    response = document.get("response")
    return CapturedEvent(
        payload=_bytes(document.get("event")),
        function=document.get("function"),
        response=None if response is None else _bytes(response),
        request_id=document.get("requestId"),
    )


def _value(body: bytes) -> Json:
    try:
        value: Json = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return value


def _bytes(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
