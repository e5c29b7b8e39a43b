"""Who may talk to the engine: the token, and what a web page in the user's browser must never be able to do.

A page on any site can send requests to a loopback port. It cannot forge ``Host`` (except through a DNS name of its own
that points to 127.0.0.1), and browsers tell of it in ``Origin`` and ``Sec-Fetch-Site``: these three are looked at.
"""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lambdatui.api.errors import access_denied
from lambdatui.service.invoking import ServiceError

TOKEN_HEADER = "x-lambdatui-token"
LOCAL_HOSTS = frozenset({"localhost", "host.docker.internal"})
_HARMLESS = ("GET", "HEAD")
_SIGV4_CREDENTIAL = re.compile(rb"AWS4-HMAC-SHA256 +Credential=([^/,\s]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rules of one listener. ``token`` None lets everybody in who passes the browser checks.

    ``hosts`` are the names, besides addresses and ``*.localhost``, under which the listener may be called; None: any.
    """

    token: str | None = None
    hosts: frozenset[str] | None = LOCAL_HOSTS

    def check(self, method: str, headers: Mapping[bytes, bytes]) -> None:
        """Raise ServiceError 403 unless the request may be answered. ``headers`` have lower-case names."""
        if self.hosts is not None and not _is_known_host(headers.get(b"host", b""), self.hosts):
            host = headers[b"host"].decode("utf-8", "replace")
            raise access_denied(
                f"This engine does not answer under the name '{host}': call it as localhost or by its address."
            )
        if b"origin" in headers or headers.get(b"sec-fetch-site") == b"cross-site":
            _check_origin(method, headers)
        if self.token is not None:
            _check_token(headers, self.token)


@lru_cache(maxsize=256)  # a caller names the same host with every request
def _is_known_host(header: bytes, hosts: frozenset[str]) -> bool:
    name = _host_name(header.decode("latin-1"))
    if not name or name in hosts or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def _check_origin(method: str, headers: Mapping[bytes, bytes]) -> None:
    origin = headers.get(b"origin")
    host = headers.get(b"host", b"")
    if origin is not None and origin in (b"http://" + host, b"https://" + host):
        return
    if origin is None and method in _HARMLESS and headers.get(b"sec-fetch-mode") == b"navigate":
        return  # somebody followed a link: that changes nothing, and the linking page cannot read the answer
    raise access_denied("Web pages of other sites may not call this engine.")


def _check_token(headers: Mapping[bytes, bytes], token: str) -> None:
    given = _given_token(headers)
    if given is None:
        raise ServiceError(
            "MissingAuthenticationTokenException",
            403,
            "Missing Authentication Token: send `Authorization: Bearer TOKEN` or `X-Lambdatui-Token: TOKEN`, "
            "or use the token as the access key id of an AWS SDK.",
            type_=None,
        )
    if not hmac.compare_digest(given, token.encode()):
        raise ServiceError(
            "UnrecognizedClientException",
            403,
            "The security token included in the request is invalid.",
            type_=None,
        )


def _given_token(headers: Mapping[bytes, bytes]) -> bytes | None:
    """The token under any of its three spellings; AWS's SDKs can carry none but the access key id they sign with."""
    if (own := headers.get(TOKEN_HEADER.encode())) is not None:
        return own
    authorization = headers.get(b"authorization")
    if authorization is None:
        return None
    scheme, _, rest = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return rest.strip()
    credential = _SIGV4_CREDENTIAL.match(authorization)
    return credential[1] if credential else None
