"""Descriptors of a snapshot, made anew in its forks: forks share what is behind a descriptor, and no two virtual
machines do.

A file is opened again at its position. A connection is one that was reset: on Lambda the other end has forgotten it,
too, when a snapshot is restored. Sockets that datagrams were not received on, and what an event loop has open, are as
good as new ones.
"""

from __future__ import annotations

import _socket
import fcntl
import os
import re
import select
import stat
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

    Anew = Callable[[], None]

_TMP = "/tmp/"
_NEVER_AGAIN = os.O_CREAT | os.O_EXCL | os.O_TRUNC
_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
_CREDENTIALS = struct.Struct("iII")
_WATCHED = re.compile(r"^tfd:\s*(\d+) events:\s*([0-9a-f]+) data:\s*([0-9a-f]+)", re.MULTILINE)
_EVENT_QUEUE = "anon_inode:[eventpoll]"
_USUAL_PORT_RANGE = (32768, 60999)
_INTERNET = (_socket.AF_INET, _socket.AF_INET6)


class NotWholeError(Exception):
    """A fork would not be all of its process; the message says why, after `it `."""


def anew(fds: List[int]) -> List[Anew]:
    """What a fork has to do, in this order. Raises NotWholeError where that would not do, OSError."""
    first: List[Anew] = []
    last: List[Anew] = []
    local: List[int] = []
    for fd in fds:
        mode = os.fstat(fd).st_mode
        target = os.readlink("/proc/self/fd/%d" % fd)
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            first.append(_file(fd, target, stat.S_ISDIR(mode)))
        elif stat.S_ISSOCK(mode):
            made = _socket_anew(fd)
            if made is None:
                local.append(fd)
            else:
                first.append(made)
        elif target == _EVENT_QUEUE:
            last.append(_event_queue(fd))
        elif not stat.S_ISCHR(mode):
            raise NotWholeError("holds a %s" % target.partition(":[")[0].replace("anon_inode", "kernel object"))
    if local:
        first.append(_local_pair(local))
    return first + last


def _file(fd: int, path: str, is_folder: bool) -> Anew:
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    read_only = flags & os.O_ACCMODE == os.O_RDONLY
    if not os.path.exists(path) or not (read_only or path.startswith(_TMP)):
        raise NotWholeError("holds a file that cannot be opened again")
    position = 0 if is_folder else os.lseek(fd, 0, os.SEEK_CUR)

    def open_again() -> None:
        fresh = os.open(path, flags & ~_NEVER_AGAIN)
        if not is_folder:
            os.lseek(fresh, position, os.SEEK_SET)
        _put(fresh, fd)

    return open_again


def _socket_anew(fd: int) -> Optional[Anew]:
    """None for one end of what may be a local pair."""
    probe = _socket.socket(fileno=fd)
    try:
        family, kind = probe.family, probe.type
        if family == _socket.AF_UNIX and _is_own_end(probe, kind):
            return None
        if family not in _INTERNET or probe.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN):
            raise NotWholeError("holds a socket that others connect to, or that is not the internet's")
        peer, own_port = _peer(probe), probe.getsockname()[1]
    finally:
        probe.detach()
    if kind == _socket.SOCK_STREAM and peer is not None:
        return lambda: _put(_reset_connection(family), fd)
    if kind not in (_socket.SOCK_STREAM, _socket.SOCK_DGRAM):
        raise NotWholeError("holds a raw socket")
    if kind == _socket.SOCK_DGRAM and own_port and not (peer is not None and _is_chosen_by_kernel(own_port)):
        # The snapshot itself still has that address, and others may have been told of it.
        raise NotWholeError("holds a socket for datagrams that has an address")
    return lambda: _put(_unconnected(family, kind, peer), fd)


def _is_own_end(probe: Any, kind: int) -> bool:
    """Whether nobody but this process can have the other end, and nothing is on its way."""
    if (
        kind != _socket.SOCK_STREAM
        or probe.getsockname()
        or probe.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN)
    ):
        return False
    credentials = probe.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, _CREDENTIALS.size)
    if _CREDENTIALS.unpack(credentials)[0] != os.getpid():
        return False
    try:
        probe.recv(1, _socket.MSG_PEEK | _socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    return False


def _peer(probe: Any) -> Any:
    try:
        return probe.getpeername()
    except OSError:
        return None


def _is_chosen_by_kernel(port: int) -> bool:
    """As it is done for who only sends."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as line:
            first, last = map(int, line.read().split())
    except OSError:
        first, last = _USUAL_PORT_RANGE
    return first <= port <= last


def _reset_connection(family: int) -> int:
    """By way of IPv4 for both families: where a place has a network of its own, IPv6 may have no address in it."""
    listener: Any = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    host, port = listener.getsockname()
    connection = _socket.socket(family, _socket.SOCK_STREAM)
    connection.connect((host if family == _socket.AF_INET else "::ffff:" + host, port))
    other_end, _ = listener._accept()
    accepted = _socket.socket(fileno=other_end)
    accepted.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, _LINGER_NOT_AT_ALL)
    accepted.close()
    listener.close()
    fd: int = connection.detach()
    return fd


def _unconnected(family: int, kind: int, peer: Any) -> int:
    fresh = _socket.socket(family, kind)
    if peer is not None:
        # Of datagrams, so it reaches nobody.
        fresh.connect(peer)
    fd: int = fresh.detach()
    return fd


def _local_pair(fds: List[int]) -> Anew:
    """With more than two of them it cannot be told who is whose other end."""
    if len(fds) != 2:
        raise NotWholeError("holds %d local sockets" % len(fds))

    def connect_again() -> None:
        for fresh, fd in zip(_socket.socketpair(), fds):
            _put(fresh.detach(), fd)

    return connect_again


def _event_queue(fd: int) -> Anew:
    """Comes last: what it watches must be there."""
    with open("/proc/self/fdinfo/%d" % fd, encoding="ascii") as info:
        watched = [_watched(match) for match in _WATCHED.finditer(info.read())]

    def watch_again() -> None:
        queue = select.epoll()
        for watched_fd, events in watched:
            queue.register(watched_fd, events)
        _put(os.dup(queue.fileno()), fd)
        queue.close()

    return watch_again


def _watched(found: re.Match[str]) -> Tuple[int, int]:
    fd, events, tag = int(found[1]), int(found[2], 16), int(found[3], 16)
    # Python's own selectors tag a descriptor by its number; what another library means by its tag is not known.
    if tag & 0xFFFFFFFF != fd:
        raise NotWholeError("holds an event queue of a library")
    return fd, events


def _put(fresh: int, fd: int) -> None:
    """In the place of what the fork has there, as that was: blocking or not, inherited or not."""
    inheritable, blocking = os.get_inheritable(fd), os.get_blocking(fd)
    os.dup2(fresh, fd, inheritable)
    os.close(fresh)
    os.set_blocking(fd, blocking)
