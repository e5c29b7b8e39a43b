"""Looks at an environment's /tmp and says what is in it, whenever that has changed. Never follows a link."""

import asyncio
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from lambdatui.model.records import ScratchChanged, ScratchFile

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
    """The start of one file below ``root``. Raises FileNotFoundError for what is not a plain file inside it."""
    target = (root / path).resolve()
    if not target.is_relative_to(root.resolve()) or not target.is_file():
        raise FileNotFoundError(path)
    with target.open("rb") as file:
        return file.read(limit_bytes)


def _walk(root: Path) -> Iterator[ScratchFile]:
    """Lazily: a handler may make more files than anybody wants to look at.

    It may also remove a directory meanwhile or forbid to look into it, and this process may be out of descriptors: what
    cannot be seen is left out.
    """
    pending = [str(root)]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    seen = _seen(entry, root)
                    if seen is None:
                        continue
                    if seen.is_dir:
                        pending.append(entry.path)
                    yield seen
        except OSError:
            continue


def _seen(entry: os.DirEntry[str], root: Path) -> ScratchFile | None:
    try:
        status = entry.stat(follow_symlinks=False)
        is_dir = entry.is_dir(follow_symlinks=False)
    except OSError:
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
