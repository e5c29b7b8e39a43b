"""From what a machine knows to the platform.* records: the numbers of INIT_REPORT and REPORT are made here."""

from dataclasses import dataclass

from lambdatui.lifecycle.billing import billed_duration_ms, elapsed_ms
from lambdatui.lifecycle.current_invoke import CurrentInvoke
from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import (
    InitMetrics,
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    Report,
    ReportMetrics,
    RuntimeDone,
    RuntimeDoneMetrics,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an environment is for. ``instance_id`` is the name of its log stream; ``runtime_version`` that of a managed
    runtime, e.g. ``python:3.12.local``.
    """

    function_name: str
    version: str
    memory_mb: int
    instance_id: str
    runtime_version: str | None = None


class Reporter:
    """Makes the records of one environment. A first init's duration waits here for the first REPORT."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._init_duration_ms: float | None = None

    def init_start(self, phase: InitPhase) -> InitStart:
        who = self._identity
        return InitStart(
            phase=phase,
            function_name=who.function_name,
            function_version=who.version,
            instance_id=who.instance_id,
            instance_max_memory=who.memory_mb,
            runtime_version=who.runtime_version,
        )

    def init_done(
        self, phase: InitPhase, status: Status, error_type: str | None, started_at: float, at: float
    ) -> tuple[InitRuntimeDone, InitReport]:
        """A successful init in its own phase shows as Init Duration in the first REPORT; every other one does not."""
        duration_ms = elapsed_ms(started_at, at)
        if phase is InitPhase.INIT and status is Status.SUCCESS:
            self._init_duration_ms = duration_ms
        return (
            InitRuntimeDone(phase=phase, status=status, error_type=error_type),
            InitReport(phase=phase, status=status, error_type=error_type, metrics=InitMetrics(duration_ms=duration_ms)),
        )

    def invoke_start(self, invoke: CurrentInvoke) -> InvokeStart:
        return InvokeStart(request_id=invoke.invocation.request_id, version=invoke.invocation.version)

    def invoke_done(self, invoke: CurrentInvoke, at: float, memory_used_mb: int | None) -> tuple[RuntimeDone, Report]:
        duration_ms = elapsed_ms(invoke.assigned_at, at)
        init_ms, self._init_duration_ms = self._init_duration_ms, None
        request_id = invoke.invocation.request_id
        return (
            RuntimeDone(
                request_id=request_id,
                status=invoke.status,
                error_type=invoke.error_type,
                metrics=RuntimeDoneMetrics(duration_ms=duration_ms, produced_bytes=invoke.produced_bytes),
            ),
            Report(
                request_id=request_id,
                status=invoke.status,
                error_type=invoke.platform_error_type,
                metrics=ReportMetrics(
                    duration_ms=duration_ms,
                    billed_duration_ms=billed_duration_ms(duration_ms, init_ms),
                    memory_size_mb=self._identity.memory_mb,
                    max_memory_used_mb=memory_used_mb,
                    init_duration_ms=init_ms,
                ),
            ),
        )
