"""From what a machine knows to the platform.* records: the numbers of INIT_REPORT and REPORT are made here."""

from dataclasses import dataclass

from lambdatui.lifecycle.billing import billed_duration_ms, elapsed_ms
from lambdatui.lifecycle.current_invoke import CurrentInvoke
from lambdatui.model import error_types, limits
from lambdatui.model.phase import InitializationType, InitPhase, Status
from lambdatui.model.records import (
    InitMetrics,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    Report,
    ReportMetrics,
    RestoreMetrics,
    RestoreReport,
    RestoreRuntimeDone,
    RestoreStart,
    RuntimeDone,
    RuntimeDoneMetrics,
    Span,
)
from lambdatui.model.records_base import EXTENSION_OVERHEAD

_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an environment is for. ``instance_id`` is the name of its log stream; ``runtime_version`` that of a managed
    runtime, e.g. ``python:3.12.local``. ``active_tracing``: X-Ray gets a segment of each sampled invoke.
    ``restores``: another environment has the snapshot.
    """

    function_name: str
    version: str
    memory_mb: int
    instance_id: str
    runtime_version: str | None = None
    timeout_s: float = limits.DEFAULT_TIMEOUT_S
    initialization_type: InitializationType = InitializationType.ON_DEMAND
    active_tracing: bool = False
    restores: bool = False

    @property
    def init_timeout_s(self) -> float:
        return self.initialization_type.init_timeout_s(self.timeout_s)


class Reporter:
    """Makes the records of one environment. A first init's duration waits here for the first REPORT, or a restore's."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._type = identity.initialization_type
        self._init_duration_ms: float | None = None
        self._restore_duration_ms: float | None = None

    # Init

    def init_start(self, phase: InitPhase) -> InitStart:
        who = self._identity
        return InitStart(
            initialization_type=self._type,
            phase=phase,
            function_name=who.function_name,
            function_version=who.version,
            instance_id=who.instance_id,
            instance_max_memory=who.memory_mb * _MB,
            runtime_version=who.runtime_version,
        )

    def init_runtime_done(self, phase: InitPhase, status: Status, error_type: str | None) -> InitRuntimeDone:
        return InitRuntimeDone(initialization_type=self._type, phase=phase, status=status, error_type=error_type)

    def init_report(self, phase: InitPhase, status: Status, error_type: str | None, duration_ms: float) -> InitReport:
        """A successful init in its own phase shows as Init Duration in the first REPORT; every other one does not.

        One that made a snapshot, or was provisioned, was long ago, and nobody's invoke waited for it. A failed one is
        billed in no REPORT, and costs the same.
        """
        billed_ms: int | None = None
        if phase is InitPhase.INIT and self._type is InitializationType.ON_DEMAND:
            if status is Status.SUCCESS:
                self._init_duration_ms = duration_ms
            else:
                billed_ms = billed_duration_ms(duration_ms, None)
        return InitReport(
            initialization_type=self._type,
            phase=phase,
            status=status,
            error_type=error_type,
            metrics=InitMetrics(
                duration_ms=duration_ms,
                billed_duration_ms=billed_ms,
                memory_size_mb=None if billed_ms is None else self._identity.memory_mb,
            ),
        )

    # Restore

    def restore_start(self) -> RestoreStart:
        who = self._identity
        return RestoreStart(
            function_name=who.function_name,
            function_version=who.version,
            instance_id=who.instance_id,
            instance_max_memory=who.memory_mb * _MB,
            runtime_version=who.runtime_version,
        )

    def restore_done(
        self, status: Status, error_type: str | None, duration_ms: float
    ) -> tuple[RestoreRuntimeDone, RestoreReport]:
        if status is Status.SUCCESS:
            self._restore_duration_ms = duration_ms
        return (
            RestoreRuntimeDone(status=status, error_type=error_type),
            RestoreReport(status=status, error_type=error_type, metrics=RestoreMetrics(duration_ms=duration_ms)),
        )

    # Invoke

    def invoke_start(self, invoke: CurrentInvoke) -> InvokeStart:
        invocation = invoke.invocation
        return InvokeStart(
            request_id=invocation.request_id,
            function_arn=invocation.invoked_arn,
            version=invocation.version,
            tracing=invoke.tracing,
            tenant_id=invocation.tenant_id,
        )

    def runtime_done(self, invoke: CurrentInvoke, at: float) -> RuntimeDone:
        return RuntimeDone(
            request_id=invoke.invocation.request_id,
            status=invoke.status,
            error_type=invoke.error_type,
            metrics=RuntimeDoneMetrics(
                duration_ms=elapsed_ms(invoke.began_at, at), produced_bytes=invoke.produced_bytes or 0
            ),
            spans=_runtime_spans(invoke),
            tracing=invoke.tracing,
            tenant_id=invoke.invocation.tenant_id,
        )

    def report(self, invoke: CurrentInvoke, at: float, *, with_extensions: bool) -> Report:
        """``with_extensions``: what passed since the runtime was done was their time. A timeout took exactly as long as
        it may: the moment in which everybody was found and stopped is nobody's.
        """
        duration_ms = elapsed_ms(invoke.began_at, at)
        if invoke.status is Status.TIMEOUT:
            duration_ms = elapsed_ms(0.0, invoke.invocation.timeout_s)
        init_ms, self._init_duration_ms = self._init_duration_ms, None
        restore_ms, self._restore_duration_ms = self._restore_duration_ms, None
        billed_restore_ms = None if restore_ms is None else billed_duration_ms(restore_ms, None)
        spans: tuple[Span, ...] = ()
        if with_extensions and invoke.runtime_done_at is not None:
            spans = (_span(invoke, EXTENSION_OVERHEAD, invoke.runtime_done_at, at),)
        return Report(
            request_id=invoke.invocation.request_id,
            status=invoke.status,
            error_type=invoke.platform_error_type,
            metrics=ReportMetrics(
                duration_ms=duration_ms,
                billed_duration_ms=billed_duration_ms(duration_ms, billed_restore_ms or init_ms),
                memory_size_mb=self._identity.memory_mb,
                max_memory_used_mb=invoke.memory_used_mb,
                init_duration_ms=init_ms,
                restore_duration_ms=restore_ms,
                billed_restore_duration_ms=billed_restore_ms,
            ),
            spans=spans,
            tracing=invoke.tracing,
            tenant_id=invoke.invocation.tenant_id,
        )


def report_of_crash(invoke: CurrentInvoke, at: float, memory_mb: int) -> Report:
    """Of an invoke whose machine can say nothing any more: what began has an end, whatever happened."""
    duration_ms = elapsed_ms(invoke.began_at, at)
    metrics = ReportMetrics(
        duration_ms=duration_ms, billed_duration_ms=billed_duration_ms(duration_ms, None), memory_size_mb=memory_mb
    )
    return Report(
        request_id=invoke.invocation.request_id,
        status=Status.FAILURE,
        error_type=error_types.SANDBOX_FAILURE,
        metrics=metrics,
        tracing=invoke.tracing,
        tenant_id=invoke.invocation.tenant_id,
    )


def _runtime_spans(invoke: CurrentInvoke) -> tuple[Span, ...]:
    """Up to where the runtime got: until it began to answer, until the answer was read, until it asked again."""
    delivered_at, begun_at = invoke.delivered_at, invoke.response_begun_at
    if delivered_at is None or begun_at is None:
        return ()
    latency = _span(invoke, "responseLatency", delivered_at, begun_at)
    if (read_at := invoke.response_read_at) is None:
        return (latency,)
    duration = _span(invoke, "responseDuration", begun_at, read_at)
    if (done_at := invoke.runtime_done_at) is None:
        return (latency, duration)
    return (latency, duration, _span(invoke, "runtimeOverhead", read_at, done_at))


def _span(invoke: CurrentInvoke, name: str, from_at: float, to_at: float) -> Span:
    return Span(name=name, start_s=invoke.epoch(from_at), duration_ms=elapsed_ms(from_at, to_at))
