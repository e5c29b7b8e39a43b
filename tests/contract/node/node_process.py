"""Runs a Node.js runtime interface client as a real process against a recording Runtime API."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lambdatui.runtimes.node import ENTRY_POINT, RUNTIME_FOLDER
from tests.contract.node.stream_recording import StreamRecordingApi
from tests.contract.runtimes.recording_api import Event, RecordingApi, Request

OWN = (str(RUNTIME_FOLDER / ENTRY_POINT),)
STILL_WAITING = "waiting for the next invocation"
PATIENCE_S = 10


class Generation(StrEnum):
    """Lambda's two Node.js clients."""

    CALLBACKS = "nodejs20.x"
    PROMISES = "nodejs24.x"


BOTH = (Generation.CALLBACKS, Generation.PROMISES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A function, and what happens to it. Without ``source`` there is no app.js."""

    name: str
    source: str = ""
    handler: str = "app.handler"
    events: Sequence[Event] = (Event(),)
    environment: Mapping[str, str] = field(default_factory=dict)
    framed: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    generations: tuple[Generation, ...] = BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a runtime did: requests in order, output, frames, and how it ended."""

    end: int | str
    requests: list[Request]
    stdout: str
    stderr: str
    frames: bytes

    @property
    def reports(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]


@functools.cache
def node() -> str | None:
    """The Node.js to test with: the one on PATH."""
    return shutil.which("node")


@functools.cache
def node_major() -> int:
    answer = subprocess.run([str(node()), "--version"], capture_output=True, text=True, check=True)
    match = re.match(r"v(\d+)", answer.stdout)
    assert match, answer.stdout
    return int(match[1])


def write_code(case: Case, task_root: Path) -> None:
    files = {**({"app.js": case.source} if case.source else {}), **case.files}
    for name, text in files.items():
        path = task_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


async def run_case(
    case: Case,
    task_root: Path,
    *,
    generation: Generation,
    script: Sequence[str] | None = None,
    executable: str | None = None,
) -> Outcome:
    """Run `case` until the process ends or has served all events. The code must be in `task_root` already."""
    read_end, write_end = os.pipe()
    async with StreamRecordingApi(case.events).listening() as api:
        environment = environment_for(case, api.address, task_root, generation)
        if case.framed:
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(write_end)
        process = await asyncio.create_subprocess_exec(
            executable or str(node()),
            *(script or OWN),
            cwd=task_root,
            env=environment,
            pass_fds=(write_end,),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(write_end)
        try:
            end = await _end_of(process, api)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        stdout, stderr = await process.communicate()
        with open(read_end, "rb") as frames:  # noqa: ASYNC230 - every writer is gone: this cannot block
            framed = frames.read()
        return Outcome(end=end, requests=api.requests, stdout=stdout.decode(), stderr=stderr.decode(), frames=framed)


async def _end_of(process: asyncio.subprocess.Process, api: RecordingApi) -> int | str:
    async with asyncio.timeout(PATIENCE_S):
        exited = asyncio.ensure_future(process.wait())  # noqa: TID251
        idle = asyncio.ensure_future(api.exhausted.wait())  # noqa: TID251
        done, pending = await asyncio.wait((exited, idle), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    if exited in done:
        return exited.result()
    return STILL_WAITING


def environment_for(case: Case, address: str, task_root: Path, generation: Generation) -> dict[str, str]:
    return {
        "AWS_LAMBDA_RUNTIME_API": address,
        "_HANDLER": case.handler,
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{generation}",
        "AWS_LAMBDA_FUNCTION_NAME": "fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef",
        "TZ": ":UTC",
        "PATH": os.environ.get("PATH", ""),
        **case.environment,
    }
