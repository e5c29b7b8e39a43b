"""The lines CloudWatch shows for the platform's own events, as text. Formatted here, parsed nowhere.

Lines come without their LF; a REPORT line ends in a TAB unless it ends in a status, as Lambda's does. What was not
measured is left out: without ``max_memory_used_mb`` there is no ``Max Memory Used``.
"""

from lambdatui.model.phase import InitializationType, InitPhase, Status
from lambdatui.model.records import (
    InitReport,
    InitStart,
    InvokeStart,
    LogsSubscription,
    PlatformExtension,
    Report,
    RestoreReport,
    RestoreStart,
    TelemetrySubscription,
    Tracing,
)
from lambdatui.telemetry.trace_header import parse_trace_header


def init_start_line(record: InitStart) -> str | None:
    """Only where a managed runtime version is known, and not for an init inside an invoke."""
    if record.runtime_version is None or record.phase is InitPhase.INVOKE:
        return None
    return "\t".join([f"INIT_START Runtime Version: {record.runtime_version}", *_arn(record)])


def restore_start_line(record: RestoreStart) -> str | None:
    """Only where a managed runtime version is known."""
    if record.runtime_version is None:
        return None
    return "\t".join([f"RESTORE_START Runtime Version: {record.runtime_version}", *_arn(record)])


def init_report_line(record: InitReport) -> str | None:
    """For an init that failed, and for every one that nobody's invoke waited for."""
    if record.status is Status.SUCCESS and record.initialization_type is InitializationType.ON_DEMAND:
        return None
    fields = [
        f"INIT_REPORT Init Duration: {record.metrics.duration_ms:.2f} ms",
        f"Phase: {record.phase}",
        *_status_fields(record.status, record.error_type),
    ]
    return "\t".join(fields)


def restore_report_line(record: RestoreReport) -> str:
    duration = f"RESTORE_REPORT Restore Duration: {record.metrics.duration_ms:.2f} ms"
    return "\t".join([duration, *_status_fields(record.status, record.error_type)])


def extension_line(record: PlatformExtension) -> str:
    line = f"EXTENSION\tName: {record.name}\tState: {record.state}\tEvents: [{', '.join(record.events)}]"
    return line if record.error_type is None else f"{line}\tError Type: {record.error_type}"


def subscription_line(record: TelemetrySubscription | LogsSubscription) -> str:
    api = "TELEMETRY" if isinstance(record, TelemetrySubscription) else "LOGS"
    types = ", ".join(each.capitalize() for each in record.types)
    return f"{api}\tName: {record.name}\tState: {record.state}\tTypes: [{types}]"


def start_line(record: InvokeStart) -> str:
    return f"START RequestId: {record.request_id} Version: {record.version}"


def end_line(record: Report) -> str:
    """AWS's schema has no event for END: it stands just before REPORT."""
    return f"END RequestId: {record.request_id}"


def report_line(record: Report) -> str:
    """A handler's own exception (``error`` without a type) shows no Status: the invoke as such went well."""
    metrics = record.metrics
    fields = [
        f"REPORT RequestId: {record.request_id}",
        f"Duration: {metrics.duration_ms:.2f} ms",
        f"Billed Duration: {metrics.billed_duration_ms} ms",
        f"Memory Size: {metrics.memory_size_mb} MB",
    ]
    if metrics.max_memory_used_mb is not None:
        fields.append(f"Max Memory Used: {metrics.max_memory_used_mb} MB")
    if metrics.init_duration_ms is not None:
        fields.append(f"Init Duration: {metrics.init_duration_ms:.2f} ms")
    if metrics.restore_duration_ms is not None:
        fields.append(f"Restore Duration: {metrics.restore_duration_ms:.2f} ms")
    if metrics.billed_restore_duration_ms is not None:
        fields.append(f"Billed Restore Duration: {metrics.billed_restore_duration_ms} ms")
    if record.status is Status.ERROR and record.error_type is None:
        status = []
    else:
        status = _status_fields(record.status, record.error_type)
    return "\t".join(fields + (status or [""]))


def xray_line(tracing: Tracing | None) -> str | None:
    """The line after a REPORT, for a trace that is sampled."""
    if tracing is None or tracing.span_id is None:
        return None
    header = parse_trace_header(tracing.value)
    if not header.sampled or not header.root:
        return None
    return f"XRAY TraceId: {header.root}\tSegmentId: {tracing.span_id}\tSampled: true\t"


def _arn(record: InitStart | RestoreStart) -> list[str]:
    return [] if record.runtime_version_arn is None else [f"Runtime Version ARN: {record.runtime_version_arn}"]


def _status_fields(status: Status, error_type: str | None) -> list[str]:
    """A timeout needs no type: the status says it all."""
    if status is Status.SUCCESS:
        return []
    if status is Status.TIMEOUT or error_type is None:
        return [f"Status: {status}"]
    return [f"Status: {status}", f"Error Type: {error_type}"]
