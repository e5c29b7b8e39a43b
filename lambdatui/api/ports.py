"""What the API needs of the engine, and nothing more."""

from collections.abc import Callable, Coroutine
from typing import Protocol

from lambdatui.model.function import Function, Project
from lambdatui.model.history import HistoryQuery, InvocationDetail, InvocationSummary
from lambdatui.model.phase import FunctionState
from lambdatui.model.views import Views
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.driver import Driver
from lambdatui.service.experiments import Laboratory
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError
from lambdatui.service.settings import Settings
from lambdatui.store.history import LoggedLine
from lambdatui.store.progress import Progress
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.cloudwatch import LogRenderer
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_query import LogQuery


class Logs(Protocol):
    """The part of the history that is asked for."""

    @property
    def progress(self) -> Progress: ...

    async def logs(
        self,
        *,
        function: str | None = None,
        request_id: str | None = None,
        query: LogQuery = ...,
        before_s: float | None = ...,
        limit: int = 1000,
        renderer: LogRenderer | None = None,
    ) -> tuple[LoggedLine, ...]:
        """The newest log lines of this and earlier engines, oldest first."""

    async def around(self, request_id: str) -> tuple[TelemetryEvent, ...]:
        """Everything from a little before the first event of a request to its last one."""


class Invocations(Protocol):
    """The part of the store that remembers what was asked and answered."""

    async def find(self, query: HistoryQuery, *, limit: int = 100) -> tuple[InvocationSummary, ...]:
        """The newest first."""

    async def get(self, request_id: str) -> InvocationDetail | None:
        """Everything but its logs. Raises BodyLost."""


class Storage(Protocol):
    @property
    def history(self) -> Logs: ...
    @property
    def invocations(self) -> Invocations: ...


class Service(Laboratory, Protocol):
    """The engine, as seen from its doors."""

    @property
    def project(self) -> Project: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def store(self) -> Storage: ...
    @property
    def views(self) -> Views: ...
    @property
    def settings(self) -> Settings: ...

    def function(self, name: str) -> Function:
        """Raises ServiceError 404 with the bare ARN."""

    def function_state(self, name: str) -> FunctionState:
        """Raises as ``function`` does."""

    async def invoke(self, request: InvokeRequest) -> InvokeOutcome:
        """Raises ServiceError."""

    async def invoke_streaming(
        self, request: InvokeRequest, on_stream: Callable[[ResponseStream], None]
    ) -> InvokeOutcome:
        """As ``invoke``. A response that the function streams goes to ``on_stream`` when it begins, and must be read to
        its end; the payload of the outcome is then for the record. Raises ServiceError.
        """

    def begin_invoke(self, request: InvokeRequest, answered: Callable[[InvokeOutcome | ServiceError], None]) -> None:
        """A synchronous invoke without a log tail; ``answered`` is called once, perhaps at once.

        Raises ServiceError.
        """

    def driver(self, environment_id: str) -> Driver:
        """What drives a living environment. Raises KeyError."""

    def kill_environment(self, environment_id: str) -> None:
        """Raises KeyError."""

    async def read_scratch(self, environment_id: str, path: str) -> bytes:
        """Raises KeyError for the environment, FileNotFoundError for the path."""

    def spawn(self, name: str, work: Coroutine[None, None, None]) -> object:
        """Run ``work``; it is waited for when the engine stops."""

    def spawn_background(self, name: str, work: Coroutine[None, None, None]) -> object:
        """Run ``work`` until the engine stops."""
