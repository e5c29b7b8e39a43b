"""Past events sent again, to the code as it is now: by the running engine, or by one of our own for these calls."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lambdatui.cli import history_reading
from lambdatui.cli.client_errors import failed
from lambdatui.cli.engine_setup import EngineSettings, tell_in_vain
from lambdatui.cli.failures import CommandFailed
from lambdatui.client import ClientError, EngineClient
from lambdatui.events.answer_diff import Change, diff_answers
from lambdatui.events.capture import CapturedEvent, CaptureError, read_captured
from lambdatui.model.ids import FunctionName
from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import Rendezvous


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of one invocation."""

    request_id: str
    payload: bytes
    function_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """``changes`` is None where there was no earlier answer to compare with."""

    event: CapturedEvent
    function: str
    answer: Answered
    changes: tuple[Change, ...] | None


Send = Callable[[str, bytes], Awaitable[Answered]]


async def chosen_events(root: Path, named: Sequence[str]) -> list[CapturedEvent]:
    """Each name is a file of captured events, or an invocation of the history. Raises CommandFailed."""
    events: list[CapturedEvent] = []
    for name in named:
        if (captured := _of_file(Path(name))) is not None:
            events += captured
            continue
        detail = await history_reading.get(root, name)
        events.append(
            CapturedEvent(
                payload=detail.invocation.payload,
                function=detail.summary.function,
                response=detail.response,
                request_id=detail.summary.request_id,
            )
        )
    return events


def _of_file(file: Path) -> Sequence[CapturedEvent] | None:
    """None where there is no such file."""
    if not file.is_file():
        return None
    try:
        return read_captured(file.read_bytes())
    except CaptureError as error:
        raise CommandFailed(f"{file}: {error}", "write one JSON document, or one on each line") from error


async def replay(events: Sequence[CapturedEvent], function: str | None, send: Send) -> AsyncIterator[Replayed]:
    """One after the other. ``function`` is for events that do not say whose they are, and for all if given."""
    for event in events:
        target = function or event.function
        if target is None:
            raise CommandFailed("whose events are these?", "name the function: --function NAME")
        answer = await send(target, event.payload)
        yield Replayed(event=event, function=target, answer=answer, changes=_changes(event, answer))


def _changes(event: CapturedEvent, answer: Answered) -> tuple[Change, ...] | None:
    """That each invocation has a request id of its own is no difference."""
    before = event.response
    if before is None:
        return None
    if event.request_id is not None:
        before = before.replace(event.request_id.encode(), answer.request_id.encode())
    return diff_answers(before, answer.payload)


@asynccontextmanager
async def sender(settings: EngineSettings, root: Path) -> AsyncIterator[Send]:
    """A way to invoke that lasts for the whole block."""
    running = rendezvous.find(root)
    if running is not None:
        tell_in_vain(settings)
        async with _by_running(running) as send:
            yield send
        return
    async with _by_own(settings) as send:
        yield send


@asynccontextmanager
async def _by_running(running: Rendezvous) -> AsyncIterator[Send]:
    async with EngineClient.at(running) as client:

        async def send(function: str, payload: bytes) -> Answered:
            try:
                result = await client.invoke(function, payload)
            except ClientError as error:
                raise failed(error) from error
            return Answered(request_id=result.request_id, payload=result.payload, function_error=result.function_error)

        yield send


@asynccontextmanager
async def _by_own(settings: EngineSettings) -> AsyncIterator[Send]:
    from lambdatui.cli import diagnostics, engine_setup
    from lambdatui.cli.calls import refused
    from lambdatui.service.invoking import InvokeRequest, ServiceError

    project = engine_setup.read(settings)
    diagnostics.configure_logging()
    async with engine_setup.build_engine(project, settings) as engine:

        async def send(function: str, payload: bytes) -> Answered:
            try:
                outcome = await engine.invoke(InvokeRequest(function=FunctionName(function), payload=payload))
            except ServiceError as error:
                raise refused(error.status_code, error.name, error.message) from error
            assert outcome.result is not None
            result = outcome.result
            return Answered(request_id=outcome.request_id, payload=result.payload, function_error=result.function_error)

        yield send
