"""Who may look at the workbench in a browser: who knows the token, on a page that we served. Pure.

Whoever gets in runs code on this machine, so the page, its files and above all its WebSocket are behind the same guard.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

TOKEN_BYTES = 24


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a request says of itself; absent headers are empty."""

    host: str
    origin: str = ""
    token: str = ""
    cookie: str = ""
    is_socket: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """``names``: the host names, besides addresses, that are ours; None: any. Cookies know no ports, hence ``port``."""

    token: str
    port: int
    names: frozenset[str] | None

    @property
    def cookie(self) -> str:
        return f"lambdatui_{self.port}"

    def refusal(self, visit: Visit) -> str | None:
        """Why the visitor is not let in, in words for whoever sits in front of the browser; None: come in."""
        if not self._is_ours(visit.host):
            return "this is not a name of the machine that lambdatui runs on"
        if not self._knows(visit.token) and not self._knows(visit.cookie):
            return "the address lacks its token: open the one that `lambdatui web` has printed"
        same = bool(visit.origin) and urlsplit(visit.origin).netloc.lower() == visit.host.lower()
        if visit.is_socket and not same:
            return "another page may not open the workbench"
        if visit.origin and not same:
            return "another page may not ask here"
        return None

    def _knows(self, given: str) -> bool:
        return bool(given) and secrets.compare_digest(given.encode(), self.token.encode())

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if not name:
            return False
        return self.names is None or name in self.names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""On every answer: nothing is loaded from elsewhere, nobody frames the page, no address of it is passed on."""
