"""The process of a runtime that is forked before there is an order for it: while the engine learns that the place is
ready, and sends one.

It knows nothing of the function, and runs nothing of it, until it is given the order; without one it ends.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .control_channel import Message

_CHUNK_BYTES = 65536


class RuntimeAhead:
    """In its parent, which holds the writing end of a pipe to it: the order is all that ever goes through."""

    __slots__ = ("_writer", "pid")

    def __init__(self, pid: int, writer: int) -> None:
        self.pid = pid
        self._writer = writer

    def give(self, order: Message) -> bool:
        """Whether it lives, and is what can obey; else it ends. To be called once."""
        rest = b"" if order.get("command") or order.get("is_snapshot") else marshal.dumps(order)
        wanted = bool(rest)
        try:
            while rest:
                rest = rest[os.write(self._writer, rest) :]
        except OSError:
            return False
        finally:
            os.close(self._writer)
        return wanted


def awaited_order(reader: int) -> Message:
    """In the process itself: what it is to be. Does not return if that is nothing."""
    received = b""
    while chunk := os.read(reader, _CHUNK_BYTES):
        received += chunk
    if not received:
        os._exit(0)
    os.close(reader)
    order: Message = marshal.loads(received)
    return order
