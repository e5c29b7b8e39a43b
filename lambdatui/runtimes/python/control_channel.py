"""Lines of JSON, and descriptors, between the engine and the processes it does not fork itself.

Works on the bare descriptor of a connected socket: a socket object of the standard library, and the enumerations behind
it, cost a forked process 300 KB, and the object would close its number in processes that no longer own it.
"""

from __future__ import annotations

import _socket
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    Message = Dict[str, Any]

# Objects of their own do less than the module's functions: memory that a forked process does not write to.
_encode = json.JSONEncoder(check_circular=False).encode
_decode = json.JSONDecoder().raw_decode
_CHUNK_BYTES = 65536
_LONGEST_LINE_BYTES = 8 * 1024 * 1024
_FD_BYTES = 4
_MOST_FDS = 8
_ANCILLARY_BYTES = _socket.CMSG_SPACE(_MOST_FDS * _FD_BYTES)
# Where there is no such flag, what a descriptor is for closes or replaces it before anything is executed.
_CLOSE_ON_EXECUTION: int = getattr(_socket, "MSG_CMSG_CLOEXEC", 0)


class ControlChannel:
    """This process's end. It never raises: what cannot be understood is left out, a broken connection is an end."""

    __slots__ = ("_fds", "_pending", "fd")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._fds: List[int] = []
        self._pending = b""

    def receive(self) -> Optional[List[Message]]:
        """Wait for messages; None when the other end is closed."""
        connected = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, self.fd)
        try:
            chunk, ancillary, _, _ = connected.recvmsg(_CHUNK_BYTES, _ANCILLARY_BYTES, _CLOSE_ON_EXECUTION)
        except OSError:
            return None
        finally:
            connected.detach()
        for _, kind, payload in ancillary:
            if kind == _socket.SCM_RIGHTS:
                self._fds += [
                    int.from_bytes(payload[start : start + _FD_BYTES], sys.byteorder)
                    for start in range(0, len(payload) - _FD_BYTES + 1, _FD_BYTES)
                ]
        return self.parse(chunk)

    def take_fds(self, count: int) -> List[int]:
        """The next descriptors that came along; a message that brought some says how many. They are the caller's."""
        taken, self._fds = self._fds[:count], self._fds[count:]
        return taken

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
        line = _encode(message).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self.fd, line) :]
        except OSError:
            pass

    def send_fds(self, fds: List[int], **message: object) -> None:
        """A first, short message, with descriptors, which stay the caller's."""
        line = _encode(message).encode() + b"\n"
        rights = b"".join(fd.to_bytes(_FD_BYTES, sys.byteorder) for fd in fds)
        connected = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, self.fd)
        try:
            connected.sendmsg([line], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)] if fds else [])
        except OSError:
            pass
        finally:
            connected.detach()

    def close(self) -> None:
        os.close(self.fd)


def _parsed(line: bytes) -> Optional[Message]:
    try:
        text = line.decode()
        message, end = _decode(text)
    except ValueError:
        return None
    return message if end == len(text) and isinstance(message, dict) else None
