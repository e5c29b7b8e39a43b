"""Log records of a small story: a cold start, some output, a failure with a traceback, a reload."""

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import InitPhase, Status
from lambdatui.model.records import (
    CodeReady,
    FunctionLog,
    InitStart,
    InvokeStart,
    Record,
    Report,
    ReportMetrics,
)
from tests.tui.support.pictures import request


def line(text: str, number: int = 3) -> FunctionLog:
    return FunctionLog(request_id=request(number), lines=(text,))


def lambda_line(level: str, text: str, number: int) -> FunctionLog:
    """As the Python runtime's logging writes it."""
    return line(f"[{level}]\t2026-02-02T02:40:51.114Z\t{request(number)}\t{text}", number)


def report(number: int, duration_ms: float, *, init_ms: float | None = None, failed: bool = False) -> Report:
    return Report(
        request_id=request(number),
        status=Status.ERROR if failed else Status.SUCCESS,
        metrics=ReportMetrics(duration_ms=duration_ms, billed_duration_ms=int(duration_ms) + 1, memory_size_mb=128,
                              max_memory_used_mb=38, init_duration_ms=init_ms),
    )  # fmt: skip


def start(number: int) -> InvokeStart:
    return InvokeStart(request_id=request(number), version="$LATEST")


TRACEBACK = (
    "[ERROR] ValueError: order 8813 has no items\rTraceback (most recent call last):\r"
    '\u00a0\u00a0File "/var/task/app.py", line 41, in lambda_handler\r\u00a0\u00a0\u00a0\u00a0return create(order)\r'
    '\u00a0\u00a0File "/var/task/app.py", line 58, in create\r\u00a0\u00a0\u00a0\u00a0'
    'raise ValueError(f"order {number} has no items")'
)


def story() -> tuple[Record, ...]:
    init = InitStart(phase=InitPhase.INIT, function_name="orders-api", function_version="$LATEST", instance_id="e1a",
                     instance_max_memory=128, runtime_version="python:3.11")  # fmt: skip
    return (
        init,
        line("importing the order book", 1),
        start(1),
        lambda_line("INFO", "GET /orders", 1),
        lambda_line("DEBUG", "cache miss, reading orders.sqlite", 1),
        report(1, 2187.9, init_ms=398.0),
        start(2),
        lambda_line("INFO", "loading cart 8812", 2),
        lambda_line("WARNING", "retrying the price service (attempt 2)", 2),
        report(2, 611.3),
        CodeReady(revision=3, files=("api/app.py",), save_to_ready_ms=12.4),
        start(3),
        lambda_line("INFO", "POST /orders", 3),
        line(TRACEBACK, 3),
        report(3, 31.07, failed=True),
        start(4),
        line('{"level":"info","msg":"a plain print keeps its own shape","order":8814}', 4),
        report(4, 9.41),
    )


def many(count: int) -> tuple[Record, ...]:
    return tuple(FunctionLog(request_id=RequestId("x"), lines=(f"line {number}",)) for number in range(count))
