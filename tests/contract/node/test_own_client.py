"""What our Node.js runtime does where the official clients cannot be asked, or where it is meant to do better."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from pathlib import Path

import pytest

from tests.contract.node.comparison import transcript
from tests.contract.node.node_process import (
    BOTH,
    OWN,
    PATIENCE_S,
    STILL_WAITING,
    Case,
    Generation,
    environment_for,
    node,
    run_case,
    write_code,
)
from tests.contract.node.stream_recording import TRAILER, StreamRecordingApi
from tests.contract.runtimes.recording_api import Event

pytestmark = pytest.mark.skipif(node() is None, reason="there is no Node.js on PATH")

ATTEMPT = "lambda-runtime-invocation-id"
FLOOD = """
exports.handler = async () => {
  process.stdout.write('from now on Node has made the pipe non-blocking\\n');
  for (let i = 0; i < 400; i++) console.log('x'.repeat(1000));
};
"""


@pytest.mark.parametrize("generation", BOTH)
async def test_attempt_id_of_an_invocation_is_echoed(generation: Generation, tmp_path: Path) -> None:
    events = (Event(headers={ATTEMPT: "attempt-1"}), Event(headers={ATTEMPT: "attempt-2"}), Event())
    source = "let n = 0; exports.handler = async () => { n += 1; if (n === 2) throw new Error('second'); };"
    case = Case(name="attempts", source=source, events=events)
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=generation)
    assert [request.headers.get(ATTEMPT) for request in outcome.reports] == ["attempt-1", "attempt-2", None]


async def test_async_handler_that_never_settles_is_told_so_before_node_24(tmp_path: Path) -> None:
    source = "exports.handler = async () => { await new Promise(() => {}); };"
    case = Case(name="never settles", source=source, events=(Event(), Event()))
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=Generation.CALLBACKS)
    assert [json.loads(request.body)["errorType"] for request in outcome.reports] == ["Runtime.NodeJsExit"] * 2
    assert outcome.end == STILL_WAITING


async def test_callback_handler_is_warned_before_node_24(tmp_path: Path) -> None:
    case = Case(name="warned", source="exports.handler = (event, context, callback) => callback(null, 1);")
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=Generation.CALLBACKS)
    assert "\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based" in outcome.stdout
    assert outcome.reports[0].body == b"1"


@pytest.mark.parametrize("generation", BOTH)
async def test_trace_of_a_handler_shows_no_frame_of_node_itself(generation: Generation, tmp_path: Path) -> None:
    case = Case(name="trace", source="exports.handler = () => { throw new Error('boom'); };")
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=generation)
    trace = json.loads(outcome.reports[0].body)["trace"]
    assert trace[1].startswith("    at ")
    assert str(tmp_path) in trace[1]
    assert [line for line in trace if "node:" in line] == []


async def test_stream_that_breaks_off_is_delivered_before_the_next_invocation_is_asked_for(tmp_path: Path) -> None:
    source = """
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('half');
      throw new TypeError('broke off');
    });"""
    case = Case(name="breaks off", source=source, events=(Event(), Event()))
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=Generation.PROMISES)
    assert [request.method for request in outcome.requests] == ["GET", "POST", "GET", "POST", "GET"]
    headers = outcome.reports[0].headers
    assert headers[TRAILER + "lambda-runtime-function-error-type"] == "TypeError"
    document = json.loads(base64.b64decode(headers[TRAILER + "lambda-runtime-function-error-body"]))
    assert document["errorMessage"] == "broke off"


async def test_log_written_faster_than_it_is_read_arrives_whole(tmp_path: Path) -> None:
    case = Case(name="flood", source=FLOOD)
    write_code(case, tmp_path)
    read_end, write_end = os.pipe()
    async with StreamRecordingApi(case.events).listening() as api:
        environment = environment_for(case, api.address, tmp_path, Generation.CALLBACKS)
        # As in an environment: one pipe for what is printed and what is framed.
        environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(write_end)
        process = await asyncio.create_subprocess_exec(
            str(node()), *OWN, env=environment, pass_fds=(write_end,), stdout=write_end, stderr=write_end
        )
        os.close(write_end)
        async with asyncio.timeout(PATIENCE_S):
            received = await asyncio.to_thread(_read_until, read_end, 400)
            await api.exhausted.wait()
        process.kill()
        await process.wait()
    os.close(read_end)
    assert received.count(b"x" * 1000 + b"\n") == 400


def _read_until(fd: int, lines: int) -> bytes:
    received = b""
    while received.count(b"x\n") < lines:
        received += os.read(fd, 4096)
    return received


@pytest.mark.parametrize("generation", BOTH)
async def test_connection_that_was_closed_while_the_handler_ran_is_opened_anew(
    generation: Generation, tmp_path: Path
) -> None:
    events = (Event(close_after_report=True), Event(close_after_report=True), Event())
    source = "exports.handler = async () => new Promise((r) => setTimeout(() => r('late'), 20));"
    case = Case(name="closed", source=source, events=events)
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=generation)
    assert [request.body for request in outcome.reports] == [b'"late"'] * 3


async def test_runtime_that_is_not_declared_is_told_by_the_version_of_node(tmp_path: Path) -> None:
    case = Case(
        name="undeclared",
        source="exports.handler = async (event, context) => typeof context.done;",
        environment={"AWS_EXECUTION_ENV": ""},
    )
    write_code(case, tmp_path)
    outcome = await run_case(case, tmp_path, generation=Generation.CALLBACKS)
    assert transcript(outcome, tmp_path)[-1] == f"end: {STILL_WAITING}"
    assert outcome.reports[0].body in (b'"function"', b'"undefined"')
