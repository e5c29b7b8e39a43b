"""What happened: the records of the one telemetry stream, one frozen dataclass per event type.

``platform.*`` and ``function`` follow AWS's Telemetry API schema 2022-12-13 field for field (snake_case here, camelCase
on the wire); the other families are ours, for what AWS never shows. ``TYPE`` is the event's name on the wire.
"""

from dataclasses import dataclass
from typing import ClassVar

from lambdatui.model.capability import CapabilityReport
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.phase import InitializationType, InitPhase, Phase, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of every record."""

    TYPE: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A named part of a phase. ``start`` is ISO-8601 on the wire; here seconds since the epoch."""

    name: str
    start_s: float
    duration_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InitMetrics:
    """The number of an INIT_REPORT line."""

    duration_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeDoneMetrics:
    """What the runtime itself took, and the size of its response."""

    duration_ms: float
    produced_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMetrics:
    """The numbers of a REPORT line. ``max_memory_used_mb`` is None where the platform cannot measure it."""

    duration_ms: float
    billed_duration_ms: int
    memory_size_mb: int
    max_memory_used_mb: int | None = None
    init_duration_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitStart(Record):
    """Init began. ``phase`` is ``invoke`` where it runs inside an invoke, after a reset."""

    TYPE: ClassVar[str] = "platform.initStart"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    function_name: str
    function_version: str
    instance_id: str
    instance_max_memory: int
    runtime_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRuntimeDone(Record):
    """The runtime finished its init, or failed to."""

    TYPE: ClassVar[str] = "platform.initRuntimeDone"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    status: Status
    error_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitReport(Record):
    """End of init, with its measured duration; the text log has an INIT_REPORT for failed ones only."""

    TYPE: ClassVar[str] = "platform.initReport"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    status: Status
    metrics: InitMetrics
    error_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeStart(Record):
    """An environment took the invocation; ``version`` is the one that runs."""

    TYPE: ClassVar[str] = "platform.start"
    request_id: RequestId
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeDone(Record):
    """The runtime asked for the next invocation, or the platform ended it."""

    TYPE: ClassVar[str] = "platform.runtimeDone"
    request_id: RequestId
    status: Status
    error_type: str | None = None
    metrics: RuntimeDoneMetrics
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Record):
    """End of an invoke. A handler's own exception is ``error`` without an ``error_type``: the text log shows a Status
    only for what the platform found (timeout, exit, failed init), as CloudWatch does.
    """

    TYPE: ClassVar[str] = "platform.report"
    request_id: RequestId
    status: Status
    metrics: ReportMetrics
    error_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionLog(Record):
    """Lines a function wrote, in order, without their line ends; a framed record is one line even with CRs in it.

    ``request_id`` is the invoke they fell into, None during init or after an invoke. One AWS ``function`` event each.
    """

    TYPE: ClassVar[str] = "function"
    request_id: RequestId | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFault(Record):
    """A line the platform itself adds to the log between START and END, such as why there is no runtime to start."""

    TYPE: ClassVar[str] = "platform.fault"
    request_id: RequestId | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPhase(Record):
    """An environment moved. ``reason`` says why where it is not the ordinary course; ``pid`` is the runtime's."""

    TYPE: ClassVar[str] = "environment.phase"
    phase: Phase
    generation: int
    request_id: RequestId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFrozen(Record):
    """Every process of the environment stopped; nothing of it runs until it is thawed."""

    TYPE: ClassVar[str] = "environment.frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentThawed(Record):
    """The environment runs again; ``frozen_ms`` is how long it stood still."""

    TYPE: ClassVar[str] = "environment.thawed"
    frozen_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeMisbehaved(Record):
    """A runtime made a move the Runtime API refuses; it was answered as AWS answers it."""

    TYPE: ClassVar[str] = "environment.misbehaved"
    status_code: int
    error_type: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeAccepted(Record):
    """A door of the service accepted an invocation (synchronous ones too, before an environment has it)."""

    TYPE: ClassVar[str] = "service.invokeAccepted"
    request_id: RequestId
    invocation_type: str
    payload_bytes: int
    sample: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeAnswered(Record):
    """The caller has its answer; extensions and END/REPORT may still follow."""

    TYPE: ClassVar[str] = "service.invokeAnswered"
    request_id: RequestId
    function_error: str | None
    error_type: str | None
    payload_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeThrottled(Record):
    """The invocation was refused because no environment may take it; ``reason`` is Lambda's."""

    TYPE: ClassVar[str] = "service.throttled"
    request_id: RequestId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChanged(Record):
    """Files of a function were saved; ``revision`` counts the saves of this function since the engine started."""

    TYPE: ClassVar[str] = "code.changed"
    revision: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReady(Record):
    """An environment finished init on the new code. ``save_to_ready_ms`` runs from the notice of the save."""

    TYPE: ClassVar[str] = "code.ready"
    revision: int
    files: tuple[str, ...]
    save_to_ready_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBroken(Record):
    """The saved code does not compile; environments on the last good code stay until the next invoke."""

    TYPE: ClassVar[str] = "code.broken"
    file: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchFile:
    """One entry below /tmp; ``path`` is relative to it, ``modified_s`` seconds since the epoch."""

    path: str
    size_bytes: int
    modified_s: float
    is_dir: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchChanged(Record):
    """The whole content of an environment's /tmp after a change, at most a few hundred entries."""

    TYPE: ClassVar[str] = "scratch.changed"
    files: tuple[ScratchFile, ...]
    total_bytes: int
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSummary:
    """One function of the project as the screen names it; no values of environment variables, ever."""

    name: FunctionName
    runtime: str = ""
    handler: str = ""
    memory_mb: int = 0
    timeout_s: int = 0
    ephemeral_storage_mb: int = 0
    events: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLoaded(Record):
    """The project was read (again). ``functions`` names them all; ``summaries`` says more of those that are known.

    ``problems`` are those of the whole project; the control API knows the rest.
    """

    TYPE: ClassVar[str] = "service.projectLoaded"
    functions: tuple[str, ...]
    problems: tuple[str, ...]
    summaries: tuple[FunctionSummary, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsDropped(Record):
    """A slow viewer lost this many events; its picture must be taken anew. In the history: they were not recorded."""

    TYPE: ClassVar[str] = "service.eventsDropped"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTrouble(Record):
    """The history on disk is not complete. ``problem`` is a sentence for people, empty when all is well again.

    While it cannot be written, what happens is held and tried again; ``lost`` events were too many to be held.
    """

    TYPE: ClassVar[str] = "service.historyTrouble"
    problem: str
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRecord(Record):
    """A record this version does not know, as a newer engine sent or stored it: kept, passed on, never interpreted."""

    TYPE: ClassVar[str] = "unknown"
    name: str
    body: str
