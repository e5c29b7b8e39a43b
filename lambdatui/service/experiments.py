"""Trials: a function in a fresh environment of its own, measured by its REPORTs, and nothing of it left afterwards.

Knows nothing of what an experiment is about: a series of trials is the affair of whoever asks for them.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from lambdatui.model.experiments import Experiment, ImportCost, Trial, TrialInvoke, TrialOrder
from lambdatui.model.function import Function
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.records import FunctionLog, Report
from lambdatui.service.error_name import error_name
from lambdatui.service.function_pool import FunctionPool
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.folding import Folding

IMPORT_TIMES_VARIABLE = "LAMBDATUI_IMPORT_TIMES"
"""Asks the Python bootstrap for the times of the handler's imports; it is gone before user code runs."""
GONE_S = 3.0
"""An environment with extensions has 2 s to end; the trial waits that long, so that the next one is not disturbed."""
_log = logging.getLogger(__name__)
_IMPORT_LINE = re.compile(r"import time: +(\d+) \| +(\d+) \| ( *)(\S+)$")


class Laboratory(Protocol):
    """The engine, as far as trials need it."""

    @property
    def bus(self) -> Bus: ...
    @property
    def variants(self) -> list[FunctionPool]: ...
    def function(self, name: str) -> Function: ...
    def variant(self, function: Function, *, cpu_share: bool) -> FunctionPool: ...
    async def invoke_variant(self, pool: FunctionPool, request: InvokeRequest) -> InvokeOutcome: ...


async def run_trial(laboratory: Laboratory, name: str, order: TrialOrder) -> Trial:
    """One cold invoke and the warm ones behind it. Cancelling it ends its environment. Raises ServiceError."""
    function = _varied(laboratory.function(name), order)
    pool = laboratory.variant(function, cpu_share=order.cpu_share)
    try:
        with _watching(laboratory.bus, function.name) as seen:
            answers = [await _invoke(laboratory, pool, order.payload) for _ in range(order.warm_invokes + 1)]
        invokes = [seen.figures(answer) for answer in answers]
        return Trial(
            memory_mb=function.memory_mb,
            cold=invokes[0],
            warm=tuple(invokes[1:]),
            imports=seen.imports(invokes[0].environment),
        )
    finally:
        await _end(laboratory, pool)


def _varied(function: Function, order: TrialOrder) -> Function:
    """Reserved concurrency is the function's own affair: a trial takes nothing of it, and 0 does not forbid trials."""
    asked = {IMPORT_TIMES_VARIABLE: "1"} if order.import_times and function.runtime.startswith("python") else {}
    return replace(
        function,
        memory_mb=order.memory_mb or function.memory_mb,
        reserved_concurrency=None,
        environment={**function.environment, **asked},
    )


async def _invoke(laboratory: Laboratory, pool: FunctionPool, payload: bytes) -> InvokeOutcome:
    asked = InvokeRequest(function=pool.name, payload=payload, experiment=Experiment.TRIAL)
    return await laboratory.invoke_variant(pool, asked)


async def _end(laboratory: Laboratory, pool: FunctionPool) -> None:
    pool.stop("the trial is over")
    gone = [driver.gone.wait() for driver in pool.drivers.values()]
    try:
        async with asyncio.timeout(GONE_S):
            await asyncio.gather(*gone)
    except TimeoutError:
        _log.warning("an environment of a trial was not gone after %s s; it ends when its extensions do", GONE_S)
    finally:
        laboratory.variants.remove(pool)


class _Seen:
    """What the stream said of the trial, by request and by environment."""

    def __init__(self, function: FunctionName) -> None:
        self._function = function
        self._reports: dict[RequestId, tuple[Report, EnvironmentId | None]] = {}
        self._imports: dict[EnvironmentId | None, list[ImportCost]] = {}
        self.waiting = Folding("trial", self.take)

    def take(self) -> None:
        for event in self.waiting.drain():
            if event.function != self._function:
                continue
            if isinstance(event.record, Report):
                self._reports[event.record.request_id] = (event.record, event.environment)
            elif isinstance(event.record, FunctionLog):
                costs = [cost for line in event.record.lines if (cost := _import_cost(line)) is not None]
                self._imports.setdefault(event.environment, []).extend(costs)

    def figures(self, answer: InvokeOutcome) -> TrialInvoke:
        report, environment = self._reports[answer.request_id]
        metrics, result = report.metrics, answer.result
        return TrialInvoke(
            request_id=answer.request_id,
            environment=environment,
            duration_ms=metrics.duration_ms,
            billed_ms=metrics.billed_duration_ms,
            init_ms=metrics.init_duration_ms,
            restore_ms=metrics.restore_duration_ms,
            memory_used_mb=metrics.max_memory_used_mb,
            error=None if result is None or result.function_error is None else error_name(result),
        )

    def imports(self, environment: EnvironmentId | None) -> tuple[ImportCost, ...]:
        """With SnapStart they were made elsewhere, in the environment that has the snapshot."""
        costs = self._imports.get(environment) or [cost for made in self._imports.values() for cost in made]
        return tuple(costs)


@contextmanager
def _watching(bus: Bus, function: FunctionName) -> Iterator[_Seen]:
    seen = _Seen(function)
    bus.add(seen.waiting)
    try:
        yield seen
    finally:
        bus.detach(seen.waiting)
        seen.take()


def _import_cost(line: str) -> ImportCost | None:
    """A line as Python's own ``-X importtime`` writes it, in microseconds."""
    found = _IMPORT_LINE.fullmatch(line)
    if found is None:
        return None
    return ImportCost(
        module=found[4], self_ms=int(found[1]) / 1000, cumulative_ms=int(found[2]) / 1000, depth=len(found[3]) // 2
    )
