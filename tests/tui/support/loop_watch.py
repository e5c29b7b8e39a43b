"""Hears what the interpreter tells of calls that wait for something: files, processes, sockets."""

import asyncio
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lambdatui

_WAITING = frozenset(
    {"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "sqlite3.connect"}
    | {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "os.listdir", "os.scandir", "open"}
)
_PROGRAMS = tuple(
    {str(Path(place).resolve()) for place in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())}
    | {str(Path(lambdatui.__file__).parent)}
)
"""Modules and style sheets are read when they are needed first."""

_heard: list[str] | None = None
_installed = False


@contextmanager
def waiting_calls() -> Iterator[list[str]]:
    """What was called on a running loop meanwhile, each with its first argument."""
    global _heard, _installed
    if not _installed:
        sys.addaudithook(_hear)  # for ever: nothing takes one away
        _installed = True
    _heard = []
    try:
        yield _heard
    finally:
        _heard = None


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    heard = _heard
    if heard is None or event not in _WAITING or asyncio._get_running_loop() is None:
        return
    about = str(arguments[0]) if arguments else ""
    if not about.startswith(_PROGRAMS):
        heard.append(f"{event} {about}")
