"""Notices saved code and changed configuration on the real file system, within a few milliseconds.

Watches single directories instead of whole trees, so that the engine's own files under ``.lambdatui``, a ``.venv``
or ``node_modules`` below a code directory cost no watches and wake nobody.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.project.watched_tree import WatchedTree

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

DEBOUNCE_MS = 50
STEP_MS = 10
"""A batch ends when nothing was added to it for one step. Each step also costs a wake-up, for ever: 2 ms would find a
save 8 ms sooner and take 1 % of a core from everything that is measured."""

_POLL_DELAY_MS = 300
_PATIENCE_MS = 25
"""How long the watching thread waits before it looks whether it is still wanted."""
_ATTEMPTS = 5
"""How often a tree that changes while it is being read is read again."""


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

    ``polling`` is true where the system has no notifications left to give (inotify's limits) and files are compared
    every 300 ms instead. Making one reads the project's directories; use it as a context manager.
    """

    def __init__(self, project: Project) -> None:
        self.polling = False
        self._project = project
        self._following: deque[Project] = deque()
        """Written by the loop, read by the watching thread; a deque is safe for that without a lock."""
        self._batches: deque[CodeChange] = deque()
        """Filled by the watching thread, so that a batch outlives the cancelled wait that it was meant for."""
        self._closing = False
        self._tree, self._notify = self._watched(project)
        # RustNotify.watch blocks its thread; the pool is ours so that closing can wait for it.
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="watch")

    def follow(self, project: Project) -> None:
        """Watch the files of ``project`` from now on: what to call after a re-load."""
        self._following.append(project)

    async def changes(self, stop: asyncio.Event) -> AsyncIterator[CodeChange]:
        """Batches until ``stop`` is set. One iteration at a time."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            left = threading.Event()

            def interrupted(left: threading.Event = left) -> bool:
                return stop.is_set() or self._closing or left.is_set()

            try:
                await loop.run_in_executor(self._threads, self._collect, interrupted)
            finally:
                left.set()  # cancelled: the thread ends its wait by itself
            while self._batches:
                yield self._batches.popleft()

    @property
    def watched(self) -> list[str]:
        """The real paths of the directories that are watched, each without those below it."""
        return self._tree.paths

    def close(self) -> None:
        self._closing = True
        self._threads.shutdown()
        self._notify.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _collect(self, interrupted: Callable[[], bool]) -> None:
        """Waits for one batch of changes, a project to follow, or the interrupt. Runs in our thread."""
        if self._batches:
            return  # left by a wait that was cancelled
        older = self._tree
        while not (paths := self._changed_paths()) and not self._following:
            if interrupted():
                return
        if self._following or any(older.changes_shape(path) for path in paths):
            paths |= self._look_again()
        if change := _batch(paths, self._project, (older, self._tree)):
            self._batches.append(change)

    def _changed_paths(self) -> set[str]:
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            # A time-out and no stop event: being stopped, RustNotify throws away what it has collected.
            seen = self._notify.watch(DEBOUNCE_MS, STEP_MS, _PATIENCE_MS, None)
        except WatchfilesRustInternalError:
            # Such as a file name that is not UTF-8, which it repeats for ever: start anew.
            return self._look_again()
        return {path for _, path in seen} if isinstance(seen, set) else set()

    def _look_again(self) -> set[str]:
        """Follows directories that came, went or were replaced; returns what changed while nobody watched them."""
        older, before = self._tree, self._notify
        while self._following:
            self._project = self._following.popleft()
        self._tree, self._notify = self._watched(self._project)
        # The older watch ran until the newer one stood, so that between them nothing is lost.
        found = _drained(before)
        before.close()
        return found | set(self._tree.files_missing_in(older))

    def _watched(self, project: Project) -> "tuple[WatchedTree, RustNotify]":
        for _ in range(_ATTEMPTS - 1):
            tree = WatchedTree(project)
            try:
                notify = self._start(tree)
            except FileNotFoundError:
                continue  # a directory went while the tree was read
            if WatchedTree(project).paths == tree.paths:
                return tree, notify
            notify.close()
        tree = WatchedTree(project)
        return tree, self._start(tree)

    def _start(self, tree: WatchedTree) -> "RustNotify":
        from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError  # 20 ms

        if not self.polling:
            try:
                return RustNotify(tree.paths, False, False, 0, False, True)
            except FileNotFoundError:
                raise
            except (OSError, WatchfilesRustInternalError):
                self.polling = True
        return RustNotify(tree.paths, False, True, _POLL_DELAY_MS, False, True)


def _drained(notify: "RustNotify") -> set[str]:
    """What was collected and not asked for yet."""
    from watchfiles._rust_notify import WatchfilesRustInternalError

    try:
        seen = notify.watch(1, 1, 1, None)
    except WatchfilesRustInternalError:
        return set()
    return {path for _, path in seen} if isinstance(seen, set) else set()


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
