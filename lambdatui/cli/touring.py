"""Runs the tour: every function in turn, with the sample event that suits it, in an engine of its own."""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lambdatui.cli import engine_setup, output, tour_text
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.events.catalogue import find
from lambdatui.events.matching import best_sample_name
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentFrozen, EnvironmentPhase, ScratchFile
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest, ServiceError
from lambdatui.service.scratch import list_scratch
from lambdatui.telemetry.bus import Subscription
from lambdatui.telemetry.event import TelemetryEvent

if TYPE_CHECKING:
    from lambdatui.service.engine import Engine

SETTLE_S = 2.0
"""After its answer an environment is frozen, or reset, within milliseconds."""
_FAILURES = {"sqs-single": ("a poison record fails the whole batch", "sqs-batch")}
"""What else is worth seeing, by the sample that suits a function."""


async def tour(project: Project, settings: EngineSettings) -> ExitCode:
    """Prints to stdout as it goes. A function that fails is part of the tour; one that cannot run here is not."""
    code = ExitCode.OK
    async with engine_setup.build_engine(project, settings) as engine:
        engine_setup.tell_notices(engine)
        _print(tour_text.opening(project.name, len(project.functions), engine.backend.name))
        for function in project.functions:
            _print(tour_text.function_heading(function))
            try:
                await _visit(engine, function)
            except ServiceError as error:
                output.line(f"  cannot run: {error.message}")
                code = ExitCode.USAGE
    _print(tour_text.closing())
    return code


async def _visit(engine: "Engine", function: Function) -> None:
    sample = best_sample_name(function.events)
    steps = [("cold start: INIT, then INVOKE", sample), ("warm start: INVOKE only", sample)]
    if sample in _FAILURES:
        steps.append(_FAILURES[sample])
    for title, name in steps:
        _print(tour_text.step_heading(title, name))
        await _step(engine, function, name)


async def _step(engine: "Engine", function: Function, sample: str) -> None:
    log = InvocationLog(function.name, request_id=RequestId(str(uuid.uuid4())), logging=function.logging)
    body = find(sample, engine.project.root).body
    async with engine.bus.subscribe("tour") as events:
        outcome = await engine.invoke(
            InvokeRequest(function=function.name, payload=body, request_id=log.request_id, sample=sample)
        )
        lines, settled = await _settle(events, log)
    _print(tour_text.log(lines))
    _print_outcome(outcome)
    _print(tour_text.numbers(log.report))
    _print(tour_text.aftermath(settled, _files(engine, log)))


async def _settle(events: Subscription, log: InvocationLog) -> tuple[list[str], Sequence[TelemetryEvent]]:
    """The invocation's lines, and what became of its environment afterwards."""
    lines: list[str] = []
    own: list[TelemetryEvent] = []
    try:
        async with asyncio.timeout(SETTLE_S):
            async for batch in events:
                lines += log.feed(batch)
                own += [event for event in batch if event.environment == log.environment]
                after = _after_report(own, log)
                if any(_rests(event) for event in after):
                    return lines, after
    except TimeoutError:
        pass  # a place that cannot freeze says nothing more
    return lines or log.rest(), _after_report(own, log)


def _after_report(own: Sequence[TelemetryEvent], log: InvocationLog) -> Sequence[TelemetryEvent]:
    """It was frozen after its INIT, too; what counts is what comes after the invoke."""
    ends = [index for index, event in enumerate(own) if event.record is log.report]
    return own[ends[0] + 1 :] if ends else ()


def _rests(event: TelemetryEvent) -> bool:
    record = event.record
    if isinstance(record, EnvironmentPhase):
        return record.phase in (Phase.RESET, Phase.DEAD)
    return isinstance(record, EnvironmentFrozen)


def _print_outcome(outcome: InvokeOutcome) -> None:
    if outcome.result is not None:
        _print(tour_text.response(outcome.result.payload, outcome.result.function_error))


def _files(engine: "Engine", log: InvocationLog) -> tuple[ScratchFile, ...]:
    if log.environment is None:
        return ()
    return list_scratch(engine.state.environment_dir(log.environment) / "tmp").files


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        output.line(line)
