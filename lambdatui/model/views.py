"""What people are shown: immutable pictures of the service, made from the telemetry stream by one reducer.

A number shown in two places is a field here. Times are seconds since the epoch; None means unknown or not yet.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from lambdatui.model.capability import CapabilityReport
from lambdatui.model.experiments import Experiment
from lambdatui.model.function import LoggingConfig
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import InitializationType, Phase, ProvisionedStatus, Status
from lambdatui.model.records import ScratchFile
from lambdatui.model.value import value


class Span(StrEnum):
    """What a stretch of an environment's time line shows; frozen is not a phase but what people must see."""

    PROVISION = "provision"
    INIT = "init"
    INVOKE = "invoke"
    IDLE = "idle"
    FROZEN = "frozen"
    RESET = "reset"
    SHUTDOWN = "shutdown"
    KILLED = "killed"


@value
class PhaseSegment:
    """One stretch; ``end_s`` is None while it lasts. ``request_id`` names the invoke it belongs to, if any."""

    span: Span
    start_s: float
    end_s: float | None = None
    request_id: RequestId | None = None


@value
class ExtensionView:
    """An extension of an environment, as its last ``platform.extension`` told it."""

    name: str
    state: str
    events: tuple[str, ...] = ()
    error_type: str | None = None
    subscribed: tuple[str, ...] = ()
    """The types of telemetry that it gets."""
    lost_records: int = 0
    """Telemetry that it was too slow for."""


@value
class EnvironmentView:
    id: EnvironmentId
    function: FunctionName
    phase: Phase
    generation: int = 0
    frozen: bool = False
    since_s: float = 0.0
    reason: str = ""
    request_id: RequestId | None = None
    invokes: int = 0
    memory_used_mb: int | None = None
    segments: tuple[PhaseSegment, ...] = ()
    files: tuple[ScratchFile, ...] = ()
    files_bytes: int = 0
    files_truncated: bool = False
    """There are more files than are listed."""
    files_before: tuple[ScratchFile, ...] = ()
    """The files as they were when ``files_since`` began: what differs from them is what invokes did since."""
    files_since: RequestId | None = None
    """The last invoke that began when the files before it were known; ``files_invokes`` began since, it included."""
    files_invokes: int = 0
    extensions: tuple[ExtensionView, ...] = ()
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    frozen_ms: float = 0.0
    """How long it has been frozen in all, up to its last thaw."""

    @property
    def is_provisioned(self) -> bool:
        return self.initialization_type is InitializationType.PROVISIONED_CONCURRENCY


@value
class ReportView:
    """One finished invoke, as its REPORT line tells it."""

    request_id: RequestId
    function: FunctionName
    environment: EnvironmentId
    time_s: float
    status: Status
    error_type: str | None
    duration_ms: float
    billed_duration_ms: int
    memory_size_mb: int
    max_memory_used_mb: int | None
    init_duration_ms: float | None
    restore_duration_ms: float | None = None
    experiment: Experiment | None = None

    @property
    def cold(self) -> bool:
        """Its caller waited for an init in a phase of its own, or for a restore."""
        return self.start_duration_ms is not None

    @property
    def start_duration_ms(self) -> float | None:
        """Of the init, or with SnapStart the restore, before it; None of a warm one."""
        return self.init_duration_ms if self.restore_duration_ms is None else self.restore_duration_ms


@value
class Overall:
    """The times of a function's last invokes, experiments included."""

    durations_ms: tuple[float, ...]
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None = None


@value
class MetricsView:
    """Counts and percentiles of one function since the engine started; percentiles over the last 512 invokes.

    Invokes of experiments are counted like all others, and in ``experiments``. Their times are left out of the
    percentiles and of the durations; ``overall`` has them in, and is None where there were none.
    """

    invocations: int = 0
    errors: int = 0
    throttles: int = 0
    cold_starts: int = 0
    in_flight: int = 0
    durations_ms: tuple[float, ...] = ()
    init_durations_ms: tuple[float, ...] = ()
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    peak_memory_mb: int | None = None
    """The most that an invoke was measured to use; None where memory is not measured."""
    billed_ms: int = 0
    billed_gb_s: float = 0.0
    """What all invokes were billed for, inits that failed included: the sum of the Billed Durations, and of those times
    their memory.
    """
    post_runtime_extensions_ms: tuple[float, ...] = ()
    """CloudWatch's PostRuntimeExtensionsDuration of the last 512 invokes that had extensions."""
    experiments: int = 0
    overall: Overall | None = None


@value
class EmbeddedMetric:
    """One metric that a function's log lines carry (embedded metric format), with one set of dimensions.

    ``last_s`` is when it was last written.
    """

    namespace: str
    name: str
    unit: str
    dimensions: Mapping[str, str]
    count: int
    total: float
    minimum: float
    maximum: float
    last: float
    last_s: float

    @property
    def average(self) -> float:
        return self.total / self.count


@value
class EmbeddedMetricsView:
    """The first hundred metrics of a function's log lines; values of further ones are counted in ``left_out``.

    ``invalid`` lines meant to carry metrics, but CloudWatch would take none; ``complaint`` says why of the last one.
    """

    metrics: tuple[EmbeddedMetric, ...] = ()
    left_out: int = 0
    invalid: int = 0
    complaint: str = ""


@value
class QueuedEventView:
    """An asynchronous event: ``state`` is waiting, running, succeeded or failed; ``due_s`` when waiting."""

    request_id: RequestId
    function: FunctionName
    state: str
    attempt: int
    since_s: float
    due_s: float | None = None
    error_type: str | None = None


@value
class ReloadView:
    """The last save that concerned a function, and what became of it."""

    revision: int
    files: tuple[str, ...]
    changed_s: float
    save_to_ready_ms: float | None = None
    broken: str | None = None


@value
class ProvisionedView:
    """How much of a function's provisioned concurrency is there, and why not all of it where that FAILED.

    ``invocations`` ran in it since it was there first; ``spillover`` is those that had to run on demand meanwhile.
    """

    requested: int
    available: int
    status: ProvisionedStatus
    reason: str | None = None
    invocations: int = 0
    spillover: int = 0


@value
class FunctionView:
    """A function with what the screen says of it. ``problems`` are complete sentences with file and line."""

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
    metrics: MetricsView = field(default_factory=MetricsView)
    embedded: EmbeddedMetricsView = field(default_factory=EmbeddedMetricsView)
    reload: ReloadView | None = None
    provisioned: ProvisionedView | None = None
    session: tuple[str, ...] = ()
    """What was changed for this session: names as in ``Function.origins``."""


@value
class EngineView:
    """The engine itself. ``history_problem`` is also one of the ``problems``; it is empty while all is recorded."""

    project: str = ""
    root: str = ""
    url: str = ""
    backend: str = ""
    started_s: float = 0.0
    speed: float = 1.0
    reloading: bool = True
    capabilities: tuple[CapabilityReport, ...] = ()
    problems: tuple[str, ...] = ()
    history_problem: str = ""


@value
class Views:
    """Everything, as of telemetry event ``seq``."""

    seq: int = 0
    engine: EngineView = field(default_factory=EngineView)
    functions: Mapping[FunctionName, FunctionView] = field(default_factory=dict)
    environments: Mapping[EnvironmentId, EnvironmentView] = field(default_factory=dict)
    queue: Mapping[RequestId, QueuedEventView] = field(default_factory=dict)
    reports: tuple[ReportView, ...] = ()
    experiments: Mapping[RequestId, Experiment] = field(default_factory=dict)
    """Of the invocations that are not over, those that are part of one."""
