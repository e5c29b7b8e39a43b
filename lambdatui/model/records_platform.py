"""What the platform says of an environment's phases, field for field as in AWS's Telemetry API schema 2022-12-13."""

from typing import ClassVar

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import InitializationType, InitPhase, Status
from lambdatui.model.records_base import Record, Span, Tracing
from lambdatui.model.value import value


@value
class InitMetrics:
    """The number of an INIT_REPORT line. The other two are not on it, nor told by AWS: what an init costs that failed
    in its own phase, and for which memory. Every other one is part of the Billed Duration of a REPORT.
    """

    duration_ms: float
    billed_duration_ms: int | None = None
    memory_size_mb: int | None = None


@value
class RuntimeDoneMetrics:
    """What the runtime itself took, and the size of its response."""

    duration_ms: float
    produced_bytes: int | None = None


@value
class ReportMetrics:
    """The numbers of a REPORT line. ``max_memory_used_mb`` is None where the platform cannot measure it.

    The first invoke after a restore has a ``restore_duration_ms`` where a cold start has an ``init_duration_ms``.
    """

    duration_ms: float
    billed_duration_ms: int
    memory_size_mb: int
    max_memory_used_mb: int | None = None
    init_duration_ms: float | None = None
    restore_duration_ms: float | None = None
    billed_restore_duration_ms: int | None = None


@value
class InitStart(Record):
    """Init began. ``phase`` is ``invoke`` where it runs inside an invoke, after a reset.

    ``instance_max_memory`` is in bytes, as Lambda logs it; the example in its schema has megabytes.
    """

    TYPE: ClassVar[str] = "platform.initStart"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    function_name: str
    function_version: str
    instance_id: str
    instance_max_memory: int
    runtime_version: str | None = None
    runtime_version_arn: str | None = None
    tracing: Tracing | None = None


@value
class InitRuntimeDone(Record):
    """The runtime finished its init, or failed to."""

    TYPE: ClassVar[str] = "platform.initRuntimeDone"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    status: Status
    error_type: str | None = None
    spans: tuple[Span, ...] = ()
    tracing: Tracing | None = None


@value
class InitReport(Record):
    """End of init, with its measured duration; the text log has an INIT_REPORT for failed ones only."""

    TYPE: ClassVar[str] = "platform.initReport"
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    phase: InitPhase
    status: Status
    metrics: InitMetrics
    error_type: str | None = None
    spans: tuple[Span, ...] = ()
    tracing: Tracing | None = None


@value
class InvokeStart(Record):
    """An environment took the invocation; ``version`` is the one that runs.

    ``function_arn`` is qualified only where the caller gave a qualifier. Lambda logs it, without a word in its schema.
    """

    TYPE: ClassVar[str] = "platform.start"
    request_id: RequestId
    function_arn: str | None = None
    version: str
    tracing: Tracing | None = None
    tenant_id: str | None = None


@value
class RuntimeDone(Record):
    """The runtime asked for the next invocation, or the platform ended it."""

    TYPE: ClassVar[str] = "platform.runtimeDone"
    request_id: RequestId
    status: Status
    error_type: str | None = None
    metrics: RuntimeDoneMetrics
    spans: tuple[Span, ...] = ()
    tracing: Tracing | None = None
    tenant_id: str | None = None


@value
class Report(Record):
    """End of an invoke. A handler's own exception is ``error`` without an ``error_type``: the text log shows a Status
    only for what the platform found (timeout, exit, failed init), as CloudWatch does.
    """

    TYPE: ClassVar[str] = "platform.report"
    request_id: RequestId
    status: Status
    metrics: ReportMetrics
    error_type: str | None = None
    spans: tuple[Span, ...] = ()
    tracing: Tracing | None = None
    tenant_id: str | None = None


@value
class PlatformFault(Record):
    """A line the platform itself adds to the log between START and END, such as why there is no runtime to start."""

    TYPE: ClassVar[str] = "platform.fault"
    request_id: RequestId | None
    message: str


@value
class RestoreMetrics:
    """The number of a RESTORE_REPORT line."""

    duration_ms: float


@value
class RestoreStart(Record):
    """A snapshot is being restored (SnapStart). ``instance_max_memory`` is in bytes."""

    TYPE: ClassVar[str] = "platform.restoreStart"
    function_name: str
    function_version: str
    instance_id: str
    instance_max_memory: int
    runtime_version: str | None = None
    runtime_version_arn: str | None = None


@value
class RestoreRuntimeDone(Record):
    """The runtime's after-restore hooks are done, or failed."""

    TYPE: ClassVar[str] = "platform.restoreRuntimeDone"
    status: Status
    error_type: str | None = None
    spans: tuple[Span, ...] = ()
    tracing: Tracing | None = None


@value
class RestoreReport(Record):
    """End of a restore, hooks included."""

    TYPE: ClassVar[str] = "platform.restoreReport"
    status: Status
    metrics: RestoreMetrics
    error_type: str | None = None
    spans: tuple[Span, ...] = ()
