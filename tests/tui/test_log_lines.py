"""Telemetry as rows of the log."""

from dataclasses import replace

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import (
    CodeBroken,
    CodeReady,
    EnvironmentFrozen,
    ExtensionLog,
    FunctionLog,
    PlatformFault,
    Record,
)
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.tui.log_lines import Kind, lay_out, rows
from lambdatui.tui.spans import plain
from tests.tui.support import logs
from tests.tui.support.fake_client import NOW_S
from tests.tui.support.pictures import request


def event(record: Record) -> TelemetryEvent:
    return TelemetryEvent(
        seq=1, time_s=NOW_S, record=record, function=FunctionName("orders-api"), environment=EnvironmentId("e1a")
    )


def shown(record: Record, width: int = 120) -> list[str]:
    return [plain(lay_out(row, width)).rstrip() for row in rows(event(record))]


def test_output_has_time_and_request_in_front() -> None:
    assert shown(logs.line("hello", 3)) == [f"02:41:00.000 {request(3)[:4]} ▏hello"]


def test_redundant_columns_of_the_python_log_format_are_left_away() -> None:
    assert shown(logs.lambda_line("WARNING", "slow", 2)) == [f"02:41:00.000 {request(2)[:4]} ▏WARN  slow"]


def test_redundant_columns_of_the_node_log_format_are_left_away() -> None:
    line = f"2026-11-21T13:39:47.465Z\t{request(2)}\tWARN\tslow query"
    assert shown(logs.line(line, 2)) == [f"02:41:00.000 {request(2)[:4]} ▏WARN  slow query"]


def test_framed_traceback_takes_one_row_per_line() -> None:
    kinds = [row.kind for row in rows(event(logs.line(logs.TRACEBACK)))]
    assert kinds == [Kind.OUTPUT, *[Kind.MORE] * 5]
    assert "ERROR ValueError: order 8813 has no items" in shown(logs.line(logs.TRACEBACK))[0]


def test_every_kind_of_line_end_inside_a_record_breaks_it_and_the_last_one_does_not() -> None:
    made = list(rows(event(logs.line("one\ntwo\rthree\r\nfour\r\n"))))
    assert [row.text for row in made] == ["one", "two", "three", "four"]


def test_report_is_end_and_one_aligned_row() -> None:
    end, report = shown(logs.report(1, 2187.9, init_ms=398.0))
    assert "END RequestId" in end
    assert "REPORT   2.19 s billed 2188 ms   38/128 MB init 398 ms" in report


def test_report_of_a_restored_invoke_shows_what_the_restore_took() -> None:
    restored = logs.report(1, 2.0)
    restored = replace(restored, metrics=replace(restored.metrics, restore_duration_ms=107.3))
    assert shown(restored)[1].endswith(" restore 107 ms")


def test_fault_of_a_request_says_what_happened_and_not_once_more_to_whom() -> None:
    fault = PlatformFault(request_id=request(1), message=f"RequestId: {request(1)} Process exited before completing")
    assert shown(fault) == [f"02:41:00.000 {request(1)[:4]} ▏Process exited before completing"]


def test_reload_is_a_rule_across_the_pane() -> None:
    (row,) = shown(CodeReady(revision=3, files=("api/app.py", "api/cart.py", "x.py"), save_to_ready_ms=12.4), 80)
    assert row.startswith("── ⟳ app.py, cart.py +1 → ready in 12.4 ms ─")
    assert len(row) == 80


def test_broken_save_names_file_and_line() -> None:
    (row,) = shown(CodeBroken(file="api/app.py", line=12, message="'(' was never closed"))
    assert "✖ api/app.py:12 '(' was never closed" in row


def test_hostile_output_is_clean_in_every_row() -> None:
    record = FunctionLog(request_id=None, lines=("\x1b[2J\x1b]0;x\x07\ttab", "[ERROR] \x00\u202e"))
    assert all(row.isprintable() for row in shown(record))


def test_state_changes_add_no_rows() -> None:
    assert list(rows(event(EnvironmentFrozen()))) == []


def test_output_of_an_extension_is_told_from_the_functions() -> None:
    written = ExtensionLog(extension="listener", request_id=None, lines=("ready", "[bold]x"))
    assert [row[18:] for row in shown(written)] == ["◇ready", "◇[bold]x"]
