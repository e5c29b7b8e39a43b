"""What the screen needs from an engine, and nothing more; the real client and the tests' double have this shape."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from lambdatui.model.experiments import Trial, TrialOrder
from lambdatui.model.function import Project
from lambdatui.model.history import InvocationDetail, InvocationSummary
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import InvocationType
from lambdatui.model.views import Views
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.waterfall import Waterfall


class SampleInfo(Protocol):
    """A sample event of the catalogue; ``service`` is a short word such as ``s3``."""

    @property
    def name(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def title(self) -> str: ...


class PastLine(Protocol):
    """A log line from the history."""

    @property
    def time_s(self) -> float: ...
    @property
    def function(self) -> FunctionName | None: ...
    @property
    def environment(self) -> EnvironmentId | None: ...
    @property
    def request_id(self) -> RequestId | None: ...
    @property
    def line(self) -> str: ...


class InvokeAnswer(Protocol):
    """What the Invoke API answered; ``payload`` is the function's own bytes."""

    @property
    def status_code(self) -> int: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def function_error(self) -> str | None: ...
    @property
    def request_id(self) -> RequestId | str: ...


class EngineClient(Protocol):
    """An engine at the other end of a socket. Methods raise lambdatui.client's EngineUnreachable and EngineRefused."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    async def snapshot(self) -> Views: ...
    def events(self, after: int) -> AsyncIterator[tuple[TelemetryEvent, ...]]: ...
    async def functions(self) -> Project: ...
    async def samples(self) -> Sequence[SampleInfo]: ...
    async def sample(self, name: str) -> bytes: ...
    async def invoke(
        self,
        function: FunctionName,
        payload: bytes,
        *,
        invocation_type: InvocationType = ...,
        sample: str | None = ...,
    ) -> InvokeAnswer: ...
    async def kill_environment(self, environment: EnvironmentId) -> None: ...
    async def logs(
        self,
        function: str | None = ...,
        limit: int = ...,
        *,
        request_id: str | None = ...,
        wanted: str = ...,
        before_s: float | None = ...,
    ) -> Sequence[PastLine]: ...
    async def invocations(self, query: str = ..., *, limit: int = ...) -> Sequence[InvocationSummary]: ...
    async def invocation(self, request_id: str, *, wait_s: float = ...) -> InvocationDetail: ...
    async def trace(self, request_id: str) -> Waterfall: ...
    async def trial(self, function: str, order: TrialOrder) -> Trial: ...
    async def read_scratch(self, environment: EnvironmentId, path: str) -> bytes: ...


Connect = Callable[[], Awaitable[EngineClient]]
"""Gives a client that is not entered yet; called again whenever the engine was lost."""
