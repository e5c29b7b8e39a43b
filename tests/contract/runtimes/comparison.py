"""What of an outcome people and the platform can see, without the time of day and without the runtimes' own frames.

The depth at which a recursion ends counts those frames too, so it is taken out as well.
"""

from __future__ import annotations

import itertools
import json
import re

from tests.contract.runtimes.recording_api import Request
from tests.contract.runtimes.runtime_process import Outcome

_RUNTIME_FRAME = re.compile(r'File "[^"]*/(awslambdaric|lambdatui/runtimes/python|var/runtime)/|File "<frozen runpy>"')
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
# Anchored: a search from every character of a large record would take minutes.
_RUNTIME_PLACE = re.compile(
    r"^\S*/(?:awslambdaric|lambdatui/runtimes/python|var/runtime)/\w+\.py:\d+(: \w+Warning: .*)\n.*", re.MULTILINE
)
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}")
_RECURSION_DEPTH = re.compile(r"Previous line repeated \d+ more times")
_EPOCH_MS = re.compile(r"\[\d{13}\]")
XRAY_HEADER = "lambda-runtime-function-xray-error-cause"
_SEEN_HEADERS = (
    "content-type",
    "content-length",
    "lambda-runtime-function-error-type",
    "lambda-runtime-invocation-id",
    "transfer-encoding",
    "expect",
)


def transcript(outcome: Outcome, dies: bool = False) -> list[str]:
    """Everything that two runtimes must agree on, in lines, so that a difference reads as one.

    Where the runtime itself `dies` of what the Runtime API did, its last words are a traceback of its own.
    """
    lines = [f"{request.method} {request.path}" for request in outcome.requests]
    for request in outcome.reports:
        lines += _report(request)
    lines += [f"stdout {line!r}" for line in without_runtime_lines(masked(outcome.stdout)).split("\n")]
    if dies:
        lines += [
            "stderr has a traceback" if "Traceback (most recent call last)" in outcome.stderr else "stderr has none"
        ]
    else:
        lines += [f"stderr {line!r}" for line in _stderr_lines(masked(outcome.stderr))]
    lines += [f"frame {kind} {without_runtime_lines(masked(text))!r}" for kind, text in log_frames(outcome.frames)]
    return [*lines, f"end: {outcome.end}"]


def masked(text: str) -> str:
    """`text` with every time stamp of a log line replaced; its precision still shows."""
    text = _RECURSION_DEPTH.sub("Previous line repeated N more times", text)
    text = _RUNTIME_PLACE.sub(r"RUNTIME\1", text)
    text = _LOCAL_TIME.sub("TIME,mmm", text)
    return _EPOCH_MS.sub("[MS]", _ISO_TIME.sub(lambda time: "TIME.mmmZ" if time[1] else "TIMEZ", text))


def log_frames(stream: bytes) -> list[tuple[str, str]]:
    """Type and message of each frame. Fails on anything that is not a whole frame with a time of this century."""
    frames = []
    while stream:
        kind, length, time_us = (
            stream[:4].hex(),
            int.from_bytes(stream[4:8], "big"),
            int.from_bytes(stream[8:16], "big"),
        )
        assert 1_600_000_000_000_000 < time_us < 4_102_444_800_000_000
        assert len(stream) >= 16 + length
        frames.append((kind, stream[16 : 16 + length].decode()))
        stream = stream[16 + length :]
    return frames


def _without_runtime_entries(line: str) -> str:
    """A JSON log record without the runtime's entries in its stack trace; any other line as it is."""
    if not line.startswith("{") or '"stackTrace"' not in line:
        return line
    document = json.loads(line)
    document["stackTrace"] = [entry for entry in document["stackTrace"] if not _RUNTIME_FRAME.search(entry)]
    return json.dumps(document)


def _report(request: Request) -> list[str]:
    headers = {name: request.headers[name] for name in _SEEN_HEADERS if name in request.headers}
    body = _RECURSION_DEPTH.sub("Previous line repeated N more times", request.body.decode("latin-1")).encode("latin-1")
    if _RUNTIME_FRAME.search(body.decode("utf-8", "replace").replace('\\"', '"')):
        document = json.loads(body)
        document["stackTrace"] = [entry for entry in document["stackTrace"] if not _RUNTIME_FRAME.search(entry)]
        body = json.dumps(document).encode()
        del headers["content-length"]  # counts the frames that differ
    return [
        f"to {request.path}",
        *(f"  {name}: {value}" for name, value in headers.items()),
        f"  cause: {_xray_cause(request.headers.get(XRAY_HEADER))}",
        f"  {body!r}",
    ]


def _xray_cause(text: str | None) -> str:
    """The cause with its paths in order (they are a set), and in which of the two forms its JSON is written."""
    if not text:
        return repr(text)
    cause = json.loads(text)
    form = (
        "escaped" if text == json.dumps(cause) else "plain" if text == json.dumps(cause, ensure_ascii=False) else text
    )
    cause["paths"] = sorted(path for path in cause["paths"] if not _RUNTIME_FRAME.search(f'File "{path}"'))
    for exception in cause["exceptions"]:
        frames = [frame for frame in exception["stack"] if not _RUNTIME_FRAME.search(f'File "{frame["path"]}"')]
        exception["stack"] = [frame for frame, _ in itertools.groupby(frames)]
    return f"{form} {cause}"


def without_runtime_lines(text: str) -> str:
    """Log text without the frames of the runtime: in plain text, and in the one-line forms with CR or JSON."""
    separator = "\r" if "\r" in text else "\n"
    kept, skipping = [], False
    for line in text.split(separator):
        indented = line.lstrip("\u00a0 ") != line
        is_frame = line.lstrip("\u00a0 ").startswith("File ")
        if is_frame:
            skipping = bool(_RUNTIME_FRAME.search(line))
        elif not indented:
            skipping = False
        if not skipping:
            kept.append(_without_runtime_entries(line))
    return separator.join(kept)


def _stderr_lines(text: str) -> list[str]:
    lines = without_runtime_lines(text).splitlines()
    return [line for line in lines if line.strip().strip("^~")]
