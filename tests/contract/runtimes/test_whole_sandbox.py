"""Our bootstrap, forked warm, and AWS's client, executed, in real places: to the service they are the same function."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lambdatui.model.ids import EnvironmentId
from lambdatui.runtimes.python_programs import official_program
from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
from lambdatui.sandbox.protocol import ExtensionExit, RuntimeExit, RuntimeSpec, Sandbox, SandboxSpec
from lambdatui.telemetry.log_frames import LogLine, LogParser
from tests.contract.runtimes.comparison import masked, transcript, without_runtime_lines
from tests.contract.runtimes.recording_api import Event, RecordingApi
from tests.contract.runtimes.restore_cases import HOOKS, SNAP_START
from tests.contract.runtimes.runtime_process import (
    PATIENCE_S,
    STILL_WAITING,
    Case,
    Outcome,
    environment_for,
    write_code,
)

COUNTING = "CALLS = []\ndef handler(event, context):\n    CALLS.append(event)\n    return CALLS\n"
TALKING = """
import logging, os, sys
log = logging.getLogger("mine")
logging.warning("while importing")
def handler(event, context):
    print("printed"); log.warning("logged é"); os.write(2, b"raw\\n"); sys.stderr.write("to stderr\\n")
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("caught")
    return sorted(name for name in os.environ if "TELEMETRY" in name)
"""
SURROUNDINGS = """
import os, sys
listing = os.open("/proc/self/fd", os.O_RDONLY)
KINDS = sorted(os.readlink(f"/proc/self/fd/{fd}").partition(":")[0] for fd in os.listdir(listing) if int(fd) < 3)
def handler(event, context):
    return [os.getcwd(), KINDS, __file__, dict(os.environ, AWS_LAMBDA_RUNTIME_API=""), os.getsid(0) == os.getpid(),
            context.aws_request_id, context.get_remaining_time_in_millis() > 0, sys.path[0]]
"""
CASES = [
    Case(name="cold, then warm twice", source=COUNTING, events=(Event(body=b"1"), Event(body=b"2"), Event(body=b"3"))),
    # Without a locale an interpreter that is executed makes up LC_CTYPE; the service sets it.
    Case(name="surroundings", source=SURROUNDINGS, environment={"LC_CTYPE": "C.UTF-8"}),
    Case(name="log as text", source=TALKING),
    Case(name="log as JSON", source=TALKING, environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    Case(
        name="log with level",
        source=TALKING,
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "ERROR"},
    ),
    Case(name="exception", source="def handler(e, c):\n    raise ValueError('several\\nlines é')\n"),
    Case(
        name="exception, then an answer",
        source="def handler(e, c):\n    return 1 / e\n",
        events=(Event(body=b"0"),) * 2,
    ),
    Case(name="result that is not JSON", source="def handler(e, c):\n    return object()\n"),
    Case(name="exit in the handler", source="import sys\ndef handler(e, c):\n    sys.exit(3)\n"),
    Case(name="end without a word", source="import os\ndef handler(e, c):\n    os._exit(0)\n"),
    Case(name="killed", source="import os\ndef handler(e, c):\n    os.kill(os.getpid(), 9)\n"),
    Case(name="exception at import", source="1 / 0\n"),
    Case(name="exit at import", source="import sys\nsys.exit(5)\n"),
    Case(name="missing handler", source="x = 1\n"),
    Case(name="snapshot", source=HOOKS, environment=SNAP_START),
    Case(name="failing hook", source=f"{HOOKS}register_after_restore(int, 'x')\n", environment=SNAP_START),
]

ENDS = {
    "exit in the handler": 3,
    "end without a word": 0,
    "killed": "SIGKILL",
    "exception at import": 1,
    "exit at import": 5,
    "missing handler": 1,
    "failing hook": 65,
}


@dataclass(slots=True)
class Witness:
    """Fulfils ``SandboxListener``."""

    ended: asyncio.Future[RuntimeExit] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def runtime_exited(self, happened: RuntimeExit) -> None:
        self.ended.set_result(happened)

    def extension_exited(self, happened: ExtensionExit) -> None:
        raise AssertionError(happened)

    def processes_gone(self, generation: int) -> None:
        self.gone.set()

    def sandbox_lost(self, reason: str) -> None:
        raise AssertionError(reason)


@pytest.fixture(params=[pytest.param("namespaces", marks=pytest.mark.namespaces), "plain"])
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[ProcessBackend]:
    if request.param == "namespaces" and (refusal := try_namespaces(RUNTIME_DIR).refusal) is not None:
        pytest.skip(f"no namespaces here: {refusal}")
    made = ProcessBackend(isolation=Isolation(request.param))
    yield made
    await made.close()


async def run_in_a_place(
    case: Case, backend: ProcessBackend, folder: Path, official: bool
) -> tuple[Outcome, list[LogLine]]:
    """The same as ``run_case``, with all output in the place's one pipe."""
    witness = Witness()
    sandbox = await backend.create(_spec(folder), witness)
    async with RecordingApi(case.events, case.restore_status).listening() as api:
        paths = sandbox.paths
        environ = environment_for(case, api.address, Path(paths.task_root)) | {"LAMBDA_RUNTIME_DIR": paths.runtime_dir}
        program = official_program(sys.executable, runtime_dir=paths.runtime_dir) if official else None
        sandbox.start_runtime(RuntimeSpec(generation=1, environ=environ, program=program))
        async with asyncio.timeout(PATIENCE_S):
            idle = asyncio.ensure_future(api.exhausted.wait())  # noqa: TID251
            await asyncio.wait((idle, witness.ended), return_when=asyncio.FIRST_COMPLETED)
            end = _end(witness)
            sandbox.kill_processes()
            await witness.gone.wait()
            await idle if end == STILL_WAITING else idle.cancel()
    lines = LogParser().feed(_everything(sandbox)) if end == STILL_WAITING else _all_lines(_everything(sandbox))
    await sandbox.close()
    return Outcome(end=end, requests=api.requests, stdout="", stderr="", frames=b""), lines


def _spec(folder: Path) -> SandboxSpec:
    for name in ("tmp", "bytecode"):
        (folder / name).mkdir(parents=True)
    return SandboxSpec(
        environment_id=EnvironmentId(folder.name),
        interpreter=sys.executable,
        code_dir=folder.parent / "code",
        tmp_dir=folder / "tmp",
        bytecode_dir=folder / "bytecode",
    )


def _end(witness: Witness) -> int | str:
    if not witness.ended.done():
        return STILL_WAITING
    happened = witness.ended.result()
    return happened.exit_code if happened.signal is None else signal.Signals(happened.signal).name  # type: ignore[return-value]


def _everything(sandbox: Sandbox) -> bytes:
    """All that was written: nobody is left who could write more."""
    chunks = []
    while True:
        try:
            chunks.append(os.read(sandbox.log_fd, 65536))
        except BlockingIOError:
            return b"".join(chunks)


def _all_lines(written: bytes) -> list[LogLine]:
    parser = LogParser()
    return parser.feed(written + b"\n")


def _seen(outcome: Outcome, lines: list[LogLine]) -> list[str]:
    return [
        *transcript(outcome),
        *(f"{line.level} {line.framed} {without_runtime_lines(masked(line.text))!r}" for line in lines),
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_both_clients_look_the_same_from_outside(case: Case, backend: ProcessBackend, tmp_path: Path) -> None:
    write_code(case, tmp_path / "code")
    own, official = [
        _seen(*await run_in_a_place(case, backend, tmp_path / kind, kind == "official")) for kind in ("own", "official")
    ]
    assert own == official
    assert f"end: {ENDS.get(case.name, STILL_WAITING)}" in own


async def test_runtime_tells_with_its_answer_whether_it_has_needed_no_more_memory(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    source = "HELD = []\ndef handler(megabytes, context):\n    HELD.append(bytearray(megabytes << 20))\n"
    settled, grows = (Event(body=b"0"),) * 30, (Event(body=b"40"),)
    case = Case(name="grows at last", source=source, events=settled + grows + settled)
    write_code(case, tmp_path / "code")
    outcome, _ = await run_in_a_place(case, backend, tmp_path / "own", official=False)
    told = [each.headers.get("lambdatui-peak-memory") for each in outcome.requests if each.method == "GET"]
    assert (told[0], told[31]) == (None, None)
    assert "same" in told[20:31]
    assert "same" in told[-10:]


async def test_second_generation_under_the_official_client_starts_anew(backend: ProcessBackend, tmp_path: Path) -> None:
    case = Case(name="again", source=COUNTING, events=(Event(body=b"1"), Event(body=b"2")))
    write_code(case, tmp_path / "code")
    witness = Witness()
    sandbox = await backend.create(_spec(tmp_path / "place"), witness)
    for generation in (1, 2):
        async with RecordingApi(replace(case).events).listening() as api:
            environ = environment_for(case, api.address, Path(sandbox.paths.task_root))
            program = official_program(sys.executable, runtime_dir=sandbox.paths.runtime_dir)
            sandbox.start_runtime(RuntimeSpec(generation=generation, environ=environ, program=program))
            async with asyncio.timeout(PATIENCE_S):
                await api.exhausted.wait()
                sandbox.kill_processes()
                await witness.gone.wait()
        witness.gone.clear()
        witness.ended = asyncio.get_running_loop().create_future()
        assert [json.loads(report.body) for report in api.reports] == [[1], [1, 2]]
    await sandbox.close()
