"""Remembered invocations as rows of the screen: a list, one of them whole, two of them beside each other. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Protocol

from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome, RanOn, changed_facts
from lambdatui.tui import figures, response_text
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.spans import EMPTY, Line, Span, left

_GLYPHS = {
    Outcome.OK: ("●", "ok"),
    Outcome.ERROR: ("✖", "bad"),
    Outcome.TIMEOUT: ("◷", "bad"),
    Outcome.REFUSED: ("⊗", "warn"),
    Outcome.UNANSWERED: ("…", "dim"),
    Outcome.INTERRUPTED: ("⊘", "bad"),
}
_STARTS = {True: ("cold", "init"), False: ("warm", "dim"), None: ("–", "faint")}
MAX_LOG_LINES = 500


class Change(Protocol):
    """One difference between two answers; a side that has nothing there is None."""

    @property
    def path(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str | None: ...


def list_row(summary: InvocationSummary, *, marked: bool, room: int) -> Line:
    """Time, id, function, how it ended; what there is no room for is left away at the right."""
    glyph, tone = _GLYPHS[summary.outcome]
    start, start_tone = _STARTS[summary.cold]
    took_tone = "plain" if summary.outcome is Outcome.OK else "bad"
    spans: list[Span] = [
        ("▌" if marked else " ", "accent"),
        (f"{glyph} ", tone),
        (figures.day_time(summary.accepted_s) + "  ", "dim"),
        (left(figures.short_id(summary.request_id), 5), "dim"),
        (left(clean(summary.function), 18 if room >= 70 else 14) + " ", "plain"),
        (figures.duration(summary.duration_ms).rjust(8) + "  ", took_tone),
        (left(start, 5), start_tone),
    ]
    why = summary.error_type or summary.sample or ""
    part_of: Line = () if summary.experiment is None else ((f" {summary.experiment}", "info"),)
    return (*spans, *part_of, (" " + clean(why), "bad" if summary.error_type else "faint"))


def detail_rows(detail: InvocationDetail) -> tuple[Line, ...]:
    """Facts, event, response, logs."""
    event, response = exchange_rows(detail)
    return (*facts(detail), *event, *response, *_heading("Logs"), *_logs(detail))


def exchange_rows(detail: InvocationDetail) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The event, and the response."""
    failed = detail.summary.outcome in (Outcome.ERROR, Outcome.TIMEOUT)
    event = response_text.body(detail.invocation.payload, failed=False)
    return (*_heading("Event"), *event), (*_heading("Response"), *_response(detail, failed=failed))


def comparison_rows(
    before: InvocationDetail,
    after: InvocationDetail,
    events: Sequence[Change],
    responses: Sequence[Change],
) -> tuple[Line, ...]:
    """What differs between two invocations: figures beside each other, then event, response and logs."""
    return (
        *_figures(before.summary, after.summary),
        *_configurations(before.ran_on, after.ran_on),
        *_heading("Event"),
        *_changes(events),
        *_heading("Response"),
        *_changes(responses),
        *_heading("Logs"),
        *_log_changes(before.logs, after.logs),
    )


def facts(detail: InvocationDetail) -> Iterator[Line]:
    """Whose it was, how it ended, how long it took, and where it ran."""
    summary = detail.summary
    glyph, tone = _GLYPHS[summary.outcome]
    ended = f"{glyph} {summary.outcome}" + (f" · {summary.error_type}" if summary.error_type else "")
    yield ((clean(summary.function), "plain bold"), ("  ", "plain"), (clean(ended), tone))
    yield ((f"{clean(summary.request_id)}  {figures.clock(summary.accepted_s)}", "dim"),)
    start, start_tone = _STARTS[summary.cold]
    spans: list[Span] = [(f"{start} start", start_tone), (f"   {figures.duration(summary.duration_ms)}", "plain")]
    if summary.init_duration_ms is not None:
        spans.append((f"   init {figures.duration(summary.init_duration_ms)}", "init"))
    if summary.restore_duration_ms is not None:
        spans.append((f"   restore {figures.duration(summary.restore_duration_ms)}", "init"))
    if summary.billed_duration_ms is not None:
        spans.append((f"   billed {summary.billed_duration_ms} ms", "dim"))
    if summary.max_memory_used_mb is not None:
        spans.append((f"   {summary.max_memory_used_mb} MB", "dim"))
    if summary.environment is not None:
        spans.append((f"   env {clean(summary.environment)}", "dim"))
    yield tuple(spans)
    yield ((f"{detail.invocation.invocation_type}  {clean(detail.invocation.invoked_arn)}", "dim"),)
    if detail.ran_on is not None:
        made = detail.ran_on.created
        yield (
            (clean(f"{made.runtime} {made.handler}"), "dim"),
            (f"   {made.memory_mb} MB   {made.timeout_s} s", "dim"),
            (f"   code {clean(detail.ran_on.code)}", "dim"),
        )


def _heading(title: str) -> tuple[Line, ...]:
    return (EMPTY, ((title, "accent bold"),))


def _response(detail: InvocationDetail, *, failed: bool) -> Iterable[Line]:
    if detail.response is None and detail.summary.outcome is Outcome.REFUSED:
        return ((("none: the service refused it", "dim"),),)
    if detail.response is None:
        return ((("nobody has answered", "dim"),),)
    return response_text.body(detail.response, failed=failed)


def _logs(detail: InvocationDetail) -> Iterator[Line]:
    if not detail.logs:
        yield (("nothing", "dim"),)
    for line in detail.logs[:MAX_LOG_LINES]:
        for row in clean_rows(line):
            yield ((row, "dim" if row.startswith(("START ", "END ", "REPORT ", "INIT_")) else "plain"),)


def _figures(before: InvocationSummary, after: InvocationSummary) -> Iterator[Line]:
    yield (("            ", "plain"), (left(figures.short_id(before.request_id), 16), "plain bold"),
           (figures.short_id(after.request_id), "plain bold"))  # fmt: skip
    rows = (
        ("status", before.outcome.value, after.outcome.value),
        ("error", before.error_type or "–", after.error_type or "–"),
        ("start", _STARTS[before.cold][0], _STARTS[after.cold][0]),
        ("duration", figures.duration(before.duration_ms), figures.duration(after.duration_ms)),
        ("init", figures.duration(before.init_duration_ms), figures.duration(after.init_duration_ms)),
        ("memory", _mb(before.max_memory_used_mb), _mb(after.max_memory_used_mb)),
    )
    for name, left_side, right_side in rows:
        tone = "dim" if left_side == right_side else "warn"
        yield ((left(name, 12), "dim"), (left(clean(left_side), 16), "plain"), (clean(right_side), tone))


def _configurations(before: RanOn | None, after: RanOn | None) -> Iterator[Line]:
    """The code always, of the rest what differs."""
    if before is None or after is None:
        return
    changed = changed_facts(before, after)
    if not changed or changed[0][0] != "code":
        yield ((left("code", 12), "dim"), (left(clean(before.code), 16), "plain"), ("the same", "dim"))
    for name, old, new in changed:
        yield ((clean(name).ljust(11) + " ", "dim"), (clean(old).ljust(15) + " ", "plain"), (clean(new), "warn"))


def _mb(megabytes: int | None) -> str:
    return "–" if megabytes is None else f"{megabytes} MB"


def _changes(changes: Sequence[Change]) -> Iterator[Line]:
    if not changes:
        yield (("the same", "ok"),)
    for change in changes:
        yield ((clean(change.path) or "(all of it)", "info"),)
        if change.before is not None:
            yield from (((f"  - {row}", "bad"),) for row in clean_rows(change.before))
        if change.after is not None:
            yield from (((f"  + {row}", "ok"),) for row in clean_rows(change.after))


def _log_changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Without the platform's lines, whose ids and times always differ."""
    one, other = _own_lines(before), _own_lines(after)
    if one == other:
        yield (("the same", "ok"),)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=one, b=other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (((f"    {row}", "dim"),) for row in one[i1:i2])
        else:
            yield from (((f"  - {row}", "bad"),) for row in one[i1:i2])
            yield from (((f"  + {row}", "ok"),) for row in other[j1:j2])


def _own_lines(lines: Sequence[str]) -> list[str]:
    own = [line for line in lines if not line.startswith(("START RequestId", "END RequestId", "REPORT ", "INIT_"))]
    return [row for line in own[:MAX_LOG_LINES] for row in clean_rows(line)]
