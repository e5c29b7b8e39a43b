"""Hot reload: from saved files to the functions that must start anew, with the cause named."""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from lambdatui.model.function import Function, Problem, Project, Severity
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import CodeBroken
from lambdatui.project.syntax import check_syntax
from lambdatui.project.watch import CodeChange, CodeWatch
from lambdatui.service.clock import Clock
from lambdatui.service.function_pool import FunctionPool
from lambdatui.telemetry.bus import Bus

OLDEST_SAVE_S = 5.0
"""A file older than this when we hear of it (moved into place, unpacked) was not written just now."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Reloaded(Protocol):
    """The part of an engine that a reload touches."""

    project: Project
    as_read: Project
    bus: Bus
    clock: Clock
    pools: dict[FunctionName, FunctionPool]

    def adopt(self, project: Project) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one batch of saves is for one function. ``age_s`` is since the newest file was written, None if unknown."""

    files: tuple[Path, ...]
    age_s: float | None
    problems: tuple[Problem, ...]


class Reload:
    """Follows one project's files. ``load`` reads the project again and never raises for what files contain."""

    def __init__(self, engine: Reloaded, load: Callable[[], Project]) -> None:
        self._engine = engine
        self._load = load
        self._watch = CodeWatch(engine.as_read)
        self._lived_with = _file_errors(engine.as_read)
        # Reading and compiling a thousand files after a checkout must not hold up the invokes that run meanwhile.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="lambdatui-reload")

    async def run(self) -> None:
        """Until cancelled."""
        try:
            with self._watch:
                async for change in self._watch.changes():
                    await self._survive(change)
        finally:
            self._reading.shutdown(wait=False)

    async def _survive(self, change: CodeChange) -> None:
        """What the file system does between two looks must not end the watching."""
        try:
            await self.apply(change)
        except OSError as error:
            _log.warning("a change of %s could not be followed: %s", ", ".join(map(str, change.files)), error)

    async def apply(self, change: CodeChange) -> None:
        """What one batch of saves means for every function."""
        touched = set(change.functions)
        if change.config_changed:
            touched |= await self._adopt_new_project()
        for name in touched:
            if (pool := self._engine.pools.get(name)) is not None:
                saved = await self._in_thread(partial(self._look, pool.function, change.files))
                self._reload(pool, saved)

    async def _adopt_new_project(self) -> set[FunctionName]:
        before = {name: pool.function for name, pool in self._engine.pools.items()}
        loaded = await self._in_thread(self._load)
        project = keep_last_good(self._engine.as_read, loaded, self._lived_with)
        if project is loaded:
            self._lived_with = _file_errors(loaded)
        self._watch.follow(project)
        self._engine.adopt(project)
        return {name for name, pool in self._engine.pools.items() if _differs(before.get(name), pool.function)}

    def _reload(self, pool: FunctionPool, saved: Saved) -> None:
        clock = self._engine.clock
        recent = saved.age_s is not None and 0.0 <= saved.age_s <= OLDEST_SAVE_S
        saved_at = clock.monotonic() - (saved.age_s if recent and saved.age_s is not None else 0.0)
        pool.code_changed(tuple(map(self._shown, saved.files)), saved_at, broken=bool(saved.problems))
        for problem in saved.problems[:1]:
            record = CodeBroken(file=_as_text(problem.file or ""), line=problem.line, message=problem.message)
            self._engine.bus.publish(record, function=pool.name)

    def _look(self, function: Function, files: tuple[Path, ...]) -> Saved:
        """In the reading thread. Files may vanish at any moment."""
        own = _own_files(function, files)
        written_s = {path: mtime for path in own if (mtime := _mtime(path)) is not None}
        # Editors save through a file that is gone when we look; it is named only where nothing else is left to name.
        lasting = tuple(path for path in own if path in written_s) or own
        problems = check_syntax((path for path in written_s if path.suffix == ".py"), self._root)
        newest_s = max(written_s.values(), default=None)
        age_s = None if newest_s is None else self._engine.clock.wall() - newest_s
        return Saved(files=lasting, age_s=age_s, problems=problems)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    @property
    def _root(self) -> Path:
        return self._engine.project.root

    def _shown(self, path: Path) -> str:
        return _as_text(str(path.relative_to(self._root) if path.is_relative_to(self._root) else path))


def keep_last_good(before: Project, after: Project, lived_with: frozenset[str]) -> Project:
    """A file that cannot be read, or a function that became broken, takes nothing away that worked before.

    Editors write a file in several steps; what is on disk between two of them is nobody's wish. ``lived_with`` are the
    errors of whole files that the project had when it was last taken up: those hold nothing up.
    """
    old = {function.name: function for function in before.functions}
    new = {function.name: function for function in after.functions}
    if _file_errors(after) - lived_with:
        return replace(after, functions=tuple((new | old).values()))
    broken = {problem.function for problem in after.problems if problem.severity is Severity.ERROR}
    kept = [function for name, function in old.items() if name in broken and name not in new]
    return replace(after, functions=(*after.functions, *kept)) if kept else after


def _file_errors(project: Project) -> frozenset[str]:
    """Errors that are not about one function."""
    errors = (each for each in project.problems if each.severity is Severity.ERROR and each.function is None)
    return frozenset(map(str, errors))


def _own_files(function: Function, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of this function; where none is (its configuration changed), all that were saved."""
    code = function.code_path
    return tuple(path for path in files if path == code or path.is_relative_to(code)) or files


def _mtime(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _as_text(name: str) -> str:
    """A file's name need not be UTF-8; what is written into events must be."""
    return os.fsencode(name).decode("utf-8", "replace")


def _differs(before: Function | None, after: Function) -> bool:
    """Where its values stand makes no difference to a function."""
    return before is not None and replace(before, origins={}) != replace(after, origins={})
