"""What a session changes while the engine runs: settings of functions, the clock's speed, whether files are followed.

Changes are stronger than every file, last as long as the engine, and can be undone or written into ``lambdatui.toml``.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.settings import RESERVED_CONCURRENCY, Changes, SettingView, WrittenSettings
from lambdatui.project import session_values
from lambdatui.project.checks import Refusal
from lambdatui.service.clock import Clock
from lambdatui.service.function_pool import FunctionPool
from lambdatui.service.invoking import ServiceError, function_not_found
from lambdatui.telemetry.bus import Bus

if TYPE_CHECKING:
    from lambdatui.service.async_queue import AsyncQueue

Load = Callable[[], Project]
"""Reads the project's files; never raises for what they contain."""


class Adjustable(Protocol):
    """The part of an engine that a session changes."""

    project: Project
    as_read: Project
    bus: Bus
    clock: Clock
    pools: dict[FunctionName, FunctionPool]
    queue: "AsyncQueue"

    def adopt(self, project: Project) -> None: ...
    def announce(self) -> None: ...
    def spawn_background(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]: ...


class Settings:
    """``load`` reads the project again; without it what the engine was given stays, and nothing can be followed."""

    def __init__(self, engine: Adjustable, load: Load | None = None, *, reloading: bool) -> None:
        self._engine = engine
        self._load = load
        self._changes: dict[FunctionName, Changes] = {}
        self._following: asyncio.Task[None] | None = None
        self._engine_changes = asyncio.Lock()
        self.reloading = reloading

    def over(self, project: Project) -> Project:
        """The project as it is in this session."""
        functions = (session_values.over(each, self._changes.get(each.name, {})) for each in project.functions)
        return replace(project, functions=tuple(functions)) if self._changes else project

    def changed(self) -> Mapping[FunctionName, Changes]:
        return self._changes

    def rows(self, name: str) -> tuple[SettingView, ...]:
        """Every setting of a function. Raises ServiceError 404."""
        function = self._as_read(name)
        return session_values.rows(function, self._changes.get(function.name, {}))

    def change(self, name: str, changes: Changes) -> None:
        """Idle environments with the old configuration go, busy ones when they are done. Raises ServiceError."""
        function = self._as_read(name)
        wanted = {**self._changes.get(function.name, {}), **changes}
        try:
            session_values.check(function, wanted)
        except Refusal as refusal:
            message = f"{refusal.message} ({refusal.hint})" if refusal.hint else refusal.message
            raise ServiceError("InvalidParameterValueException", 400, message) from refusal
        self._take_up(function.name, session_values.differing(function, wanted))

    def undo(self, name: str, keys: Iterable[str] = ()) -> None:
        """Back to what the files say; without ``keys``, in everything. Raises ServiceError 404."""
        function = self._as_read(name)
        given = set(keys)
        left = {key: text for key, text in self._changes.get(function.name, {}).items() if given and key not in given}
        self._take_up(function.name, left)

    async def write(self, name: str, *, secrets: bool = False) -> WrittenSettings:
        """Into lambdatui.toml; what is secret only with ``secrets``, for the file is plain and often everybody's.

        What the file decides then is no longer the session's. Raises ServiceError.
        """
        from lambdatui.project.write_settings import NotWritable, project_file_of, write_settings

        function = self._as_read(name)
        changes = self._changes.get(function.name, {})
        secret = () if secrets else session_values.secrets(function, changes)
        open_changes = {key: text for key, text in changes.items() if key not in secret}
        project = self._engine.as_read
        file = project_file_of(project.root, project.config_files)
        try:
            if open_changes:
                await asyncio.to_thread(write_settings, file, function, open_changes)
        except NotWritable as error:
            raise ServiceError("InvalidParameterValueException", 400, str(error)) from error
        read = await asyncio.to_thread(self._load) if self._load is not None else project
        now = next((each for each in read.functions if each.name == function.name), function)
        kept = session_values.differing(now, self._changes.get(function.name, {}))  # with what was changed meanwhile
        self._changes[function.name] = kept
        self._engine.adopt(read)
        shown = str(file.relative_to(project.root)) if file.is_relative_to(project.root) else str(file)
        return WrittenSettings(
            file=shown,
            written=tuple(key for key in open_changes if key not in kept),
            kept=tuple(key for key in kept if key not in secret),
            secret=secret,
        )

    @property
    def speed(self) -> float:
        return self._engine.clock.speed

    async def change_engine(self, *, speed: float | None = None, reloading: bool | None = None) -> None:
        """How fast the service's time goes, and whether the project's files are followed: what was saved meanwhile is
        taken up. All of it or nothing; of two wishes at once, the later one counts. Raises ServiceError.
        """
        async with self._engine_changes:
            begins = bool(reloading) and not self.reloading
            project = await self._read_again() if begins else None
            # From here on nothing waits and, but for the speed, nothing is refused.
            if speed is not None:
                self._set_speed(speed)
            if project is not None:
                self._engine.adopt(project)
                for pool in self._engine.pools.values():
                    pool.code_changed((), self._engine.clock.monotonic(), broken=False)
                self.follow_files()
            elif reloading is False and self._following is not None:
                self._following.cancel()
                self._following = None
            if reloading is not None:
                self.reloading = reloading
            self._engine.announce()

    async def _read_again(self) -> Project:
        if self._load is None:
            raise ServiceError("InvalidParameterValueException", 400, "This engine cannot read the project again.")
        return await asyncio.to_thread(self._load)

    def _set_speed(self, speed: float) -> None:
        try:
            self._engine.clock.set_speed(speed)
        except ValueError as error:
            raise ServiceError("InvalidParameterValueException", 400, str(error)) from error
        self._engine.queue.tell_again()

    def follow_files(self) -> None:
        """In the background, until the engine stops or a session says otherwise."""
        from lambdatui.service.reload import Reload  # brings the file watcher along

        assert self._load is not None
        self._following = self._engine.spawn_background("reload", Reload(self._engine, self._load).run())

    def _as_read(self, name: str) -> Function:
        for function in self._engine.as_read.functions:
            if function.name == name:
                return function
        raise function_not_found(function_arn(name))

    def _take_up(self, name: FunctionName, changes: Changes) -> None:
        before = self._changes.get(name, {})
        if before == changes:
            return
        self._changes[name] = changes
        self._engine.adopt(self._engine.as_read)
        keys = {key for key in {*before, *changes} if before.get(key) != changes.get(key)}
        if keys != {RESERVED_CONCURRENCY} and name in self._engine.pools:  # concurrency is not the environments' affair
            self._engine.pools[name].configuration_changed()
