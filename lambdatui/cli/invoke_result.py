"""What ``lambdatui invoke`` prints of an answer, and the exit code that follows from it."""

import json
from collections.abc import Sequence

from lambdatui.cli import diagnostics, output
from lambdatui.cli.calls import Answer
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.model.error_types import SANDBOX_FAILURE


def show(answer: Answer, log: InvocationLog) -> ExitCode:
    """The function's own bytes; its log lines went to standard error while it ran."""
    if answer.status_code == 200:
        output.write_bytes(answer.payload)
    return _exit_code(answer, log)


def show_document(answer: Answer, log: InvocationLog, lines: Sequence[str]) -> ExitCode:
    """Everything in one JSON object; keys as in AWS's own answers and records."""
    output.document(
        {
            "statusCode": answer.status_code,
            "functionError": answer.function_error,
            "executedVersion": answer.executed_version,
            "requestId": answer.request_id,
            "payload": _payload(answer.payload),
            "report": _report(log),
            "logs": list(lines),
        }
    )
    return _exit_code(answer, log)


def tell_accepted(answer: Answer, log: InvocationLog, *, engine_runs: bool) -> None:
    """An asynchronous event has no response: say where it is now."""
    if engine_runs:
        diagnostics.note(f"accepted as {answer.request_id}; `lambdatui logs -f` shows it run")
    elif log.retry is not None and log.retry.state == "waiting":
        diagnostics.note(
            f"the first attempt of {answer.request_id} failed ({log.retry.error_type}); "
            "its retries are on disk and wait for `lambdatui serve`"
        )


def _exit_code(answer: Answer, log: InvocationLog) -> ExitCode:
    """An asynchronous event that was accepted is a success, whatever becomes of it: as on Lambda."""
    if answer.function_error is None:
        return ExitCode.OK
    no_place = log.report is not None and log.report.error_type == SANDBOX_FAILURE
    return ExitCode.ENGINE if no_place else ExitCode.FUNCTION_ERROR


def _payload(payload: bytes) -> object:
    if not payload:
        return None
    try:
        parsed: object = json.loads(payload)
        return parsed
    except ValueError:
        return payload.decode("utf-8", "replace")


def _report(log: InvocationLog) -> object:
    if log.report is None:
        return None
    from lambdatui.telemetry.wire import encode_record

    report: object = json.loads(encode_record(log.report)[1])
    return report
