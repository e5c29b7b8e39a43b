"""From the event's bytes to what the handler gets, and from what it returns to the response's bytes.

Lambda's Python runtime encodes with simplejson, which differs from the standard library in corners: named tuples become
objects, bytes become text, complaints have other words. The standard encoder, in C, does all ordinary values;
`json_dialect` and `json_complaints` do the corners.
"""

from __future__ import annotations

import json

from . import json_complaints, json_dialect
from .execution_env import is_from_312
from .faults import MARSHAL_ERROR, UNMARSHAL_ERROR, Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .http_connection import Body

JSON_CONTENT = "application/json"
BYTES_CONTENT = "application/unknown"

_ATOMS = frozenset((str, int, float, bool, type(None)))
_CONTAINERS = frozenset((dict, list, tuple))


class Marshaller:
    """Converts with the rules of one runtime version, named as in AWS_EXECUTION_ENV."""

    __slots__ = ("_encode", "_ensure_ascii")

    def __init__(self, execution_env: str | None) -> None:
        self._ensure_ascii = not is_from_312(execution_env)
        self._encode = json.JSONEncoder(ensure_ascii=self._ensure_ascii).encode

    def to_json(self, value: Any) -> str:
        """Encode as Lambda does. Raises what the encoder raises: TypeError, ValueError, RecursionError, …"""
        try:
            text = self._encode(value)
        except RecursionError:
            raise
        except Exception:
            return json_dialect.encode(value, self._ensure_ascii)
        return text if _is_ordinary(value) else json_dialect.encode(value, self._ensure_ascii)

    def event_from(self, body: Body, content_type: str | None) -> Any:
        """The event: parsed when it is JSON, else the bytes as they came. Raises Fault for bad JSON."""
        if content_type != JSON_CONTENT:
            return bytes(body)
        try:
            return _decode(str(body, "utf-8"))
        except Exception as reason:
            raise Fault(UNMARSHAL_ERROR, f"Unable to unmarshal input: {reason}") from None

    def response_from(self, result: Any) -> tuple[str | bytes, str]:
        """Body and content type of a handler's result. Raises Fault for what JSON cannot say."""
        if isinstance(result, bytes):
            return result, BYTES_CONTENT
        try:
            return self.to_json(result), JSON_CONTENT
        except Exception as reason:
            raise Fault(MARSHAL_ERROR, f"Unable to marshal response: {reason}") from None


class _Refusal(ValueError):
    """NaN or Infinity in an event."""


def _refuse_constant(name: str) -> NoReturn:
    raise _Refusal(name)


_standard_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _decode(text: str) -> Any:
    try:
        return _standard_decode(text)
    except (json.JSONDecodeError, _Refusal) as refusal:
        return json_complaints.decode_after(refusal, text, _standard_decode)
    except RecursionError as reason:
        raise RecursionError(str(reason).replace("a unicode string", "a string")) from None


def _is_ordinary(value: Any) -> bool:
    """Whether the standard encoder's text for `value`, which it has accepted, is also Lambda's."""
    if type(value) in _ATOMS:
        return True
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending += [each for each in item.values() if type(each) not in _ATOMS]
        elif isinstance(item, (list, tuple)):
            pending += [each for each in item if type(each) not in _ATOMS]
        elif isinstance(item, int) and type(item).__int__ is not int.__int__:
            return False
        if type(item) not in _CONTAINERS and not isinstance(item, (str, int, float)) and hasattr(item, "_asdict"):
            return False
    return True
