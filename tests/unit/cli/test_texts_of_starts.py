"""What the tour and the history say in words about how an invocation started, and that it was refused."""

from lambdatui.cli.history_text import detail_lines
from lambdatui.cli.tour_text import numbers
from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.phase import Status
from lambdatui.model.records import Report, ReportMetrics

REQUEST = RequestId("2222bbbb-0000-4000-8000-000000000002")
ORDERS = FunctionName("orders")


def report(**metrics: float) -> Report:
    return Report(
        request_id=REQUEST,
        status=Status.SUCCESS,
        metrics=ReportMetrics(duration_ms=2.0, billed_duration_ms=110, memory_size_mb=128, **metrics),  # type: ignore[arg-type]
    )


def test_tour_calls_a_restored_invoke_cold() -> None:
    assert list(numbers(report(restore_duration_ms=107.3))) == [
        "  cold: the restore took 107.30 ms, the handler 2.00 ms; 110 ms are billed"
    ]


def test_tour_calls_an_invoke_without_init_and_restore_warm() -> None:
    assert list(numbers(report())) == ["  warm: no INIT; the handler took 2.00 ms"]


def test_history_says_of_a_refused_call_that_it_was_refused() -> None:
    summary = InvocationSummary(
        request_id=REQUEST,
        function=ORDERS,
        accepted_s=0.0,
        answered_s=1.0,
        outcome=Outcome.REFUSED,
        error_type="TooManyRequestsException",
    )
    call = Invocation(request_id=REQUEST, function=ORDERS, payload=b"{}", invoked_arn="arn", timeout_s=3.0)
    lines = list(detail_lines(InvocationDetail(summary=summary, invocation=call, response=None), "{}", None))
    assert "(refused)" in lines
    assert "error         TooManyRequestsException" in lines
