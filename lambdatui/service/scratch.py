"""Looks at an environment's /tmp and says what is in it, whenever that has changed. Never follows a link."""

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from lambdatui.model.records import ScratchChanged, ScratchFile

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not to wait for somebody who writes to a named pipe.
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MAX_FILES = 500
AFTER_INVOKE_S = 0.05
WHILE_RUNNING_S = 0.25


def list_scratch(root: Path) -> ScratchChanged:
    """What is below ``root``, sorted by path: all of it, or the first MAX_FILES entries that are met."""
    found = list(islice(_walk(root), MAX_FILES + 1))
    files = sorted(found[:MAX_FILES], key=lambda file: file.path)
    return ScratchChanged(
        files=tuple(files),
        total_bytes=sum(file.size_bytes for file in files),
        truncated=len(found) > MAX_FILES,
    )


def read_scratch(root: Path, path: str, limit_bytes: int) -> bytes:
    """The start of one file below ``root``. Raises FileNotFoundError for what is not a plain file inside it.

    ``root`` may lead to a file system that only a descriptor reaches, so no path can be made of what is inside; and a
    link that a handler made is not followed, wherever it leads.
    """
    *folders, name = Path(path).parts or ("",)
    if ".." in folders or Path(path).is_absolute():
        raise FileNotFoundError(path)
    try:
        with contextlib.ExitStack() as opened:
            folder = _opened(opened, root, _FOLDER_FLAGS & ~os.O_NOFOLLOW, None)
            for part in folders:
                folder = _opened(opened, part, _FOLDER_FLAGS, folder)
            file = _opened(opened, name, _FILE_FLAGS, folder)
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise FileNotFoundError(path)
            return _first_bytes(file, limit_bytes)
    except OSError as error:
        raise FileNotFoundError(path) from error


def _opened(opened: contextlib.ExitStack, path: str | Path, flags: int, folder: int | None) -> int:
    fd = os.open(path, flags, dir_fd=folder)
    opened.callback(os.close, fd)
    return fd


def _first_bytes(fd: int, limit_bytes: int) -> bytes:
    content = b""
    while chunk := os.read(fd, limit_bytes - len(content)):
        content += chunk
    return content


def _walk(root: Path) -> Iterator[ScratchFile]:
    """Lazily: a handler may make more files than anybody wants to look at.

    It may also remove a directory meanwhile or forbid to look into it, and this process may be out of descriptors: what
    cannot be seen is left out. So is what is mounted there: an interpreter that lives below the machine's own /tmp.
    """
    try:
        device = os.stat(root).st_dev
    except OSError:
        return
    pending = [str(root)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    seen = _seen(entry, root, device)
                    if seen is None:
                        continue
                    if seen.is_dir:
                        pending.append(entry.path)
                    yield seen
        except OSError:
            continue


def _seen(entry: os.DirEntry[str], root: Path, device: int) -> ScratchFile | None:
    try:
        status = entry.stat(follow_symlinks=False)
        is_dir = entry.is_dir(follow_symlinks=False)
    except OSError:
        return None
    if status.st_dev != device:
        return None
    return ScratchFile(
        path=os.path.relpath(entry.path, root),
        size_bytes=0 if is_dir else status.st_size,
        modified_s=status.st_mtime,
        is_dir=is_dir,
    )


class ScratchWatch:
    """Looks shortly after an invoke, and a few times a second while one runs; publishes only differences."""

    def __init__(self, root: Path, publish: Callable[[ScratchChanged], None], running: Callable[[], bool]) -> None:
        self._root = root
        self._publish = publish
        self._running = running
        self._last = ScratchChanged(files=(), total_bytes=0)
        self._timer: asyncio.TimerHandle | None = None

    def look_soon(self, delay_s: float = AFTER_INVOKE_S) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._look)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        found = list_scratch(self._root)
        if found != self._last:
            self._last = found
            self._publish(found)
        if self._running():
            self.look_soon(WHILE_RUNNING_S)
