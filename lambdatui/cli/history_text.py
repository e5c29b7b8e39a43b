"""Remembered invocations as text for people."""

from collections.abc import Iterator, Sequence

from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome
from lambdatui.telemetry.timestamps import iso_millis

HEADER = ("TIME (UTC)", "ID", "FUNCTION", "STATUS", "START", "DURATION", "MEMORY", "EVENT", "ERROR")
SHORT_ID = 8


def row(summary: InvocationSummary) -> tuple[str, ...]:
    start = {True: "cold", False: "warm", None: "-"}[summary.cold]
    return (
        iso_millis(summary.accepted_s).replace("T", " ").removesuffix("Z"),
        summary.request_id[:SHORT_ID],
        summary.function,
        summary.outcome if summary.experiment is None else f"{summary.outcome} ({summary.experiment})",
        start,
        "-" if summary.duration_ms is None else f"{summary.duration_ms:.2f} ms",
        "-" if summary.max_memory_used_mb is None else f"{summary.max_memory_used_mb} MB",
        summary.sample or "-",
        summary.error_type or "",
    )


def detail_lines(detail: InvocationDetail, event: str, response: str | None) -> Iterator[str]:
    """Everything about one invocation, under headings; the bodies are given as they are to be shown."""
    yield from _facts(detail.summary)
    call = detail.invocation
    yield f"{'called as':14}{call.invocation_type} {call.invoked_arn}"
    if detail.ran_on is not None:
        made = detail.ran_on.created
        yield f"{'ran on':14}{made.runtime} {made.handler}, {made.memory_mb} MB, {made.timeout_s} s"
        yield f"{'code':14}{detail.ran_on.code_sha256 or 'not hashed'}, revision {made.revision}"
    if call.client_context is not None:
        yield f"{'client context':14}{call.client_context}"
    yield from _section("event", event)
    nothing = "(refused)" if detail.summary.outcome is Outcome.REFUSED else "(nobody has answered)"
    yield from _section("response", nothing if response is None else response)
    yield from _section("logs", "\n".join(detail.logs) or "(none)")


def _facts(summary: InvocationSummary) -> Iterator[str]:
    for name, value in zip(HEADER, row(summary), strict=True):
        shown = summary.request_id if name == "ID" else value
        if shown not in ("", "-"):
            yield f"{name.lower().removesuffix(' (utc)'):14}{shown}"
    if summary.experiment is not None:
        yield f"{'part of a':14}{summary.experiment}"
    if summary.init_duration_ms is not None:
        yield f"{'init':14}{summary.init_duration_ms:.2f} ms"
    if summary.restore_duration_ms is not None:
        yield f"{'restore':14}{summary.restore_duration_ms:.2f} ms"
    if summary.billed_duration_ms is not None:
        yield f"{'billed':14}{summary.billed_duration_ms} ms"
    if summary.environment is not None:
        yield f"{'environment':14}{summary.environment}"


def _section(title: str, body: str) -> Sequence[str]:
    return ("", f"── {title} " + "─" * (72 - len(title)), *body.splitlines())
