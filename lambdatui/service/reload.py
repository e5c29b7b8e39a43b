"""Hot reload: from saved files to the functions that must start anew, with the cause named."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lambdatui.model.function import Function, Problem, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import CodeBroken
from lambdatui.project.syntax import check_syntax
from lambdatui.project.watch import CodeChange, CodeWatch
from lambdatui.service.clock import Clock
from lambdatui.service.function_pool import FunctionPool
from lambdatui.telemetry.bus import Bus

OLDEST_SAVE_S = 5.0
"""A file older than this when we hear of it (moved into place, unpacked) was not written just now."""


class Reloaded(Protocol):
    """The part of an engine that a reload touches."""

    project: Project
    bus: Bus
    clock: Clock
    pools: dict[FunctionName, FunctionPool]

    def adopt(self, project: Project) -> None: ...


class Reload:
    """Follows one project's files. ``load`` reads the project again and never raises for what files contain."""

    def __init__(self, engine: Reloaded, load: Callable[[], Project]) -> None:
        self._engine = engine
        self._load = load
        self._watch = CodeWatch(engine.project)

    async def run(self) -> None:
        """Until cancelled."""
        with self._watch:
            async for change in self._watch.changes(asyncio.Event()):
                self.apply(change)

    def apply(self, change: CodeChange) -> None:
        """What one batch of saves means for every function."""
        touched = set(change.functions)
        if change.config_changed:
            touched |= self._adopt_new_project()
        for name in touched:
            if (pool := self._engine.pools.get(name)) is not None:
                self._reload(pool, change.files)

    def _adopt_new_project(self) -> set[FunctionName]:
        before = {function.name: function for function in self._engine.project.functions}
        project = self._load()
        self._watch.follow(project)
        self._engine.adopt(project)
        return {function.name for function in project.functions if _differs(before.get(function.name), function)}

    def _reload(self, pool: FunctionPool, files: tuple[Path, ...]) -> None:
        own = _own_files(pool.function, files)
        problems = check_syntax((path for path in own if path.suffix == ".py" and path.exists()), self._root)
        for problem in problems[:1]:
            self._tell_broken(pool.name, problem)
        # Editors save through a file that is gone when we look; it is named only where nothing else is left to name.
        lasting = tuple(path for path in own if path.exists()) or own
        shown = tuple(self._shown(path) for path in lasting)
        pool.code_changed(shown, self._saved_at(own), broken=bool(problems))

    def _tell_broken(self, name: FunctionName, problem: Problem) -> None:
        record = CodeBroken(file=problem.file or "", line=problem.line, message=problem.message)
        self._engine.bus.publish(record, function=name)

    def _saved_at(self, files: tuple[Path, ...]) -> float:
        """When the newest of the files was written, on the monotonic clock; now, where that cannot be told."""
        clock = self._engine.clock
        ages_s = [clock.wall() - path.stat().st_mtime for path in files if path.exists()]
        youngest_s = min(ages_s, default=0.0)
        return clock.monotonic() - (youngest_s if 0.0 <= youngest_s <= OLDEST_SAVE_S else 0.0)

    @property
    def _root(self) -> Path:
        return self._engine.project.root

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else str(path)


def _own_files(function: Function, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of this function; where none is (its configuration changed), all that were saved."""
    code = function.code_path
    return tuple(path for path in files if path == code or path.is_relative_to(code)) or files


def _differs(before: Function | None, after: Function) -> bool:
    return before is not None and before != after
