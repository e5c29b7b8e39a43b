"""A network of an environment's own, in which there is nothing but itself: as in a VPC without a way out.

The Runtime API is still there, because the engine listens inside, through a socket that is made here and handed out.
"""

from __future__ import annotations

import _socket
import fcntl
import struct

from . import namespaces

HOST = "127.0.0.1"
# The port of Lambda's own Runtime API.
PORT = 9001
_BACKLOG = 128
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_INTERFACE_FLAGS = "16sh14x"


def enter_loopback_only() -> int:
    """Move this process to a network of its own. Returns a socket that listens where the Runtime API is to be.

    Raises OSError.
    """
    namespaces.unshare(namespaces.CLONE_NEWNET)
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    request = struct.pack(_INTERFACE_FLAGS, b"lo", 0)
    _, flags = struct.unpack(_INTERFACE_FLAGS, fcntl.ioctl(listener.fileno(), _SIOCGIFFLAGS, request))
    fcntl.ioctl(listener.fileno(), _SIOCSIFFLAGS, struct.pack(_INTERFACE_FLAGS, b"lo", flags | _IFF_UP))
    listener.bind((HOST, PORT))
    listener.listen(_BACKLOG)
    return listener.detach()
