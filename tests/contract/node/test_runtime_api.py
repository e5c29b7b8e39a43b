"""Our Node.js runtime as a process in front of the real Runtime API and the real environment machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from tests.contract.node.node_process import OWN, Case, Generation, environment_for, node
from tests.contract.runtime_api.stage import Stage, invocation

pytestmark = pytest.mark.skipif(node() is None, reason="there is no Node.js on PATH")

HANDLERS = """
exports.echo = async (event, context) => ({ event, id: context.awsRequestId, arn: context.invokedFunctionArn });
exports.fail = async () => { throw new RangeError('no <order>'); };
exports.large = async (event) => 'x'.repeat(event.n);
exports.stream = awslambda.streamifyResponse(async (event, stream) => {
  for (const part of ['one ', 'two ', 'three']) stream.write(part);
  stream.end();
});
exports.breakOff = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('half');
  throw new TypeError('broke off');
});
"""

Start = Callable[[str], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as ready:
        yield ready


@pytest.fixture
async def start(stage: Stage, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the runtime with one of the handlers above."""
    (tmp_path / "app.js").write_text(HANDLERS)
    started: list[asyncio.subprocess.Process] = []

    async def run(handler: str) -> asyncio.subprocess.Process:
        case = Case(name=handler, handler=f"app.{handler}")
        environment = environment_for(case, stage.api.address, tmp_path, Generation.CALLBACKS)
        process = await asyncio.create_subprocess_exec(
            str(node()), *OWN, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_event_and_result_travel_unchanged(stage: Stage, start: Start) -> None:
    await start("echo")
    for request_id in ("r-1", "r-2"):
        await stage.invoke(invocation(request_id, '{"é": [1, null]}'.encode()))
        result = await stage.result()
        assert json.loads(result.payload) == {
            "event": {"é": [1, None]},
            "id": request_id,
            "arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
        }


async def test_failure_reaches_the_caller_and_the_environment_goes_on(stage: Stage, start: Start) -> None:
    await start("fail")
    for request_id in ("r-1", "r-2"):
        await stage.invoke(invocation(request_id))
        document = json.loads((await stage.result()).payload)
        assert (document["errorType"], document["errorMessage"]) == ("RangeError", "no <order>")


async def test_result_too_large_is_refused_and_the_next_one_is_not(stage: Stage, start: Start) -> None:
    await start("large")
    await stage.invoke(invocation("r-1", json.dumps({"n": MAX_RESPONSE_BYTES}).encode()))
    assert json.loads((await stage.result()).payload)["errorType"] == "Function.ResponseSizeTooLarge"
    await stage.invoke(invocation("r-2", b'{"n": 3}'))
    assert (await stage.result()).payload == b'"xxx"'


async def test_streamed_response_reaches_a_caller_who_waits_for_all_of_it(stage: Stage, start: Start) -> None:
    await start("stream")
    for request_id in ("r-1", "r-2"):
        await stage.invoke(invocation(request_id))
        assert (await stage.result()).payload == b"one two three"


async def test_stream_that_breaks_off_is_an_error_for_such_a_caller(stage: Stage, start: Start) -> None:
    await start("breakOff")
    await stage.invoke()
    document = json.loads((await stage.result()).payload)
    assert (document["errorType"], document["errorMessage"]) == ("TypeError", "broke off")


async def test_handler_that_is_missing_is_an_init_error(stage: Stage, start: Start) -> None:
    process = await start("absent")
    assert await process.wait() == 129
    posted = [happened for happened in stage.seen if isinstance(happened, inputs.RuntimePostedInitError)]
    assert [each.error_type for each in posted] == ["Runtime.HandlerNotFound"]
