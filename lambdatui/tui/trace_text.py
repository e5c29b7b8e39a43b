"""The trace of one invocation as a waterfall on the screen: names indented, bars on a common time axis. Pure."""

from lambdatui.telemetry.trace_rows import TraceRow
from lambdatui.telemetry.waterfall import Waterfall
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, left

_TONES = {"Init": "init", "Restore": "init", "Invocation": "invoke", "Overhead": "shutdown"}
_TOOK = 9
SHORTEST_BAR = 8


def trace_rows(trace: Waterfall, room: int) -> tuple[Line, ...]:
    """A row without an end goes on to the end of the trace."""
    end_s = trace.end_s if trace.end_s is not None else max(row.end_s or row.start_s for row in trace.rows)
    whole_s = max(end_s - trace.start_s, 1e-9)
    names = min(30, max(14, room // 3))
    axis = max(SHORTEST_BAR, room - names - _TOOK - 3)
    known = clean(trace.trace_id) or "no trace: set tracing to Active to have one"
    rows: list[Line] = [((known, "dim"), ("  sampled" if trace.sampled else "", "ok"))]
    for row in trace.rows:
        before = (row.start_s - trace.start_s) / whole_s
        length = ((end_s if row.end_s is None else row.end_s) - row.start_s) / whole_s
        tone = "bad" if row.status in ("fault", "error") else _TONES.get(row.name, "info")
        rows.append(
            (
                ("✖ " if tone == "bad" else "  ", "bad"),
                (left("  " * row.depth + clean(row.name), names), "plain" if row.depth < 2 else "dim"),
                (_bar(before, length, axis), tone),
                (figures.duration(row.duration_ms).rjust(_TOOK), "plain"),
                (_note(row), "faint"),
            )
        )
    if trace.truncated:
        rows.append((("the handler sent more than is shown", "warn"),))
    return tuple(rows)


def _note(row: TraceRow) -> str:
    return f" {clean(row.detail)}" if row.detail else ""


def _bar(before: float, length: float, axis: int) -> str:
    """Whatever is shorter than a cell is still seen."""
    start = min(axis - 1, max(0, round(before * axis)))
    cells = min(axis - start, max(0, round(length * axis)))
    return left(" " * start + ("█" * cells if cells else "▏"), axis)
