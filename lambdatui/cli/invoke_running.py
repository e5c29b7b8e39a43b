"""One invocation by the project's running engine, through the same API as everybody else's."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

from lambdatui.cli import projects
from lambdatui.cli.calls import Answer, LogFollower, Order, Show
from lambdatui.cli.client_errors import failed
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.client import ClientError, EngineClient
from lambdatui.model.function import Function, LoggingConfig
from lambdatui.model.ids import FunctionName
from lambdatui.service.rendezvous import Rendezvous
from lambdatui.service.tasks import Tasks
from lambdatui.telemetry.event import TelemetryEvent

KILL_S = 2.0


async def choose(rendezvous: Rendezvous, wanted: str | None) -> Function:
    """The function that is meant, as the running engine knows it."""
    try:
        async with EngineClient.at(rendezvous) as client:
            project = await client.functions()
    except ClientError as error:
        raise failed(error) from error
    known = {function.name: function for function in project.functions}
    return known[FunctionName(projects.choose_function(wanted, list(known), project.problems))]


async def invoke_running(
    rendezvous: Rendezvous, order: Order, logging: LoggingConfig, show: Show
) -> tuple[Answer, InvocationLog]:
    """Leaving early (Ctrl-C) kills the environment that the invocation runs in. Raises CommandFailed."""
    log = InvocationLog(order.function, payload_bytes=len(order.event.payload), logging=logging)
    follower = LogFollower(log, show, is_over=lambda log: log.report is not None)
    tasks = Tasks()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(EngineClient.at(rendezvous))
        stack.push_async_callback(tasks.cancel_background)
        try:
            if order.runs and not order.asynchronous:
                after = (await client.snapshot()).seq
                tasks.spawn("log of the invocation", follower.run(_events(client, after)), background=True)
            answer = await _answer(client, order)
        except ClientError as error:
            raise failed(error) from error
        except asyncio.CancelledError:
            await _kill(client, log)
            raise
        if order.runs and not order.asynchronous:
            follower.settle(answer)
            await follower.last_lines()
    return answer, log


async def _answer(client: EngineClient, order: Order) -> Answer:
    result = await client.invoke(
        order.function,
        order.event.payload,
        invocation_type=order.invocation_type,
        qualifier=order.qualifier,
        sample=order.event.sample,
    )
    return Answer(
        status_code=result.status_code,
        request_id=result.request_id,
        payload=result.payload,
        function_error=result.function_error,
        executed_version=result.executed_version,
    )


async def _events(client: EngineClient, after: int) -> AsyncIterator[Sequence[TelemetryEvent]]:
    """The stream; it ends where the engine does, and whoever waits for the answer hears of that anyway."""
    try:
        async for batch in client.events(after):
            yield batch
    except ClientError:
        return


async def _kill(client: EngineClient, log: InvocationLog) -> None:
    """Ctrl-C while the function runs: without this it would run on to its timeout."""
    if log.environment is None or log.report is not None:
        return
    async with asyncio.timeout(KILL_S):
        try:
            await client.kill_environment(log.environment)
        except ClientError:
            return  # it ended by itself in this moment
