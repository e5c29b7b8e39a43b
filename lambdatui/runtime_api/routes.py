"""Which request is which: the whole surface of the Runtime API as a table. Pure.

The restore endpoints exist only with SnapStart, so here they are paths that nobody knows.
"""

from enum import Enum, auto
from typing import NamedTuple

BASE = "/2018-06-01"
_INVOCATION = f"{BASE}/runtime/invocation/"


class Endpoint(Enum):
    NEXT = auto()
    RESPONSE = auto()
    ERROR = auto()
    INIT_ERROR = auto()
    PING = auto()


class Route(NamedTuple):
    """``request_id`` is empty where the path has none."""

    endpoint: Endpoint
    method: str
    request_id: str = ""


_FIXED = {
    f"{_INVOCATION}next": Route(Endpoint.NEXT, "GET"),
    f"{BASE}/runtime/init/error": Route(Endpoint.INIT_ERROR, "POST"),
    f"{BASE}/ping": Route(Endpoint.PING, "GET"),
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
