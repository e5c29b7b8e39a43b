"""One realistic event of every kind, for golden lines and generated checks."""

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.error_cause import CauseException, ErrorCause, StackFrame
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.orders import Order
from lambdatui.model.phase import InitPhase, Phase, ProvisionedStatus, Status
from lambdatui.model.records import (
    CodeBroken,
    CodeChanged,
    CodeHashed,
    CodeReady,
    EngineStarted,
    EnvironmentCreated,
    EnvironmentFrozen,
    EnvironmentOrdered,
    EnvironmentPhase,
    EnvironmentThawed,
    EventsDropped,
    ExtensionLog,
    FunctionLog,
    FunctionSummary,
    HistoryTrouble,
    InitMetrics,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeAccepted,
    InvokeAnswered,
    InvokeStart,
    InvokeThrottled,
    LogsDropped,
    LogsSubscription,
    PlatformExtension,
    PlatformFault,
    ProjectLoaded,
    ProvisionedConcurrency,
    QueueMoved,
    Record,
    Report,
    ReportMetrics,
    RestoreMetrics,
    RestoreReport,
    RestoreRuntimeDone,
    RestoreStart,
    RuntimeDone,
    RuntimeDoneMetrics,
    RuntimeMisbehaved,
    ScratchChanged,
    ScratchFile,
    Span,
    TelemetrySubscription,
    TraceErrorCause,
    TraceSegment,
    Tracing,
    Variable,
)
from lambdatui.telemetry.event import TelemetryEvent

REQUEST = RequestId("8f507cfc-1697-4c4a-a07b-ac58fc914c95")
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders-api"
ORDERS = FunctionName("orders-api")
E1A = EnvironmentId("e1a")
NOON_S = 1795219595.923417
"""2026-11-21T00:06:35.923417Z"""
TRACING = Tracing(
    value="Root=1-6920f8ab-0123456789abcdef01234567;Parent=0a1b2c3d4e5f6071;Sampled=1", span_id="54565fb41ac79632"
)


def event(record: Record, *, seq: int = 1, at: float = NOON_S) -> TelemetryEvent:
    return TelemetryEvent(seq=seq, time_s=at, record=record, function=ORDERS, environment=E1A)


def report(
    *,
    request_id: RequestId = REQUEST,
    status: Status = Status.SUCCESS,
    error_type: str | None = None,
    duration_ms: float = 133.6142,
    init_duration_ms: float | None = None,
    restore_duration_ms: float | None = None,
    billed_restore_duration_ms: int | None = None,
    max_memory_used_mb: int | None = 31,
    tracing: Tracing | None = None,
) -> Report:
    return Report(
        request_id=request_id,
        status=status,
        error_type=error_type,
        metrics=ReportMetrics(
            duration_ms=duration_ms,
            billed_duration_ms=214,
            memory_size_mb=128,
            max_memory_used_mb=max_memory_used_mb,
            init_duration_ms=init_duration_ms,
            restore_duration_ms=restore_duration_ms,
            billed_restore_duration_ms=billed_restore_duration_ms,
        ),
        tracing=tracing,
    )


RECORDS: tuple[Record, ...] = (
    InitStart(
        phase=InitPhase.INIT,
        function_name=ORDERS,
        function_version="$LATEST",
        instance_id="2026/11/21/[$LATEST]0123456789abcdef0123456789abcdef",
        instance_max_memory=134_217_728,
        runtime_version="python:3.12.v18",
    ),
    InitRuntimeDone(phase=InitPhase.INIT, status=Status.SUCCESS, tracing=TRACING),
    InitReport(
        phase=InitPhase.INIT,
        status=Status.ERROR,
        error_type="Runtime.ImportModuleError",
        metrics=InitMetrics(duration_ms=137.6891),
        spans=(Span(name="someTimeSpan", start_s=1795219595.25, duration_ms=70.5),),
    ),
    InvokeStart(request_id=REQUEST, function_arn=FUNCTION_ARN, version="$LATEST", tracing=TRACING),
    RuntimeDone(
        request_id=REQUEST,
        status=Status.SUCCESS,
        metrics=RuntimeDoneMetrics(duration_ms=23.5361, produced_bytes=20),
        spans=(Span(name="responseLatency", start_s=1795219595.5, duration_ms=21.00049),),
    ),
    report(status=Status.ERROR, error_type="Runtime.ExitError", init_duration_ms=80.0004, tracing=TRACING),
    PlatformFault(request_id=REQUEST, message=f"RequestId: {REQUEST} Error: no bootstrap\nRuntime.InvalidEntrypoint\n"),
    RestoreStart(
        function_name=ORDERS,
        function_version="3",
        instance_id="2026/11/21/[3]0123456789abcdef0123456789abcdef",
        instance_max_memory=134_217_728,
        runtime_version="python:3.12.v18",
        runtime_version_arn="arn:aws:lambda:eu-west-1::runtime:0123abcd",
    ),
    RestoreRuntimeDone(status=Status.ERROR, error_type="Runtime.AfterRestoreError"),
    RestoreReport(
        status=Status.ERROR, error_type="Runtime.AfterRestoreError", metrics=RestoreMetrics(duration_ms=712.3344)
    ),
    PlatformExtension(name="tail", state="LaunchError", events=("INVOKE", "SHUTDOWN"), error_type="PermissionDenied"),
    TelemetrySubscription(name="tail", types=("platform", "function")),
    LogsSubscription(name="tail", types=("function",)),
    LogsDropped(name="tail", dropped_records=12, dropped_bytes=3456, reason="too slow"),
    FunctionLog(request_id=REQUEST, lines=("loading cart", "[ERROR] ValueError: boom\r\u00a0 File", "")),
    ExtensionLog(extension="tail", request_id=None, lines=("listening", "")),
    EnvironmentCreated(
        revision=3,
        runtime="python3.13",
        handler="app.handler",
        architecture="x86_64",
        memory_mb=512,
        timeout_s=3,
        ephemeral_storage_mb=512,
        layers=("/p/layer",),
        variables=(Variable(name="STAGE", value="dev"),),
    ),
    EnvironmentPhase(phase=Phase.RESETTING, generation=2, request_id=REQUEST, reason="Sandbox.Timedout"),
    EnvironmentFrozen(),
    EnvironmentThawed(frozen_ms=21345.678),
    EnvironmentOrdered(order=Order.RESET),
    RuntimeMisbehaved(status_code=403, error_type="InvalidStateTransition", message="not allowed"),
    InvokeAccepted(request_id=REQUEST, invocation_type="RequestResponse", payload_bytes=2, sample="s3-put"),
    InvokeAnswered(request_id=REQUEST, function_error="Unhandled", error_type="ValueError", payload_bytes=94),
    InvokeThrottled(request_id=REQUEST, reason="ReservedFunctionConcurrentInvocationLimitExceeded"),
    ProvisionedConcurrency(
        requested=2, available=1, status=ProvisionedStatus.FAILED, status_reason="FUNCTION_ERROR_INIT_FAILURE"
    ),
    QueueMoved(request_id=REQUEST, state="waiting", attempt=2, due_in_s=60.0, error_type="ValueError"),
    CodeChanged(revision=7, files=("handler.py", "cart.py")),
    CodeReady(revision=7, files=("handler.py", "cart.py"), save_to_ready_ms=11.25),
    CodeHashed(revision=7, code_sha256="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    CodeBroken(file="handler.py", line=12, message="invalid syntax"),
    ScratchChanged(files=(ScratchFile(path="cache/a.bin", size_bytes=12, modified_s=1795219595.25),), total_bytes=12),
    TraceSegment(
        request_id=REQUEST,
        trace_id="1-6920f8ab-0123456789abcdef01234567",
        segment_id="0a1b2c3d4e5f6072",
        parent_id="54565fb41ac79632",
        name="cart",
        start_s=1795219595.5,
        end_s=1795219595.75,
        document='{"name":"cart"}',
    ),
    TraceErrorCause(
        request_id=REQUEST,
        cause=ErrorCause(
            exceptions=(
                CauseException(
                    message="boom", type="ValueError", stack=(StackFrame(path="app.py", line=3, label="handler"),)
                ),
            ),
            working_directory="/var/task",
            paths=("app.py",),
        ),
    ),
    EngineStarted(
        project="acme-orders",
        root="/home/dev/acme-orders",
        backend="process",
        url="http://127.0.0.1:9001",
        capabilities=(
            CapabilityReport(capability=Capability.FREEZE, enforcement=Enforcement.ENFORCED, how="cgroup freezer"),
        ),
    ),
    ProjectLoaded(
        functions=(ORDERS,),
        problems=(),
        summaries=(
            FunctionSummary(name=ORDERS, runtime="python3.12", handler="app.handler", memory_mb=128, timeout_s=3),
        ),
    ),
    EventsDropped(count=17),
    HistoryTrouble(problem="cannot use the history: disk is full", lost=3),
)
