"""While a function runs and nobody else asks for it, the engine does what can wait. No call waits for its record."""

import asyncio
from pathlib import Path

from lambdatui.model.history import HistoryQuery, Outcome
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import InvokeStart
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError
from lambdatui.telemetry.bus import Overflow, Subscription
from tests.support.running import DEADLINE_S, Running, running, write_project

WAITS = """
import os, time
def handler(event, context):
    while event and not os.path.exists(event):
        time.sleep(0.01)
"""


class Lulls(Subscription):
    """Counts them."""

    def __init__(self) -> None:
        super().__init__("lulls", Overflow.DROP_OLDEST)
        self.reads_in_lulls = True
        self.count = 0

    def enough(self) -> None:
        self.count += 1


async def test_engine_has_a_lull_while_a_warm_invoke_runs_and_none_while_others_do(tmp_path: Path) -> None:
    go_on = tmp_path / "waits" / "go-on"
    async with running(write_project(tmp_path, {"waits": WAITS}, {"waits": "timeout = 20"})) as run:
        run.engine.bus.add(lulls := Lulls())
        await run.tail("waits")  # to its REPORT: until then it counts
        cold = lulls.count
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as calls:
            calls.create_task(run.tail("waits", "/var/task/go-on"))
            await run.until(InvokeStart, after=run.engine.bus.seq)
            alone = lulls.count
            for _ in range(2):
                await run.tail("waits")
            beside_another = lulls.count
            go_on.touch()
        await run.tail("waits")
    assert (cold, alone, beside_another, lulls.count) == (0, 1, 1, 2)


async def test_call_that_is_refused_at_once_is_in_the_history_with_its_answer(tmp_path: Path) -> None:
    source = "def handler(event, context): ..."
    root = write_project(tmp_path, {"never": source}, {"never": "reserved_concurrent_executions = 0"})
    answers: list[InvokeOutcome | ServiceError] = []
    async with running(root) as run:
        run.engine.begin_invoke(InvokeRequest(function=FunctionName("never"), payload=b"{}"), answers.append)
        assert [type(answer) for answer in answers] == [ServiceError]
        assert await outcomes(run) == [(Outcome.REFUSED, "TooManyRequestsException")]


async def outcomes(run: Running) -> list[tuple[Outcome, str | None]]:
    found = await run.engine.store.invocations.find(HistoryQuery())
    return [(each.outcome, each.error_type) for each in found]
