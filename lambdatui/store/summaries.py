"""Lists of invocations: rows of the invocation table and what their REPORT said, put together when somebody looks."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdatui.model.error_types import INTERRUPTED, SANDBOX_TIMEDOUT
from lambdatui.model.experiments import experiment_named
from lambdatui.model.history import HistoryQuery, InvocationSummary, Outcome
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.phase import Status
from lambdatui.model.records import ReportMetrics
from lambdatui.store.reports import Reported, find_reports

COLUMNS = (
    "id, request_id, function, accepted_s, sample, answered_s, function_error, error_type,"
    " json_extract(call, '$.experiment')"
)
_PAGE = 500


class Head(NamedTuple):
    """The columns of ``COLUMNS``."""

    id: int
    request_id: RequestId
    function: FunctionName
    accepted_s: float
    sample: str | None
    answered_s: float | None
    function_error: str | None
    error_type: str | None
    experiment: str | None


def find_summaries(connection: sqlite3.Connection, query: HistoryQuery, limit: int) -> tuple[InvocationSummary, ...]:
    """The newest first, at most ``limit``."""
    found: list[InvocationSummary] = []
    for heads in _pages(connection, query):
        reports = find_reports(connection, [head.request_id for head in heads], heads[-1].accepted_s)
        summaries = (summary_of(head, reports.get(head.request_id)) for head in heads)
        found += [summary for summary in summaries if query.includes(summary)]
        if len(found) >= limit:
            break
    return tuple(found[:limit])


def summary_of(head: Head, reported: Reported | None) -> InvocationSummary:
    report = reported.report if reported is not None else None
    metrics = report.metrics if report is not None else None
    return InvocationSummary(
        request_id=head.request_id,
        function=head.function,
        accepted_s=head.accepted_s,
        sample=head.sample,
        answered_s=head.answered_s,
        outcome=_outcome(head, reported),
        error_type=head.error_type or (report.error_type if report is not None else None),
        environment=reported.environment if reported is not None else None,
        cold=_is_cold(metrics) if metrics is not None else None,
        duration_ms=metrics.duration_ms if metrics is not None else None,
        billed_duration_ms=metrics.billed_duration_ms if metrics is not None else None,
        init_duration_ms=metrics.init_duration_ms if metrics is not None else None,
        restore_duration_ms=metrics.restore_duration_ms if metrics is not None else None,
        max_memory_used_mb=metrics.max_memory_used_mb if metrics is not None else None,
        experiment=experiment_named(head.experiment),
    )


def _is_cold(metrics: ReportMetrics) -> bool:
    return metrics.init_duration_ms is not None or metrics.restore_duration_ms is not None


def _outcome(head: Head, reported: Reported | None) -> Outcome:
    status = reported.report.status if reported is not None else None
    if head.answered_s is None and head.error_type == INTERRUPTED:
        return Outcome.INTERRUPTED
    if status is None and head.answered_s is not None and head.function_error is None and head.error_type is not None:
        return Outcome.REFUSED
    if status is Status.TIMEOUT or head.error_type == SANDBOX_TIMEDOUT:
        return Outcome.TIMEOUT
    if head.function_error is not None or status in (Status.ERROR, Status.FAILURE):
        return Outcome.ERROR
    return Outcome.OK if head.answered_s is not None or status is Status.SUCCESS else Outcome.UNANSWERED


def _pages(connection: sqlite3.Connection, query: HistoryQuery) -> Iterator[Sequence[Head]]:
    """Rows that may be wanted, the newest first."""
    conditions, values = _conditions(query)
    before = 1 << 62
    while True:
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM invocation WHERE id < ?{conditions} ORDER BY id DESC LIMIT {_PAGE}",
            (before, *values),
        ).fetchall()
        if not rows:
            return
        yield [Head(*row) for row in rows]
        before = rows[-1][0]


def _conditions(query: HistoryQuery) -> tuple[str, list[str | float]]:
    """Texts are looked for in bodies that lie in the table; those in files are too long to be looked through."""
    conditions, values = "", list[str | float]()
    for bound, limit_s in ((">=", query.since_s), ("<=", query.until_s)):
        if limit_s is not None:
            conditions += f" AND accepted_s {bound} ?"
            values.append(limit_s)
    if query.function is not None:
        conditions += " AND function = ?"
        values.append(query.function)
    for text in query.texts:
        conditions += " AND (instr(CAST(payload AS TEXT), ?) OR instr(CAST(response AS TEXT), ?))"
        values += [text, text]
    return conditions, values
