"""What an extension sends, judged as far as that needs no state: names, identifiers, the body of register. Pure."""

import json
import re
from typing import NamedTuple

from lambdatui.lifecycle.refusals import Refusal
from lambdatui.net.request import Request
from lambdatui.runtime_api.go_json_syntax import syntax_error

ERROR_TYPE_HEADER = "Lambda-Extension-Function-Error-Type"
EVENTS = ("INVOKE", "SHUTDOWN")
_NAME_HEADER = b"lambda-extension-name"
_FEATURES_HEADER = b"lambda-extension-accept-feature"
_IDENTIFIER_HEADER = b"lambda-extension-identifier"
_ERROR_TYPE_HEADER = ERROR_TYPE_HEADER.lower().encode()
_UUID = re.compile(
    r"(?:urn:uuid:|.)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12}).?", re.IGNORECASE
)
_PLAIN_UUID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_UUID_LENGTHS = (36, 38, 45)
_REGISTRATION = 'struct { handler.RegisterRequest; ConfigurationKeys []string "json:\\"configurationKeys\\"" }'
"""How the service's own decoder prints what it wanted the body to be."""
_FIELDS = {"events": "core.Event", "configurationkeys": "string"}
_SPELLED = {"events": "events", "configurationkeys": "configurationKeys"}
_KINDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


class RefusedRequest(Exception):
    """Refused without a look at any state."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(status_code=403, error_type=error_type, message=message)


class Registration(NamedTuple):
    """``events`` hold nothing but INVOKE and SHUTDOWN; whether this extension may have them is not judged."""

    name: str
    events: tuple[str, ...]
    wants_account_id: bool


def registration(request: Request) -> Registration:
    """Raises RefusedRequest, for the same reason of several as the service."""
    name = request.header(_NAME_HEADER)
    if not name:
        raise RefusedRequest("Extension.InvalidExtensionName", "Empty extension name")
    features = [feature.strip() for feature in request.header(_FEATURES_HEADER).split(",")]
    events = _events(request.body)
    for event in events:
        if event not in EVENTS:
            raise RefusedRequest("Extension.InvalidEventType", f"{event}: ErrorInvalidEventType")
    return Registration(name, events, "accountId" in features)


def extension_identifier(request: Request) -> str:
    """As the service writes it, whatever form of a UUID was sent. Raises RefusedRequest."""
    given = request.header(_IDENTIFIER_HEADER)
    if not given:
        raise RefusedRequest("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
    if _PLAIN_UUID.fullmatch(given):
        return "-".join((given[:8], given[8:12], given[12:16], given[16:20], given[20:])).lower()
    match = _UUID.fullmatch(given) if len(given) in _UUID_LENGTHS else None
    if match is None:
        raise RefusedRequest("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
    return "-".join(match.groups()).lower()


def posted_error_type(request: Request) -> str:
    """Raises RefusedRequest."""
    error_type = request.header(_ERROR_TYPE_HEADER)
    if not error_type:
        raise RefusedRequest("Extension.MissingHeader", f"{ERROR_TYPE_HEADER} not found")
    return error_type


def _events(body: bytes) -> tuple[str, ...]:
    if (wrong := syntax_error(body)) is not None:
        raise _bad_format(wrong)
    pairs = _decoded(body)
    lists: dict[str, list[str]] = {}
    mismatches: list[str] = []
    for key, value in pairs:
        field = key.casefold()
        if field in _FIELDS:
            mismatches += _mismatches(field, value)
            lists[field] = [_text(item) for item in value] if isinstance(value, list) else []
    if mismatches:
        raise _bad_format(mismatches[0])
    if lists.get("configurationkeys"):
        raise _bad_format("configurationKeys are deprecated; use environment variables instead")
    return tuple(lists.get("events", ()))


def _decoded(body: bytes) -> list[tuple[str, object]]:
    """The keys and values of the body in their order; none for null."""
    try:
        document = json.loads(body.decode("utf-8", "replace"), object_pairs_hook=_Pairs)
    except RecursionError:
        raise _bad_format("invalid character '[' exceeded max depth") from None
    if document is None:
        return []
    if not isinstance(document, _Pairs):
        raise _bad_format(f"json: cannot unmarshal {_kind(document)} into Go value of type {_REGISTRATION}")
    return document


class _Pairs(list[tuple[str, object]]):
    """An object; its keys may be written in any case, and more than once."""


def _mismatches(field: str, value: object) -> list[str]:
    """What the decoder would say of a field; like it, null is taken for anything."""
    where = f"Go struct field .{_SPELLED[field]} of type"
    if value is None:
        return []
    if not isinstance(value, list) or isinstance(value, _Pairs):
        return [f"json: cannot unmarshal {_kind(value)} into {where} []{_FIELDS[field]}"]
    wrong = (item for item in value if item is not None and not isinstance(item, str))
    return [f"json: cannot unmarshal {_kind(item)} into {where} {_FIELDS[field]}" for item in wrong]


def _text(item: object) -> str:
    """As Go reads it: null is an empty text, half a surrogate pair the sign for what cannot be read."""
    return item.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(item, str) else ""


def _kind(value: object) -> str:
    return "object" if isinstance(value, _Pairs) else _KINDS[type(value)]


def _bad_format(message: str) -> RefusedRequest:
    return RefusedRequest("InvalidRequestFormat", message)
