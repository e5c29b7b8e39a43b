"""Runs a runtime interface client as a real process against a recording Runtime API, and says all that came of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.runtimes.recording_api import Event, RecordingApi, Request

BOOTSTRAP = Path(__file__).parents[3] / "lambdatui" / "runtimes" / "python" / "bootstrap.py"
STILL_WAITING = "waiting for the next invocation"
PATIENCE_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A function, and what happens to it."""

    name: str
    source: str = ""
    handler: str = "app.handler"
    events: tuple[Event, ...] = (Event(),)
    environment: Mapping[str, str] = field(default_factory=dict)
    framed: bool = False
    signal_when_idle: signal.Signals | None = None  # sent when all events are served; then one more event follows
    dies: bool = False  # the runtime gives up because of what the Runtime API did, and says so in its own words
    restore_status: int = 200  # the answer to restore/next
    files: Mapping[str, str] = field(default_factory=dict)


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


def official_command(handler: str) -> list[str]:
    return [sys.executable, "-m", "awslambdaric", handler]


def official_in_its_place(*options: str) -> list[str]:
    """AWS's client as a sandbox starts it, from the function's dependencies."""
    return [sys.executable, *options, str(BOOTSTRAP.with_name("official_client.py"))]


def own_command(executable: str = sys.executable) -> list[str]:
    return [executable, str(BOOTSTRAP)]


def write_code(case: Case, task_root: Path) -> None:
    for name, text in {"app.py": case.source, **case.files}.items():
        path = task_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


async def run_case(case: Case, command: list[str], task_root: Path) -> Outcome:
    """Run `case` until the process ends or has served all events. The code must be in `task_root` already."""
    read_end, write_end = os.pipe()
    async with RecordingApi(case.events, case.restore_status).listening() as api:
        environment = environment_for(case, api.address, task_root)
        if case.framed:
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(write_end)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=task_root,
            env=environment,
            pass_fds=(write_end,),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(write_end)
        (stdout, stderr), end = await asyncio.gather(
            process.communicate(), _end_of(process, api, case.signal_when_idle)
        )
        with open(read_end, "rb") as frames:  # noqa: ASYNC230 - every writer is gone: this cannot block
            framed = frames.read()
        return Outcome(end=end, requests=api.requests, stdout=stdout.decode(), stderr=stderr.decode(), frames=framed)


async def _end_of(
    process: asyncio.subprocess.Process, api: RecordingApi, signal_when_idle: signal.Signals | None
) -> int | str:
    end = await _ended_or_idle(process, api)
    if end != STILL_WAITING:
        return end
    if signal_when_idle is None:
        process.kill()
        return STILL_WAITING
    process.send_signal(signal_when_idle)
    api.one_more.set()
    async with asyncio.timeout(PATIENCE_S):
        return await process.wait()


async def _ended_or_idle(process: asyncio.subprocess.Process, api: RecordingApi) -> int | str:
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


def environment_for(case: Case, address: str, task_root: Path) -> dict[str, str]:
    return {
        "AWS_LAMBDA_RUNTIME_API": address,
        "_HANDLER": case.handler,
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": "fn",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef",
        "LANG": "en_US.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ.get("PATH", ""),
        **case.environment,
    }
