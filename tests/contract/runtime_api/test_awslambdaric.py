"""AWS's own Python runtime interface client as a process, talking to our Runtime API."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from tests.contract.runtime_api.stage import Stage, invocation

HANDLERS = """
def echo(event, context):
    return {"event": event, "id": context.aws_request_id, "arn": context.invoked_function_arn,
            "client": context.client_context and context.client_context.client.app_title,
            "tenant": context.tenant_id, "left": context.get_remaining_time_in_millis()}

def fail(event, context):
    raise ValueError("no <order>")

def large(event, context):
    return "x" * event["bytes"]
"""

Start = Callable[[str], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start(stage: Stage, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the runtime with one of the handlers above."""
    (tmp_path / "handlers.py").write_text(HANDLERS)
    started: list[asyncio.subprocess.Process] = []

    async def run(handler: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "awslambdaric",
            handler,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(tmp_path),
                "LAMBDA_TASK_ROOT": str(tmp_path),
                "AWS_LAMBDA_RUNTIME_API": stage.api.address,
                "AWS_LAMBDA_FUNCTION_NAME": "orders",
                "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            },
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_invocations_run_through_it_one_after_the_other(stage: Stage, start: Start) -> None:
    await start("handlers.echo")
    for number in range(20):
        await stage.invoke(invocation(f"r-{number}", b'{"n":%d}' % number))
        result = await stage.result()
        answer = json.loads(result.payload)
        assert (answer["event"], answer["id"]) == ({"n": number}, f"r-{number}")
        assert result.content_type == "application/json"


async def test_it_understands_the_headers_of_an_event(stage: Stage, start: Start) -> None:
    await start("handlers.echo")
    await stage.invoke(
        replace(invocation(), tenant_id="t-1", client_context='{\n "client": {"app_title": "t\u00eft"}\n}')
    )
    answer = json.loads((await stage.result()).payload)
    assert (answer["tenant"], answer["arn"]) == ("t-1", "arn:aws:lambda:us-east-1:123456789012:function:orders")
    assert answer["client"] == "t\u00eft"


async def test_the_exception_of_a_handler_reaches_the_caller(stage: Stage, start: Start) -> None:
    await start("handlers.fail")
    await stage.invoke()
    result = await stage.result()
    document = json.loads(result.payload)
    assert (document["errorType"], document["errorMessage"]) == ("ValueError", "no <order>")
    assert (result.function_error, result.error_type) == ("Unhandled", "Runtime.Unknown")


async def test_a_response_of_the_limit_comes_through(stage: Stage, start: Start) -> None:
    await start("handlers.large")
    await stage.invoke(invocation("r-1", b'{"bytes":%d}' % (MAX_RESPONSE_BYTES - 2)))
    assert len((await stage.result()).payload) == MAX_RESPONSE_BYTES


async def test_a_response_over_the_limit_fails_for_its_size_before_the_client_gives_up(
    stage: Stage, start: Start
) -> None:
    process = await start("handlers.large")
    await stage.invoke(invocation("r-1", b'{"bytes":%d}' % MAX_RESPONSE_BYTES))
    assert (await stage.result()).error_type == "Function.ResponseSizeTooLarge"
    assert await process.wait() == 1  # the environment is usable, the client does not use it


async def test_a_handler_that_is_not_there_is_an_init_error_and_ends_it(stage: Stage, start: Start) -> None:
    process = await start("handlers.missing")
    assert await process.wait() == 1
    (error,) = [happened for happened in stage.seen if isinstance(happened, inputs.RuntimePostedInitError)]
    assert error.error_type == "Runtime.HandlerNotFound"
    assert json.loads(error.payload)["errorType"] == "Runtime.HandlerNotFound"


async def test_it_dies_when_its_runtime_api_goes_away(stage: Stage, start: Start) -> None:
    process = await start("handlers.echo")
    await stage.became_idle()
    stage.api.close()
    assert await process.wait() != 0
