"""What a failure looks like to others: the error document, its X-Ray cause, and the record in the log."""

from __future__ import annotations

import logging
import os
import time
import traceback

from .log_formats import JSON_TIME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, Dict, List, Tuple

    from .faults import Fault
    from .log_formats import LogFormat
    from .log_sink import LogSink

    ErrorDocument = Dict[str, Any]
    Frame = Tuple[str, int, str, str]
    Frames = List[Frame]

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_NO_BREAK_SPACE = "\u00a0"


def error_document(message: str, error_type: str, stack_trace: list[str] | None, request_id: str = "") -> ErrorDocument:
    """The document that a caller gets; the order of the keys is part of it."""
    return {
        "errorMessage": message or "",
        "errorType": error_type or "",
        "requestId": request_id,
        "stackTrace": stack_trace or [],
    }


def fault_document(fault: Fault, request_id: str = "") -> ErrorDocument:
    return error_document(fault.message, fault.error_type, fault.trace, request_id)


def exception_document(error: BaseException, frames: Frames, request_id: str = "") -> ErrorDocument:
    """Raises what `str(error)` raises, as Lambda's runtime does: such an exception ends the process."""
    return error_document(str(error), type(error).__name__, traceback.format_list(frames), request_id)


def user_frames(trace: TracebackType | None) -> Frames:
    """The frames below the runtime's own; all of them when there are no others.

    Lambda goes by the file name `bootstrap.py`, so that a user's file of that name is dropped here as it is there.
    """
    frames = all_frames(trace)
    for depth, frame in enumerate(frames):
        if not frame[0].startswith(_OWN_FOLDER) and "/bootstrap.py" not in frame[0]:
            return frames[depth:]
    return frames


def all_frames(trace: TracebackType | None) -> Frames:
    return [
        (frame.filename, frame.lineno, frame.name, frame.line)  # type: ignore[misc]
        for frame in traceback.extract_tb(trace)
    ]


def xray_cause(error_type: str, message: str, frames: Frames) -> dict[str, Any]:
    """The document that X-Ray shows beside a failed segment."""
    stack = [{"label": name, "path": path, "line": line} for path, line, name, _ in frames]
    return {
        "working_directory": os.getcwd(),
        "exceptions": [{"message": message, "type": error_type, "stack": stack}],
        "paths": list({path for path, _, _, _ in frames}),
    }


def log_error(document: ErrorDocument, log_format: LogFormat, sink: LogSink, to_json: Callable[[Any], str]) -> None:
    """Write the record of a failure in the format that the function is configured for."""
    if log_format.is_json:
        now = time.strftime(JSON_TIME, logging.Formatter.converter(time.time()))
        lines = [to_json({"timestamp": now, "level": "ERROR", **document})]
    else:
        lines = _text_lines(document)
    sink.log_error(lines, log_format.error_frame)


def _text_lines(document: ErrorDocument) -> list[str]:
    headline = "[ERROR]"
    if document["errorType"]:
        headline += " " + document["errorType"]
    if document["errorMessage"]:
        headline += (": " if document["errorType"] else " ") + document["errorMessage"]
    lines = [headline, "Traceback (most recent call last):"]
    for entry in document["stackTrace"]:
        lines += [_keep_indentation(line) for line in entry.splitlines()] or [""]
    return lines


def _keep_indentation(line: str) -> str:
    # Log viewers drop leading spaces, but not these.
    text = line.lstrip(" ")
    return _NO_BREAK_SPACE * (len(line) - len(text)) + text
