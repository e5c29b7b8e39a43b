"""The trace of one invocation as a waterfall of text: names indented, bars on a common time axis. Pure."""

from collections.abc import Iterator

from lambdatui.telemetry.waterfall import Waterfall

NAME_CELLS = 34
BAR_CELLS = 40


def trace_lines(trace: Waterfall) -> Iterator[str]:
    """A line per row; a row without an end goes on to the end of the trace."""
    end_s = trace.end_s if trace.end_s is not None else max(row.end_s or row.start_s for row in trace.rows)
    whole_s = max(end_s - trace.start_s, 1e-9)
    yield f"trace {trace.trace_id or '(none)'}{' · sampled' if trace.sampled else ''}"
    for row in trace.rows:
        name = "  " * row.depth + row.name
        before = (row.start_s - trace.start_s) / whole_s
        length = ((end_s if row.end_s is None else row.end_s) - row.start_s) / whole_s
        took = "" if row.duration_ms is None else f"{row.duration_ms:.2f} ms"
        note = " ".join(part for part in (row.status, row.detail) if part)
        yield f"{name[:NAME_CELLS]:{NAME_CELLS}} {bar(before, length):{BAR_CELLS}} {took:>11} {note}".rstrip()
    if trace.truncated:
        yield "(the handler sent more than is shown)"


def bar(before: float, length: float) -> str:
    """``before`` and ``length`` are shares of the axis; whatever is shorter than a cell is still seen."""
    start = min(BAR_CELLS - 1, max(0, round(before * BAR_CELLS)))
    cells = min(BAR_CELLS - start, max(0, round(length * BAR_CELLS)))
    return " " * start + ("█" * cells if cells else "▏")
