"""The engine's end of a control socket: lines of JSON, descriptors, and the sender's pid as this machine sees it.

Decides nothing. Callbacks run on the event loop.
"""

import array
import asyncio
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Message = Mapping[str, Any]
"""Decoded JSON; every reader takes the fields it knows and ignores the rest."""

_CHUNK_BYTES = 65536
_LONGEST_LINE_BYTES = 1024 * 1024
_CREDENTIALS = struct.Struct("iII")
_HAS_CREDENTIALS = sys.platform == "linux"
_MOST_FDS = 8
_CREDENTIALS_BYTES = socket.CMSG_SPACE(_CREDENTIALS.size) if _HAS_CREDENTIALS else 0
_FDS_BYTES = socket.CMSG_SPACE(_MOST_FDS * array.array("i").itemsize)
_CLOSE_ON_EXECUTION: int = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class ChannelClosedError(Exception):
    """The process at the other end is gone, or does not read any more."""


class Channel:
    """One connection. ``on_message`` gets the message and the sender's pid, ``on_end`` is called once when the peer
    is gone. Without ``brings_fds`` the peer may be user code, whose descriptors would pile up here: the kernel drops
    them.
    """

    def __init__(
        self,
        connected: socket.socket,
        on_message: Callable[[Message, int | None], None],
        on_end: Callable[[], None],
        *,
        brings_fds: bool = True,
    ) -> None:
        self._socket = connected
        self._on_message = on_message
        self._on_end = on_end
        self._ancillary_bytes = _CREDENTIALS_BYTES + (_FDS_BYTES if brings_fds else 0)
        self._pending = b""
        self._fds: list[int] = []
        self._loop = asyncio.get_running_loop()
        self._open = True
        connected.setblocking(False)
        if _HAS_CREDENTIALS:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._loop.add_reader(connected.fileno(), self._read)

    def send(self, message: Message, fds: Sequence[int] = ()) -> None:
        """Raises ChannelClosedError. A message is either sent whole or the connection is of no use any more."""
        if not self._open:
            raise ChannelClosedError("the connection is closed")
        line = json.dumps(message).encode() + b"\n"
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            sent = self._socket.sendmsg([line], rights)
        except OSError as error:
            raise ChannelClosedError(str(error)) from error
        if sent < len(line):
            raise ChannelClosedError(f"a message of {len(line)} bytes does not fit into the socket")

    def take_fds(self, count: int) -> list[int]:
        """The next descriptors that came along; a message that brought some says how many. They are the caller's."""
        taken, self._fds = self._fds[:count], self._fds[count:]
        return taken

    def close(self) -> None:
        if self._open:
            self._open = False
            for fd in self.take_fds(len(self._fds)):
                os.close(fd)
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _read(self) -> None:
        try:
            chunk, ancillary, _, _ = self._socket.recvmsg(_CHUNK_BYTES, self._ancillary_bytes, _CLOSE_ON_EXECUTION)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            chunk, ancillary = b"", []
        if not chunk:
            self.close()
            self._on_end()
            return
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if len(self._pending) > _LONGEST_LINE_BYTES:
            self._pending = b""
        sender = _sender(ancillary)
        self._fds += _descriptors(ancillary)
        for line in lines:
            message = _parsed(line)
            if message is not None:
                self._on_message(message, sender)


def _parsed(line: bytes) -> Message | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    found = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(payload[: len(payload) - len(payload) % found.itemsize])
    return found.tolist()


def _sender(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, payload in ancillary:
        if _HAS_CREDENTIALS and level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = _CREDENTIALS.unpack(payload[: _CREDENTIALS.size])[0]
            return pid
    return None
