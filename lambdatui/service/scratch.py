"""Looks at an environment's /tmp and says what is in it, whenever that has changed. Never follows a link."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from lambdatui.model.records import ScratchChanged, ScratchFile

MAX_FILES = 500
AFTER_INVOKE_S = 0.05
WHILE_RUNNING_S = 0.25


def list_scratch(root: Path) -> ScratchChanged:
    """Everything below ``root``, sorted by path, at most MAX_FILES entries."""
    files: list[ScratchFile] = []
    total_bytes = 0
    pending = [root]
    truncated = False
    while pending:
        for entry in _entries(pending.pop()):
            if len(files) >= MAX_FILES:
                truncated = True
                break
            try:
                stat = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            is_dir = entry.is_dir(follow_symlinks=False)
            if is_dir:
                pending.append(Path(entry.path))
            size = 0 if is_dir else stat.st_size
            total_bytes += size
            path = os.path.relpath(entry.path, root)
            files.append(ScratchFile(path=path, size_bytes=size, modified_s=stat.st_mtime, is_dir=is_dir))
    files.sort(key=lambda file: file.path)
    return ScratchChanged(files=tuple(files), total_bytes=total_bytes, truncated=truncated)


def read_scratch(root: Path, path: str, limit_bytes: int) -> bytes:
    """The start of one file below ``root``. Raises FileNotFoundError for what is not a plain file inside it."""
    target = (root / path).resolve()
    if not target.is_relative_to(root.resolve()) or not target.is_file():
        raise FileNotFoundError(path)
    with target.open("rb") as file:
        return file.read(limit_bytes)


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # The handler may remove a directory while we look at it.
        return []


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
