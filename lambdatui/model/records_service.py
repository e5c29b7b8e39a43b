"""What the service around the environments does: invocations, the asynchronous queue, the engine itself."""

from dataclasses import field
from typing import ClassVar

from lambdatui.model.capability import CapabilityReport
from lambdatui.model.experiments import Experiment
from lambdatui.model.function import LoggingConfig
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.phase import ProvisionedStatus
from lambdatui.model.records_base import Record
from lambdatui.model.value import value


@value
class InvokeAccepted(Record):
    """A door of the service accepted an invocation (synchronous ones too, before an environment has it)."""

    TYPE: ClassVar[str] = "service.invokeAccepted"
    request_id: RequestId
    invocation_type: str
    payload_bytes: int
    sample: str | None = None
    experiment: Experiment | None = None


@value
class InvokeAnswered(Record):
    """The caller has its answer; extensions and END/REPORT may still follow."""

    TYPE: ClassVar[str] = "service.invokeAnswered"
    request_id: RequestId
    function_error: str | None
    error_type: str | None
    payload_bytes: int


@value
class InvokeThrottled(Record):
    """The invocation was refused because no environment may take it; ``reason`` is Lambda's."""

    TYPE: ClassVar[str] = "service.throttled"
    request_id: RequestId
    reason: str


@value
class ProvisionedConcurrency(Record):
    """How much of a function's provisioned concurrency is there; ``requested`` is 0 when it has none any more.

    ``status_reason`` says why it FAILED: FUNCTION_ERROR_INIT_FAILURE is Lambda's word for an init that did.
    """

    TYPE: ClassVar[str] = "service.provisionedConcurrency"
    requested: int
    available: int
    status: ProvisionedStatus
    status_reason: str | None = None


@value
class QueueMoved(Record):
    """An asynchronous event changed state: ``waiting``, ``running``, ``succeeded`` or ``failed``.

    ``due_in_s`` is real seconds until the next attempt (already divided by the clock's speed), for ``waiting`` only.
    """

    TYPE: ClassVar[str] = "queue.moved"
    request_id: RequestId
    state: str
    attempt: int
    due_in_s: float | None = None
    error_type: str | None = None


@value
class EngineStarted(Record):
    """Which engine this stream comes from. Published again when something of it changes (the URL, the speed)."""

    TYPE: ClassVar[str] = "service.engineStarted"
    project: str
    root: str
    backend: str
    url: str = ""
    speed: float = 1.0
    reloading: bool = True
    capabilities: tuple[CapabilityReport, ...] = ()


@value
class FunctionSummary:
    """One function of the project as the screen names it; no values of environment variables, ever."""

    name: FunctionName
    runtime: str = ""
    handler: str = ""
    memory_mb: int = 0
    timeout_s: int = 0
    ephemeral_storage_mb: int = 0
    architecture: str = "x86_64"
    events: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    logging: LoggingConfig = field(default_factory=LoggingConfig)
    session: tuple[str, ...] = ()
    """The names of what was changed for this session, as in ``Function.origins``."""


@value
class ProjectLoaded(Record):
    """The project was read (again). ``functions`` names them all; ``summaries`` says more of those that are known.

    ``problems`` are those of the whole project; the control API knows the rest.
    """

    TYPE: ClassVar[str] = "service.projectLoaded"
    functions: tuple[str, ...]
    problems: tuple[str, ...]
    summaries: tuple[FunctionSummary, ...] = ()


@value
class EventsDropped(Record):
    """A slow viewer lost this many events; its picture must be taken anew. In the history: they were not recorded."""

    TYPE: ClassVar[str] = "service.eventsDropped"
    count: int


@value
class HistoryTrouble(Record):
    """The history on disk is not complete. ``problem`` is a sentence for people, empty when all is well again.

    While it cannot be written, what happens is held and tried again; ``lost`` events were too many to be held.
    """

    TYPE: ClassVar[str] = "service.historyTrouble"
    problem: str
    lost: int = 0


@value
class UnknownRecord(Record):
    """A record this version does not know, as a newer engine sent or stored it: kept, passed on, never interpreted."""

    TYPE: ClassVar[str] = "unknown"
    name: str
    body: str
