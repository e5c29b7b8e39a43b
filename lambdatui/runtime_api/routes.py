"""Which request is which: the whole surface of the Runtime API's listener as a table. Pure.

The restore endpoints and the credentials exist only with SnapStart; whether there is one is not known here.
"""

from enum import StrEnum
from typing import NamedTuple

from lambdatui.runtime_api.telemetry_calls import LOGS_PATH, TELEMETRY_PATH

BASE = "/2018-06-01"
EXTENSIONS_BASE = "/2020-01-01"
CREDENTIALS_PATH = "/2021-04-23/credentials"
_METADATA_PATH = "/2026-01-15/metadata/execution-environment"
_INVOCATION = f"{BASE}/runtime/invocation/"


class Endpoint(StrEnum):
    """Texts, because those are the fastest keys."""

    NEXT = "next"
    RESPONSE = "response"
    ERROR = "error"
    INIT_ERROR = "init/error"
    RESTORE_NEXT = "restore/next"
    RESTORE_ERROR = "restore/error"
    PING = "ping"
    REGISTER = "extension/register"
    EVENT_NEXT = "extension/event/next"
    EXTENSION_INIT_ERROR = "extension/init/error"
    EXTENSION_EXIT_ERROR = "extension/exit/error"
    TELEMETRY = "telemetry"
    LOGS = "logs"
    CREDENTIALS = "credentials"
    METADATA = "metadata"


class Route(NamedTuple):
    """``request_id`` is empty where the path has none."""

    endpoint: Endpoint
    method: str
    request_id: str = ""


_FIXED = {
    f"{_INVOCATION}next": Route(Endpoint.NEXT, "GET"),
    f"{BASE}/runtime/init/error": Route(Endpoint.INIT_ERROR, "POST"),
    f"{BASE}/runtime/restore/next": Route(Endpoint.RESTORE_NEXT, "GET"),
    f"{BASE}/runtime/restore/error": Route(Endpoint.RESTORE_ERROR, "POST"),
    f"{BASE}/ping": Route(Endpoint.PING, "GET"),
    f"{EXTENSIONS_BASE}/extension/register": Route(Endpoint.REGISTER, "POST"),
    f"{EXTENSIONS_BASE}/extension/event/next": Route(Endpoint.EVENT_NEXT, "GET"),
    f"{EXTENSIONS_BASE}/extension/init/error": Route(Endpoint.EXTENSION_INIT_ERROR, "POST"),
    f"{EXTENSIONS_BASE}/extension/exit/error": Route(Endpoint.EXTENSION_EXIT_ERROR, "POST"),
    TELEMETRY_PATH: Route(Endpoint.TELEMETRY, "PUT"),
    LOGS_PATH: Route(Endpoint.LOGS, "PUT"),
    CREDENTIALS_PATH: Route(Endpoint.CREDENTIALS, "GET"),
    _METADATA_PATH: Route(Endpoint.METADATA, "GET"),
}
_BY_ID = {"response": Endpoint.RESPONSE, "error": Endpoint.ERROR}


def find_route(path: str) -> Route | None:
    """What a path stands for; the method it wants is the caller's to compare. None: there is no such path."""
    if (fixed := _FIXED.get(path)) is not None:
        return fixed
    if not path.startswith(_INVOCATION):
        return None
    request_id, _, leaf = path[len(_INVOCATION) :].partition("/")
    endpoint = _BY_ID.get(leaf)
    return Route(endpoint, "POST", request_id) if endpoint is not None and request_id else None
