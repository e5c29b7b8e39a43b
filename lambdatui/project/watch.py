"""Notices saved code and changed configuration on the real file system, within a few milliseconds.

Watches single directories instead of whole trees, so that the engine's own files under ``.lambdatui``, a ``.venv``
or ``node_modules`` below a code directory cost no watches and wake nobody. How the system's notices come is the
business of ``notices``.
"""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.project.notices import Notices
from lambdatui.project.watched_tree import WatchedTree

_ATTEMPTS = 5
"""How often a tree that changes while it is being read is read again."""
_BLIND_S = 0.3
"""How long to wait with looking at all files when changes cannot be told: as often as if files were compared."""
_TELLING_S = 0.1
"""A change this young may not have been told yet; file systems' clocks lag behind as well, by up to 10 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """One batch of saves. ``files`` are all that caused it, configuration included, as the project reaches them.

    ``config_changed`` means: load the project again, then hand it to :meth:`CodeWatch.follow`.
    """

    functions: frozenset[FunctionName]
    files: tuple[Path, ...]
    config_changed: bool


class CodeWatch:
    """Watches from the moment it is made: a save between then and the first ``changes()`` is not lost.

    ``polling`` is true where the system has no notices left to give (inotify's limits) and files are compared every
    300 ms instead. Making one reads the project's directories; use it as a context manager.
    """

    def __init__(self, project: Project) -> None:
        self.polling = False
        self._project = project
        self._following: deque[Project] = deque()
        """Written by the loop, read by the watching thread; a deque is safe for that without a lock."""
        self._batches: deque[CodeChange] = deque()
        """Filled by the watching thread, so that a batch outlives the cancelled wait that it was meant for."""
        self._closing = threading.Event()
        self._saved_at_s = -math.inf
        self._told_until_s = time.monotonic()
        """Every change up to here was told."""
        self._tree, self._notices = self._watched(project)
        # Waiting for notices blocks a thread; the pool is ours so that closing can wait for it.
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="watch")

    def follow(self, project: Project) -> None:
        """Watch the files of ``project`` from now on: what to call after a re-load."""
        self._following.append(project)

    async def changes(self) -> AsyncIterator[CodeChange]:
        """Batches until the wait for one is cancelled. One iteration at a time."""
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(self._threads, self._collect)
            while self._batches:
                yield self._batches.popleft()

    @property
    def watched(self) -> list[str]:
        """The real paths of the directories that are watched, each without those below it."""
        return self._tree.paths

    def close(self) -> None:
        self._closing.set()
        self._threads.shutdown()
        self._notices.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _collect(self) -> None:
        """Waits for one batch of changes, a project to follow, or the end. Runs in our thread.

        When whoever asked has been cancelled it waits on, and keeps the batch for whoever asks next.
        """
        older, paths = self._tree, self._wait()
        if paths is None or self._following or any(older.changes_shape(path) for path in paths):
            paths = self._look_again(paths)
        if change := _batch(paths, self._project, (older, self._tree)):
            self._saved_at_s = time.monotonic()
            self._batches.append(change)

    def _wait(self) -> set[str] | None:
        paths: set[str] | None = set()
        while not (paths or self._batches or self._following or self._closing.is_set()):
            paths = self._notices.wait(self._closing, time.monotonic() - self._saved_at_s)
            if paths is None:
                self._closing.wait(_BLIND_S)
                break
            self._told_until_s = time.monotonic()
        return paths

    def _look_again(self, paths: set[str] | None) -> set[str]:
        """Follows directories that came, went or were replaced; adds what changed while nobody watched them."""
        older, before, told_until_s = self._tree, self._notices, self._told_until_s
        while self._following:
            self._project = self._following.popleft()
        self._told_until_s = time.monotonic()
        self._tree, self._notices = self._watched(self._project)
        # The older watch ran until the newer one stood, so that between them nothing is lost.
        more = before.pending()
        before.close()
        found = {*(paths or ()), *(more or ()), *self._tree.files_missing_in(older)}
        if paths is None or more is None:
            found.update(older.gone())
            found.update(self._tree.changed_within(time.monotonic() - told_until_s + _TELLING_S))
        return found

    def _watched(self, project: Project) -> tuple[WatchedTree, Notices]:
        for _ in range(_ATTEMPTS - 1):
            tree = WatchedTree(project)
            try:
                notices = self._start(tree)
            except (FileNotFoundError, PermissionError):
                continue  # a directory went, or was closed to us, while the tree was read
            if WatchedTree(project).paths == tree.paths:
                return tree, notices
            notices.close()
        tree = WatchedTree(project)
        return tree, self._start(tree, strict=False)

    def _start(self, tree: WatchedTree, *, strict: bool = True) -> Notices:
        if not self.polling:
            try:
                return Notices(tree.paths, strict=strict)
            except (FileNotFoundError, PermissionError):
                raise
            except OSError:
                self.polling = True
        return Notices(tree.paths, polling=True, strict=strict)


def _batch(paths: set[str], project: Project, trees: tuple[WatchedTree, WatchedTree]) -> CodeChange | None:
    older, newer = trees
    functions: set[FunctionName] = set()
    files: dict[Path, None] = {}
    config_changed = False
    for path in sorted(paths):
        concerned = older.functions_at(path) | newer.functions_at(path)
        is_config = older.is_config(path) or newer.is_config(path) or newer.changes_discovery(path)
        if concerned or is_config:
            files[newer.shown(path)] = None
        functions |= concerned
        config_changed |= is_config
    if not files:
        return None
    known = {function.name for function in project.functions}
    return CodeChange(functions=frozenset(functions & known), files=tuple(files), config_changed=config_changed)
