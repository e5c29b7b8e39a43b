"""A service behind the real API that answers what a test tells it to, so that a test can say one thing about the wire.

It runs no code and decides nothing; the engine's own behaviour is tested with the engine.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function, Project
from lambdatui.model.history import HistoryQuery, InvocationDetail, InvocationSummary
from lambdatui.model.ids import LATEST, RequestId
from lambdatui.model.invocation import InvocationType, InvokeResult
from lambdatui.model.phase import FunctionState
from lambdatui.model.views import Views
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.driver import Driver
from lambdatui.service.function_pool import FunctionPool
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError, function_not_found
from lambdatui.service.settings import Settings
from lambdatui.store.history import LoggedLine
from lambdatui.store.progress import Progress
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.cloudwatch import LogRenderer
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_query import EVERY_LINE, LogQuery

REQUEST_ID = RequestId("8f5a9c6e-27b5-4a52-9a3c-3c9f1f0f5f11")
TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"


def echo(request: InvokeRequest) -> InvokeOutcome:
    if request.invocation_type is not InvocationType.REQUEST_RESPONSE:
        status_code = 202 if request.invocation_type is InvocationType.EVENT else 204
        return InvokeOutcome(status_code=status_code, request_id=REQUEST_ID)
    return InvokeOutcome(
        status_code=200,
        request_id=REQUEST_ID,
        result=InvokeResult(payload=request.payload),
        executed_version=LATEST,
        log_tail=b"START RequestId: x Version: $LATEST\n" if request.log_tail else None,
        trace_id=request.trace_id or TRACE_ID,
    )


@dataclass
class StandInHistory:
    """Also the storage it belongs to. ``asked`` keeps what it was asked for."""

    lines: tuple[LoggedLine, ...] = ()
    asked: list[tuple[str | None, str | None, int]] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    searched: list[tuple[str, float | None]] = field(default_factory=list)

    @property
    def history(self) -> "StandInHistory":
        return self

    @property
    def invocations(self) -> "StandInHistory":
        return self

    async def find(self, query: HistoryQuery, *, limit: int = 100) -> tuple[InvocationSummary, ...]:
        return ()

    async def get(self, request_id: str) -> InvocationDetail | None:
        return None

    async def around(self, request_id: str) -> tuple[TelemetryEvent, ...]:
        return ()

    async def logs(
        self,
        *,
        function: str | None = None,
        request_id: str | None = None,
        query: LogQuery = EVERY_LINE,
        before_s: float | None = None,
        limit: int = 1000,
        renderer: LogRenderer | None = None,
    ) -> tuple[LoggedLine, ...]:
        self.asked.append((function, request_id, limit))
        self.searched.append((query.text, before_s))
        return self.lines


@dataclass(kw_only=True)
class StandIn:
    """``respond`` makes the outcome of an invoke, or raises; what was asked is kept in ``invoked`` and ``killed``."""

    project: Project
    respond: Callable[[InvokeRequest], InvokeOutcome] = echo
    stream: Callable[[Callable[[ResponseStream], None]], Awaitable[InvokeOutcome]] | None = None
    """What a function does that streams its response; without it, none does."""
    gate: asyncio.Event | None = None
    """An invoke waits for it before it answers."""
    started: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    bus: Bus = field(default_factory=lambda: Bus(lambda: 1_700_000_000.0))
    invoked: list[InvokeRequest] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    state: FunctionState = FunctionState.ACTIVE
    store: StandInHistory = field(default_factory=StandInHistory)
    scratch: dict[str, bytes] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    variants: list[FunctionPool] = field(default_factory=list)

    def variant(self, function: Function, *, cpu_share: bool) -> FunctionPool:
        raise NotImplementedError("trials are tested with the engine")

    def driver(self, environment_id: str) -> Driver:
        raise KeyError(environment_id)

    async def invoke_variant(self, pool: FunctionPool, request: InvokeRequest) -> InvokeOutcome:
        raise NotImplementedError("trials are tested with the engine")

    @property
    def settings(self) -> Settings:
        raise NotImplementedError("settings are tested with the engine")

    @property
    def views(self) -> Views:
        return Views(seq=self.bus.seq)

    def function(self, name: str) -> Function:
        for function in self.project.functions:
            if function.name == name:
                return function
        raise function_not_found(function_arn(name))

    def function_state(self, name: str) -> FunctionState:
        return self.state

    async def invoke(self, request: InvokeRequest) -> InvokeOutcome:
        self.invoked.append(request)
        self.started.set()
        if self.gate is not None:
            await self.gate.wait()
        self.finished.set()
        return self.respond(request)

    async def invoke_streaming(
        self, request: InvokeRequest, on_stream: Callable[[ResponseStream], None]
    ) -> InvokeOutcome:
        if self.stream is None:
            return await self.invoke(request)
        self.invoked.append(request)
        return await self.stream(on_stream)

    def begin_invoke(self, request: InvokeRequest, answered: Callable[[InvokeOutcome | ServiceError], None]) -> None:
        if self.gate is None:
            self.invoked.append(request)
            answered(self.respond(request))
        else:
            self.spawn("invoke", self._answer_later(request, answered))

    async def _answer_later(
        self, request: InvokeRequest, answered: Callable[[InvokeOutcome | ServiceError], None]
    ) -> None:
        answered(await self.invoke(request))

    def kill_environment(self, environment_id: str) -> None:
        if environment_id != "e1":
            raise KeyError(environment_id)
        self.killed.append(environment_id)

    async def read_scratch(self, environment_id: str, path: str) -> bytes:
        if environment_id != "e1":
            raise KeyError(environment_id)
        if path not in self.scratch:
            raise FileNotFoundError(path)
        return self.scratch[path]

    def spawn(self, name: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    spawn_background = spawn

    async def aclose(self) -> None:
        self.bus.close()
        if self.tasks:
            await asyncio.wait(self.tasks)
