"""What is printed of an answer, and the exit code that follows from it."""

import json

import pytest

from lambdatui.cli import invoke_result, output
from lambdatui.cli.calls import Answer, refused
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.model.error_types import SANDBOX_FAILURE
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Status
from lambdatui.model.records import Report, ReportMetrics


def answer(payload: bytes = b"null", function_error: str | None = None) -> Answer:
    return Answer(status_code=200, request_id="r", payload=payload, function_error=function_error)


def log(error_type: str | None = None) -> InvocationLog:
    filled = InvocationLog("f", request_id=RequestId("r"))
    metrics = ReportMetrics(duration_ms=1.5, billed_duration_ms=2, memory_size_mb=128)
    filled.report = Report(request_id=RequestId("r"), status=Status.SUCCESS, metrics=metrics, error_type=error_type)
    return filled


@pytest.mark.parametrize(
    ("function_error", "error_type", "code"),
    [(None, None, 0), ("Unhandled", None, 1), ("Unhandled", "Runtime.ExitError", 1), ("Unhandled", SANDBOX_FAILURE, 3)],
)
def test_whose_fault_it_was_decides_the_exit_code(
    function_error: str | None, error_type: str | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke_result.show(answer(b"{}", function_error), log(error_type)) == code
    assert capsys.readouterr().out == "{}"


@pytest.mark.parametrize(
    ("payload", "shown"), [(b'{"a":[1]}', {"a": [1]}), (b"", None), (b"plain text", "plain text"), (b"\xff", "\ufffd")]
)
def test_a_payload_that_is_no_json_becomes_a_string(
    payload: bytes, shown: object, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke_result.show_document(answer(payload), log(), ["a line"])
    document = json.loads(capsys.readouterr().out)
    assert document["payload"] == shown
    assert document["logs"] == ["a line"]
    assert document["report"]["metrics"]["billedDurationMs"] == 2


@pytest.mark.parametrize(
    ("status", "name", "code"),
    [
        (404, "ResourceNotFoundException", 2),
        (400, "InvalidRequestContentException", 2),
        (413, "RequestTooLargeException", 2),
        (502, "InvalidRuntimeException", 2),
        (429, "TooManyRequestsException", 3),
        (500, "ServiceException", 3),
    ],
)
def test_what_the_caller_can_mend_is_a_usage_error(status: int, name: str, code: int) -> None:
    assert refused(status, name, "no").code == code


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME", "X"), [("a-long-name", "1"), ("b", "")])
    assert capsys.readouterr().out == "NAME         X\na-long-name  1\nb\n"
