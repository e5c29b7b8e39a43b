"""A network of an environment's own, in which there is nothing but itself: as in a VPC without a way out.

What the service offers inside is there all the same, because a socket stays in the network in which it was made: the
sockets are made here and handed out to the engine, which listens, receives and connects through them.
"""

from __future__ import annotations

import _socket
import fcntl
import struct

from . import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple

HOST = "127.0.0.1"
# Lambda's own ports.
RUNTIME_API_PORT = 9001
XRAY_PORT = 2000
_BACKLOG = 128
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_INTERFACE_FLAGS = "16sh14x"


def enter_loopback_only() -> Tuple[int, int]:
    """Move this process to a network of its own. Returns sockets of the Runtime API, listening, and of X-Ray's daemon.

    Raises OSError.
    """
    namespaces.unshare(namespaces.CLONE_NEWNET)
    listener = _new(_socket.SOCK_STREAM)
    request = struct.pack(_INTERFACE_FLAGS, b"lo", 0)
    _, flags = struct.unpack(_INTERFACE_FLAGS, fcntl.ioctl(listener.fileno(), _SIOCGIFFLAGS, request))
    fcntl.ioctl(listener.fileno(), _SIOCSIFFLAGS, struct.pack(_INTERFACE_FLAGS, b"lo", flags | _IFF_UP))
    listener.bind((HOST, RUNTIME_API_PORT))
    listener.listen(_BACKLOG)
    xray = _new(_socket.SOCK_DGRAM)
    xray.bind((HOST, XRAY_PORT))
    return listener.detach(), xray.detach()


def stream_socket() -> int:
    """Not connected to anything yet. Raises OSError."""
    fd: int = _new(_socket.SOCK_STREAM).detach()
    return fd


def _new(kind: int) -> _socket.socket:
    return _socket.socket(_socket.AF_INET, kind)
