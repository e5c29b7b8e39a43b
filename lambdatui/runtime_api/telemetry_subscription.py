"""What an extension writes when it subscribes, by the Telemetry API or the older Logs API, and what is wrong with it.

Pure: text in, a subscription or the service's refusal out. Everything that is wrong is told at once, as the service
does. Limits as in the developer guide.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.lifecycle.refusals import Refusal
from lambdatui.runtime_api.go_json_syntax import syntax_error

TYPES = ("platform", "function", "extension")
HOSTS = ("sandbox.localdomain", "sandbox")
"""Both mean the environment itself."""
SCHEMA_VERSIONS = {
    SubscriptionApi.TELEMETRY: ("2022-07-01", "2022-12-13", "2025-01-29"),
    SubscriptionApi.LOGS: ("2020-08-15", "2021-03-18"),
}
_ERROR_TYPE = {SubscriptionApi.TELEMETRY: "ValidationError", SubscriptionApi.LOGS: "Logs.ValidationError"}
_BUFFERING = {
    "maxItems": ("max_items", 1_000, 10_000),
    "maxBytes": ("max_bytes", 262_144, 1_048_576),
    "timeoutMs": ("timeout_ms", 25, 30_000),
}


class Protocol(StrEnum):
    HTTP = "HTTP"
    TCP = "TCP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffering:
    """When a batch goes out: whichever of the three comes first."""

    max_items: int = 10_000
    max_bytes: int = 262_144
    timeout_ms: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A listener inside the environment. ``target`` and ``method`` are for HTTP only."""

    protocol: Protocol
    port: int
    target: str = "/"
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSpec:
    """A valid subscription. ``types`` without repetitions, in the order they were written."""

    api: SubscriptionApi
    schema_version: str
    types: tuple[str, ...]
    destination: Destination
    buffering: Buffering = field(default_factory=Buffering)


class InvalidSubscription(Exception):
    """``refusal`` is what the extension is answered."""

    def __init__(self, api: SubscriptionApi, problems: Sequence[str]) -> None:
        message = "; ".join(problems)
        super().__init__(message)
        self.refusal = Refusal(status_code=400, error_type=_ERROR_TYPE[api], message=message)


def parse_subscription(api: SubscriptionApi, body: bytes) -> SubscriptionSpec:
    """Raises InvalidSubscription."""
    if (wrong := syntax_error(body)) is not None:
        raise InvalidSubscription(api, [f"failed to parse JSON: {wrong}"])
    try:
        document = json.loads(body.decode("utf-8", "replace"))
    except RecursionError:
        raise InvalidSubscription(api, ["failed to parse JSON: exceeded max depth"]) from None
    if not isinstance(document, dict):
        raise InvalidSubscription(api, ["the subscription should be a JSON object"])
    problems: list[str] = []
    say = problems.append
    schema_version = _schema_version(api, document.get("schemaVersion"), say)
    destination = _destination(document.get("destination"), say)
    types = _types(document.get("types"), say)
    buffering = _buffering(document.get("buffering"), say)
    if problems or destination is None:
        raise InvalidSubscription(api, problems)
    return SubscriptionSpec(
        api=api, schema_version=schema_version, types=types, destination=destination, buffering=buffering
    )


_Say = Callable[[str], None]


def _schema_version(api: SubscriptionApi, given: object, say: _Say) -> str:
    known = SCHEMA_VERSIONS[api]
    if given is None and api is SubscriptionApi.LOGS:
        return known[0]
    if given is None:
        say("schemaVersion is not provided")
    elif given not in known:
        say(f"schemaVersion {_shown(given)} is not one of {', '.join(known)}")
    return str(given)


def _types(given: object, say: _Say) -> tuple[str, ...]:
    if given is None or given == []:
        say("types should not be empty")
        return ()
    if not isinstance(given, list):
        say("types should be an array")
        return ()
    for each in given:
        if each not in TYPES:
            say(f"type {_shown(each)} is not one of {', '.join(TYPES)}")
    return tuple(dict.fromkeys(each for each in given if isinstance(each, str)))


def _destination(given: object, say: _Say) -> Destination | None:
    if given is None:
        say("destination is not provided")
        return None
    if not isinstance(given, dict):
        say("destination should be an object")
        return None
    match given.get("protocol"):
        case Protocol.HTTP.value:
            return _http(given, say)
        case Protocol.TCP.value:
            port = given.get("port")
            if type(port) is not int or not 1 <= port <= 65_535:
                say("port is not provided" if port is None else f"port {_shown(port)} is not between 1 and 65535")
                return None
            return Destination(protocol=Protocol.TCP, port=port)
        case None:
            say("destination protocol is not provided")
        case other:
            say(f"destination protocol {_shown(other)} is not one of HTTP, TCP")
    return None


def _http(given: dict[str, object], say: _Say) -> Destination | None:
    uri, method = given.get("URI"), given.get("method", "POST")
    if method not in ("POST", "PUT"):
        say(f"destination method {_shown(method)} is not one of POST, PUT")
    if not isinstance(uri, str) or not uri:
        say("URI is not provided")
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        say(f"URI {_shown(uri)} is malformed")
        return None
    if parts.scheme != "http":
        say("URI scheme should be http")
    elif parts.hostname not in HOSTS:
        say(f"URI host should be {HOSTS[0]}")
    elif not port:
        say("URI port is not provided")
    elif not uri.isascii() or any(each <= " " for each in uri):
        say(f"URI {_shown(uri)} is malformed")
    else:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Destination(protocol=Protocol.HTTP, port=port, target=target, method=str(method))
    return None


def _buffering(given: object, say: _Say) -> Buffering:
    if given is None:
        return Buffering()
    if not isinstance(given, dict):
        say("buffering should be an object")
        return Buffering()
    values: dict[str, int] = {}
    for key, (name, least, most) in _BUFFERING.items():
        value = given.get(key)
        if value is None:
            continue
        if type(value) is not int or not least <= value <= most:
            say(f"{key} {_shown(value)} is not between {least} and {most}")
        else:
            values[name] = value
    return Buffering(**values)


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
