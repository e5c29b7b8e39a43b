from lambdatui.cli.trace_text import BAR_CELLS, bar, trace_lines
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.telemetry.trace_rows import TraceRow
from lambdatui.telemetry.waterfall import Waterfall


def test_bar_stands_where_it_happened_and_is_as_long_as_it_took() -> None:
    assert bar(0.5, 0.25) == " " * (BAR_CELLS // 2) + "█" * (BAR_CELLS // 4)


def test_bar_shorter_than_a_cell_is_still_seen() -> None:
    assert bar(0.0, 0.0001) == "▏"
    assert len(bar(1.0, 0.0)) == BAR_CELLS


def test_row_without_an_end_goes_on_to_the_end_of_the_trace() -> None:
    rows = (
        TraceRow(name="f", depth=0, start_s=10.0, end_s=None),
        TraceRow(name="load", depth=1, start_s=10.0, end_s=10.5, status="fault", detail="GET https://x"),
    )
    trace = Waterfall(
        request_id=RequestId("r"), function=FunctionName("f"), environment=None, trace_id="1-a", sampled=False,
        start_s=10.0, end_s=11.0, rows=rows,
    )  # fmt: skip
    first, whole, load = trace_lines(trace)
    assert first == "trace 1-a"
    assert whole.count("█") == BAR_CELLS
    assert load.startswith("  load")
    assert load.endswith("500.00 ms fault GET https://x")
