"""Where a project's running engine can be found: ``engine.json`` in its state directory and the unix socket it names.

Knows paths, the file and whether somebody answers; opens no listener and starts no engine.
"""

import hashlib
import json
import os
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lambdatui.service.state_place import place_of

_FILE_NAME = "engine.json"
_SOCKET_NAME = "engine.sock"
_MAX_SOCKET_PATH_BYTES = 100
"""sun_path is 104 bytes on macOS and 108 on Linux, with a NUL; a little is left for a suffix."""
_CONNECT_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendezvous:
    """A running engine. ``started_s`` is seconds since the epoch; ``socket`` is None where it has only a URL."""

    pid: int
    started_s: float
    url: str
    socket: Path | None
    version: str


class EngineAlreadyRunning(Exception):
    """The project has an engine; two would fight over its history and its code. ``rendezvous`` says which one."""

    def __init__(self, rendezvous: Rendezvous) -> None:
        super().__init__(
            f"this project's engine already runs as process {rendezvous.pid} at {rendezvous.url}; "
            f"use it as it is, or end it with `kill {rendezvous.pid}`"
        )
        self.rendezvous = rendezvous


class UnsafeDirectory(Exception):
    """Somebody else could reach into the directory of the socket; the message says which and what to do."""


def directory_of(project_root: Path) -> Path:
    """The project's own directory for everything lambdatui writes; it may not exist yet."""
    return place_of(project_root)


def socket_path(project_root: Path) -> Path:
    """The path of the project's socket: inside the project, or in the temporary directory where that is too long."""
    path = directory_of(project_root.resolve()) / _SOCKET_NAME
    if len(os.fsencode(path)) <= _MAX_SOCKET_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(project_root.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"lambdatui-{os.getuid()}" / f"{digest}.sock"


def prepare_socket(project_root: Path) -> Path:
    """Make sure that the socket can be bound: its directory exists, is ours alone, and no dead engine's socket is left.

    Raises EngineAlreadyRunning and UnsafeDirectory.
    """
    if (running := find(project_root)) is not None:
        raise EngineAlreadyRunning(running)
    path = socket_path(project_root)
    if path.parent == directory_of(project_root.resolve()):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    else:
        _make_private(path.parent)
    path.unlink(missing_ok=True)
    return path


def publish(project_root: Path, rendezvous: Rendezvous) -> None:
    """Write ``engine.json``, whole or not at all, readable by its owner only."""
    path = directory_of(project_root) / _FILE_NAME
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    document = {
        "pid": rendezvous.pid,
        "started": rendezvous.started_s,
        "url": rendezvous.url,
        "socket": None if rendezvous.socket is None else str(rendezvous.socket),
        "version": rendezvous.version,
    }
    descriptor, draft = tempfile.mkstemp(prefix=f"{_FILE_NAME}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def withdraw(project_root: Path, pid: int) -> None:
    """Take back what process ``pid`` published; an engine that has taken its place is left alone."""
    rendezvous = read(project_root)
    if rendezvous is None or rendezvous.pid != pid:
        return
    (directory_of(project_root) / _FILE_NAME).unlink(missing_ok=True)
    if rendezvous.socket is not None:
        rendezvous.socket.unlink(missing_ok=True)


def read(project_root: Path) -> Rendezvous | None:
    """What ``engine.json`` says, whether or not it is still true; None when there is nothing to understand."""
    path = directory_of(project_root) / _FILE_NAME
    try:
        document = json.loads(path.read_bytes())
        return Rendezvous(
            pid=int(document["pid"]),
            started_s=float(document["started"]),
            url=str(document["url"]),
            socket=None if document["socket"] is None else Path(document["socket"]),
            version=str(document["version"]),
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        if os.path.exists(path):
            raise
        # A home that this user may not enter: no engine of this user's is there.
        return None
    except (ValueError, KeyError, TypeError):
        # Written by another version, or by hand; either way nothing that this one could attach to.
        return None


def find(project_root: Path) -> Rendezvous | None:
    """The project's running engine; None when there is none or only what a dead one left behind."""
    rendezvous = read(project_root)
    if rendezvous is None or not _is_alive(rendezvous.pid) or not _answers(rendezvous):
        return None
    return rendezvous


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(rendezvous: Rendezvous) -> bool:
    """Whether anybody accepts a connection: a process id may have been given to another program meanwhile."""
    try:
        if rendezvous.socket is not None:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(_CONNECT_TIMEOUT_S)
                probe.connect(os.fspath(rendezvous.socket))
        else:
            address = urlsplit(rendezvous.url)
            socket.create_connection((address.hostname, address.port), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _make_private(directory: Path) -> None:
    """A directory in the shared temporary one: anybody could have made it first."""
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise UnsafeDirectory(f"{directory} is not a directory that only you can enter; remove it and start again")
