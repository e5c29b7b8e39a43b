"""The body of one request while it is still coming: fed by its connection, taken by whoever handles the request."""

from collections import deque
from collections.abc import Callable

HIGH_WATER_BYTES = 256 * 1024
"""So much untaken body stops the reading; then the peer feels it."""


class BodyStream:
    """Bounded by HIGH_WATER_BYTES and one read of the socket. Made by the reader, in the order of the bytes.

    ``on_change`` is called after something came or the end was reached, never from within the parser.
    """

    __slots__ = ("_buffered_bytes", "_discarding", "_pieces", "_waits_for_room", "finished", "on_change", "on_room")

    def __init__(self) -> None:
        self.finished = False
        """Nothing more will come; what has come may still be taken. Whether that is all, the request knows."""
        self.on_change: Callable[[], None] | None = None
        self.on_room: Callable[[], None] | None = None
        """For the connection: called when there is room again after there was none."""
        self._pieces: deque[bytes] = deque()
        self._buffered_bytes = 0
        self._waits_for_room = False
        self._discarding = False

    def take(self) -> bytes:
        """The next bytes, as they came; empty when there are none now."""
        if not self._pieces:
            return b""
        piece = self._pieces.popleft()
        self._buffered_bytes -= len(piece)
        if self._waits_for_room and self._buffered_bytes <= HIGH_WATER_BYTES // 2:
            self._make_known_room()
        return piece

    def discard(self) -> None:
        """Nobody wants the rest: it is read and let go of."""
        self._discarding = True
        self._pieces.clear()
        self._buffered_bytes = 0
        if self._waits_for_room:
            self._make_known_room()

    # For the reader and the connection

    def feed(self, piece: bytes) -> None:
        if not self._discarding:
            self._pieces.append(piece)
            self._buffered_bytes += len(piece)

    def finish(self) -> None:
        self.finished = True

    def notify(self) -> None:
        if self.on_change is not None:
            self.on_change()

    def wants_pause(self) -> bool:
        """Too much is untaken; ``on_room`` will be called."""
        self._waits_for_room = self._buffered_bytes > HIGH_WATER_BYTES
        return self._waits_for_room

    def _make_known_room(self) -> None:
        self._waits_for_room = False
        if self.on_room is not None and not self.finished:
            self.on_room()
