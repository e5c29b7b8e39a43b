"""Lines of JSON, and file descriptors beside them, between the engine and the processes it does not fork itself."""

from __future__ import annotations

import json
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    Message = Dict[str, Any]

_CHUNK_BYTES = 65536
_MOST_FDS = 8
_LONGEST_LINE_BYTES = 8 * 1024 * 1024


class ControlChannel:
    """This process's end. Reading never raises: what cannot be understood is left out, a broken connection is an
    end.
    """

    __slots__ = ("_pending", "socket")

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._pending = b""

    def receive(self) -> Optional[Tuple[List[Message], List[int]]]:
        """Wait for messages and the descriptors that came with them; None when the other end is closed."""
        try:
            chunk, fds, _, _ = socket.recv_fds(self.socket, _CHUNK_BYTES, _MOST_FDS)
        except InterruptedError:
            return [], []
        except OSError:
            return None
        if not chunk:
            return None
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if len(self._pending) > _LONGEST_LINE_BYTES:
            self._pending = b""
        return [message for message in map(_parsed, lines) if message is not None], fds

    def send(self, **message: object) -> None:
        """A lost connection is not reported here: the next `receive` tells."""
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def close(self) -> None:
        self.socket.close()


def _parsed(line: bytes) -> Optional[Message]:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
