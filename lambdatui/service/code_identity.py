"""Tells what environments run: their configuration when they are made, and the hash of their code a little later.

Hashing reads every file of the code, so it waits until the cold start that it would disturb is over.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor

from lambdatui.model.function import Function
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import CodeHashed, EnvironmentCreated, Variable
from lambdatui.project.code import code_sha256
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.redaction import redacted

HASH_AFTER_S = 0.5


class CodeIdentity:
    """``revision_of`` a function is that of its code now, None when the function is gone."""

    def __init__(
        self,
        bus: Bus,
        *,
        spawn: Callable[[str, Coroutine[None, None, None]], object],
        files: Executor,
        revision_of: Callable[[FunctionName], int | None],
    ) -> None:
        self._bus = bus
        self._spawn = spawn
        self._files = files
        self._revision_of = revision_of
        self._told: dict[FunctionName, int] = {}
        self._waiting: dict[FunctionName, tuple[Function, int, asyncio.TimerHandle]] = {}

    def environment_created(self, environment_id: EnvironmentId, function: Function) -> None:
        """Called when it is made, whoever wanted it."""
        revision = self._revision_of(function.name) or 0
        self._bus.publish(_created(function, revision), function=function.name, environment=environment_id)
        if self._told.get(function.name) == revision:
            return
        self._told[function.name] = revision
        if (older := self._waiting.pop(function.name, None)) is not None:
            older[2].cancel()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(HASH_AFTER_S, self._due, function.name)
        self._waiting[function.name] = (function, revision, timer)

    async def finish(self) -> None:
        """Tell what has not been told yet: the engine stops."""
        waiting, self._waiting = self._waiting, {}
        for _, _, timer in waiting.values():
            # All at once: while the first is told of, the others become due.
            timer.cancel()
        for function, revision, _ in waiting.values():
            await self._tell(function, revision)

    def _due(self, name: FunctionName) -> None:
        function, revision, _ = self._waiting.pop(name)
        self._spawn(f"hash:{name}", self._tell(function, revision))

    async def _tell(self, function: Function, revision: int) -> None:
        """Nothing where the code has been saved since: its hash would be another one's."""
        try:
            digest = await asyncio.get_running_loop().run_in_executor(self._files, code_sha256, function)
        except OSError:
            return  # whoever runs it says what is wrong with it
        if self._revision_of(function.name) == revision:
            self._bus.publish(CodeHashed(revision=revision, code_sha256=digest), function=function.name)


def _created(function: Function, revision: int) -> EnvironmentCreated:
    return EnvironmentCreated(
        revision=revision,
        runtime=function.runtime,
        handler=function.handler,
        architecture=function.architectures[0],
        memory_mb=function.memory_mb,
        timeout_s=function.timeout_s,
        ephemeral_storage_mb=function.ephemeral_storage_mb,
        layers=tuple(map(str, function.layers)),
        variables=tuple(Variable(name=name, value=value) for name, value in redacted(function.environment).items()),
    )
