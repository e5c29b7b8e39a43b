"""Request targets: from the bytes of a request line to a path and a query. Pure."""

from typing import NamedTuple


class Target(NamedTuple):
    """Both parts as sent, percent-encoding kept (bytes outside ASCII are encoded, so both are ASCII); no fragment.

    A CONNECT's ``host:port`` and the ``*`` of OPTIONS are paths that begin with no slash.
    """

    path: str
    query: str


def parse_target(raw: bytes) -> Target:
    """Split a request target in any of the four forms; an absolute one loses scheme and authority.

    Never fails: what a path may be is for the router to say.
    """
    if not raw.isascii():
        raw = b"".join(b"%%%02X" % byte if byte >= 0x80 else bytes((byte,)) for byte in raw)
    text = raw.decode("ascii")
    if "#" in text:
        text = text.partition("#")[0]
    if not text.startswith("/"):
        text = _without_authority(text)
    if "?" not in text:
        return Target(text, "")
    path, _, query = text.partition("?")
    return Target(path, query)


def _without_authority(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or not scheme.isalpha():
        return text
    start = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    path = rest[start:]
    return path if path.startswith("/") else "/" + path
