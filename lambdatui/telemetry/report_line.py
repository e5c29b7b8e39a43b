"""The lines CloudWatch shows for the platform's own numbers, as text. Formatted here, parsed nowhere.

Lines come without their LF; a REPORT line ends in a TAB, as Lambda's does. What was not measured is left out: without
``max_memory_used_mb`` there is no ``Max Memory Used``.
"""

from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import InitReport, InitStart, InvokeStart, Report


def init_start_line(record: InitStart) -> str | None:
    """Only where a managed runtime version is known, and not for an init inside an invoke."""
    if record.runtime_version is None or record.phase is not InitPhase.INIT:
        return None
    return f"INIT_START Runtime Version: {record.runtime_version}"


def init_report_line(record: InitReport) -> str | None:
    """Only for an init that failed."""
    if record.status is Status.SUCCESS:
        return None
    fields = [
        f"INIT_REPORT Init Duration: {record.metrics.duration_ms:.2f} ms",
        f"Phase: {record.phase}",
        *_status_fields(record.status, record.error_type),
    ]
    return "\t".join(fields)


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
    if record.status is not Status.ERROR or record.error_type is not None:
        fields += _status_fields(record.status, record.error_type)
    return "\t".join(fields) + "\t"


def _status_fields(status: Status, error_type: str | None) -> list[str]:
    """A timeout needs no type: the status says it all."""
    if status is Status.SUCCESS:
        return []
    if status is Status.TIMEOUT or error_type is None:
        return [f"Status: {status}"]
    return [f"Status: {status}", f"Error Type: {error_type}"]
