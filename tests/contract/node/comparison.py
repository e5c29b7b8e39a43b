"""What of an outcome people and the platform can see, without the time of day and without frames below the handler."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from tests.contract.node.node_process import Outcome
from tests.contract.node.stream_recording import TRAILER
from tests.contract.runtimes.comparison import log_frames
from tests.contract.runtimes.recording_api import Request

XRAY_HEADER = "lambda-runtime-function-xray-error-cause"
_ERROR_BODY_TRAILER = TRAILER + "lambda-runtime-function-error-body"
_SEEN_HEADERS = (
    "content-type",
    "content-length",
    "transfer-encoding",
    "trailer",
    "lambda-runtime-function-error-type",
    "lambda-runtime-function-response-mode",
    "lambda-runtime-invocation-id",
    TRAILER + "lambda-runtime-function-error-type",
)
_TRACE_KEYS = ("trace", "stack", "stackTrace")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_EPOCH_MS = re.compile(r"\[\d{13}\]")
_PID = re.compile(r"\(node:\d+\)")
_PROGRAM = re.compile(r"`\S+ --trace-warnings")
# Anchored at a slash: a search from every character of a large body would take minutes.
_CLIENT_FILE = re.compile(
    r"(?:file://)?(?<![\w./-])/[\w./@-]*"
    r"(?:aws-lambda-ric/(?:dist/)?|lambdatui/runtimes/node/|tests/contract/node/(?=official_client))(\w+\.[cm]js)"
)
# A frame of the client or of Node itself: how deep they are, and so how many of them show, is nobody's affair.
_FRAME_BELOW = re.compile(r"^\s+at .*(CLIENT/|node:|<anonymous>)")
_ERROR_HEADLINE = re.compile(r"^(?:Uncaught )?(?:[A-Z]\w*\.)?[A-Z]\w*(?:Error|Exception|Fault)\b.*")
_XRAY_PATHS_BELOW = ("file", "node")
_LONGEST_LINE = 4_000


def transcript(outcome: Outcome, task_root: Path) -> list[str]:
    """Everything that two runtimes must agree on, in lines, so that a difference reads as one."""
    lines = [f"{request.method} {request.path}" for request in outcome.requests]
    for request in outcome.reports:
        lines += _report(request, task_root)
    lines += [f"stdout {_log_line(line)!r}" for line in _masked(outcome.stdout, task_root).split("\n")]
    lines += [
        f"stderr {line}" for line in _masked(outcome.stderr, task_root).split("\n") if _ERROR_HEADLINE.match(line)
    ]
    for kind, text in log_frames(outcome.frames):
        lines.append(f"frame {kind} {_log_line(_masked(text, task_root))!r}")
    return [*map(_shortened, lines), f"end: {outcome.end}"]


def _shortened(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:40]}… {len(line)} characters, SHA-256 {hashlib.sha256(line.encode()).hexdigest()}"


def _masked(text: str, task_root: Path) -> str:
    text = text.replace(str(task_root), "/var/task")
    text = _PROGRAM.sub("`node --trace-warnings", _PID.sub("(node:PID)", text))
    return _EPOCH_MS.sub("[MS]", _ISO_TIME.sub("TIME", _CLIENT_FILE.sub(r"CLIENT/\1", text)))


def _report(request: Request, task_root: Path) -> list[str]:
    headers = {name: request.headers[name] for name in _SEEN_HEADERS if name in request.headers}
    body = _masked(request.body.decode("utf-8", "surrogateescape"), task_root)
    if '"trace"' in body:
        body = json.dumps(_without_frames_below(json.loads(body)))
        headers.pop("content-length", None)  # counts the frames that differ
    error = request.headers.get(_ERROR_BODY_TRAILER)
    if error is not None:
        headers[_ERROR_BODY_TRAILER] = _document(_masked(base64.b64decode(error).decode(), task_root))
    return [
        f"to {request.path}",
        *(f"  {name}: {value}" for name, value in headers.items()),
        f"  cause: {_xray_cause(request.headers.get(XRAY_HEADER), task_root)}",
        f"  {body!r}",
    ]


def _document(text: str) -> str:
    return json.dumps(_without_frames_below(json.loads(text)))


def _log_line(line: str) -> str:
    """A log record without the frames below the handler's, in any of the forms that records have."""
    brace = line.find("{")
    if brace >= 0 and any(f'"{key}"' in line for key in _TRACE_KEYS):
        line = line[:brace] + json.dumps(_without_frames_below(json.loads(line[brace:])))
    for separator in ("\r", "\n"):
        line = separator.join(part for part in line.split(separator) if not _FRAME_BELOW.match(part))
    return line


def _without_frames_below(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_frames_below(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [line for line in item if not (isinstance(line, str) and _FRAME_BELOW.match(line))]
        if key in _TRACE_KEYS and isinstance(item, list)
        else _without_frames_below(item)
        for key, item in value.items()
    }


def _xray_cause(text: str | None, task_root: Path) -> str:
    """The cause without what is below the handler: there the path is only the beginning of a URL."""
    if not text:
        return repr(text)
    cause = json.loads(_masked(text, task_root))
    cause["paths"] = [path for path in cause["paths"] if not _is_below(path)]
    for exception in cause["exceptions"]:
        exception["stack"] = [frame for frame in exception["stack"] if not _is_below(frame["path"])]
    return json.dumps(cause)


def _is_below(path: str) -> bool:
    return path in _XRAY_PATHS_BELOW or path.startswith("CLIENT/")
