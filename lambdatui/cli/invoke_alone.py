"""One invocation in an engine of its own, inside this process: for a project without a running engine."""

import logging
import uuid
from typing import TYPE_CHECKING

from lambdatui.cli import diagnostics, engine_setup
from lambdatui.cli.calls import LAST_LINES_S, Answer, LogFollower, Order, Show, refused
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.cli.order_checks import check_order
from lambdatui.model import limits
from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.service.invoking import InvokeRequest, ServiceError
from lambdatui.store.errors import StoreError

if TYPE_CHECKING:
    from lambdatui.service.engine import Engine


async def invoke_alone(
    project: Project, settings: EngineSettings, order: Order, show: Show
) -> tuple[Answer, InvocationLog]:
    """Leaving early (Ctrl-C) kills the environment. Raises CommandFailed for what is refused.

    An asynchronous event is on disk once accepted; its first attempt runs here, its retries wait for an engine.
    """
    function = next(each for each in project.functions if each.name == order.function)
    interpreter = check_order(order, function, project.root)
    request_id = RequestId(str(uuid.uuid4()))
    log = InvocationLog(order.function, request_id=request_id, logging=function.logging)
    follower = LogFollower(log, show, is_over=_is_over_async if order.asynchronous else _is_over)
    backend = engine_setup.build_backend(settings)
    await engine_setup.start_interpreter(backend, interpreter)
    engine = engine_setup.build_engine(project, settings, backend)
    last_lines_s = LAST_LINES_S + (limits.INIT_TIMEOUT_S + function.timeout_s if order.asynchronous else 0)
    answer: Answer | None = None
    # What cannot be written is not tried again here, but told once, below.
    logging.getLogger("lambdatui.store.recorder").setLevel(logging.ERROR)
    try:
        async with engine:
            answer = await _call(engine, order, follower, last_lines_s)
    except StoreError as error:
        if answer is None:
            raise
        # The function has run, and whoever called it must not be told otherwise.
        diagnostics.warning(f"this invocation is not in the history: {error}")
    return answer, log


async def _call(engine: "Engine", order: Order, follower: LogFollower, last_lines_s: float) -> Answer:
    engine_setup.tell_notices(engine)
    async with engine.bus.subscribe("command line") as batches:
        engine.spawn_background("log of the invocation", follower.run(batches))
        try:
            answer = await _answer(engine, order, follower.log.request_id)
        except ServiceError as error:
            raise refused(error.status_code, error.name, error.message) from error
        if order.runs:
            await follower.last_lines(last_lines_s)
    return answer


async def _answer(engine: "Engine", order: Order, request_id: RequestId | None) -> Answer:
    outcome = await engine.invoke(
        InvokeRequest(
            function=FunctionName(order.function),
            payload=order.event.payload,
            invocation_type=order.invocation_type,
            qualifier=order.qualifier,
            request_id=request_id,
            sample=order.event.sample,
        )
    )
    result = outcome.result
    return Answer(
        status_code=outcome.status_code,
        request_id=outcome.request_id,
        payload=b"" if result is None else result.payload,
        function_error=None if result is None else result.function_error,
        executed_version=outcome.executed_version,
    )


def _is_over(log: InvocationLog) -> bool:
    return log.report is not None


def _is_over_async(log: InvocationLog) -> bool:
    return log.attempt_ended
