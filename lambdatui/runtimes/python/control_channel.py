"""Lines of JSON between the engine and the processes it does not fork itself, on a connected socket's descriptor.

Works on the bare descriptor: a socket object, and the enumerations behind it, cost a forked process 300 KB.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    Message = Dict[str, Any]

_CHUNK_BYTES = 65536
_LONGEST_LINE_BYTES = 8 * 1024 * 1024


class ControlChannel:
    """This process's end. It never raises: what cannot be understood is left out, a broken connection is an end."""

    __slots__ = ("_pending", "fd")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._pending = b""

    def receive(self) -> Optional[List[Message]]:
        """Wait for messages; None when the other end is closed."""
        try:
            return self.parse(os.read(self.fd, _CHUNK_BYTES))
        except OSError:
            return None

    def parse(self, chunk: bytes) -> Optional[List[Message]]:
        """The messages that this chunk completes; None for the empty one, which is the end."""
        if not chunk:
            return None
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if len(self._pending) > _LONGEST_LINE_BYTES:
            self._pending = b""
        return [message for message in map(_parsed, lines) if message is not None]

    def send(self, **message: object) -> None:
        """A lost connection is not reported here: the next `receive` tells."""
        line = json.dumps(message).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self.fd, line) :]
        except OSError:
            pass

    def close(self) -> None:
        os.close(self.fd)


def _parsed(line: bytes) -> Optional[Message]:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
