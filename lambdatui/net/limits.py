"""What one HTTP listener accepts before it says no. Every API states its own numbers; these are safe for a door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one listener; None switches a time limit off.

    A body over ``max_body_bytes`` is still read, unseen, up to ``max_discarded_bytes`` more, so that its sender gets to
    the answer; beyond that it is answered at once and the connection closed. ``max_buffered_bytes`` is the memory of
    all bodies together, from their first byte until the request is answered; what goes over it is answered with 503
    and the connection closed. ``head_timeout_s`` runs from a head's first byte (or from connecting),
    ``body_timeout_s`` between two pieces of a body, ``keep_alive_timeout_s`` between two requests.
    """

    max_body_bytes: int = 6 * 1024 * 1024
    max_discarded_bytes: int = 64 * 1024 * 1024
    max_buffered_bytes: int = 256 * 1024 * 1024
    max_head_bytes: int = 64 * 1024
    max_connections: int = 1024
    max_pipelined: int = 1024
    head_timeout_s: float | None = 10.0
    body_timeout_s: float | None = 60.0
    keep_alive_timeout_s: float | None = 75.0
    linger_s: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedBodies:
    """Which requests are handled from their head on, their bodies as streams: those that carry ``header`` (in lower
    case) and whose path ends so. No bound of size or time holds for such a body; its memory is bounded, and the peer
    is held up while nobody takes it.
    """

    header: bytes
    path_end: str
