"""What an engine that was killed left unfinished: found once, by the next owner, and said of the invocation."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.model.history import HistoryQuery, Outcome
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvocationType, InvokeResult
from lambdatui.model.records import InvokeAccepted, InvokeAnswered, InvokeStart, InvokeThrottled, Record
from lambdatui.store.interrupted import Interrupted
from lambdatui.store.store import Store
from lambdatui.telemetry.event import TelemetryEvent
from tests.unit.store.cases import NOON_S, ORDERS, invocation, one_invoke, stream


async def killed_after(path: Path, events: Sequence[TelemetryEvent]) -> None:
    """A store as its engine leaves it that was killed: with the mark of its run, which nobody holds."""
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    await store.history.append(events)
    run = store.history.run
    await store.aclose()
    path.with_name(f"{path.name}.run-{run}").touch()


async def interrupted(path: Path) -> list[tuple[str, bool]]:
    """Request and whether it was begun, as the next engine hears of it."""
    store = await Store.open(path)
    found = await store.take_interrupted()
    await store.aclose()
    return [(each.request_id, each.begun) for each in found]


def accepted(invocation_type: str = InvocationType.REQUEST_RESPONSE) -> Record:
    return InvokeAccepted(request_id=RequestId("req-1"), invocation_type=invocation_type, payload_bytes=2)


START = InvokeStart(request_id=RequestId("req-1"), version="$LATEST")
ANSWERED = InvokeAnswered(request_id=RequestId("req-1"), function_error=None, error_type=None, payload_bytes=2)
THROTTLED = InvokeThrottled(request_id=RequestId("req-1"), reason="ConcurrentInvocationLimitExceeded")


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ((accepted(), START), [("req-1", True)]),
        ((accepted(), START, ANSWERED), [("req-1", True)]),
        ((accepted(),), [("req-1", False)]),
        ((accepted(), *one_invoke("req-1")), []),
        ((accepted(), ANSWERED), []),
        ((accepted(), THROTTLED), []),
        ((accepted(InvocationType.EVENT),), []),
        ((accepted(InvocationType.EVENT), START), [("req-1", True)]),
        ((*one_invoke("req-1"), START), [("req-1", True)]),
        ((START, *one_invoke("req-2")), [("req-1", True)]),
    ],
    ids=[
        "begun",
        "answered but not ended",
        "waiting for an environment",
        "ended",
        "refused",
        "throttled",
        "waiting in the queue",
        "an event's first attempt",
        "an event's second attempt",
        "beside one that ended",
    ],
)
async def test_invocation_without_an_end_is_interrupted(
    path: Path, records: tuple[Record, ...], found: list[tuple[str, bool]]
) -> None:
    await killed_after(path, stream(*records))
    assert await interrupted(path) == found


async def test_it_is_told_once(path: Path) -> None:
    await killed_after(path, stream(START))
    await interrupted(path)
    assert await interrupted(path) == []


async def test_run_that_ended_well_is_not_looked_at(path: Path) -> None:
    store = await Store.open(path)
    await store.history.append(stream(START))
    await store.aclose()
    assert await interrupted(path) == []
    assert not list(path.parent.glob("*.run-*"))


async def test_run_that_still_lives_is_left_alone(path: Path) -> None:
    living = await Store.open(path, claim=False)
    await living.history.append(stream(START))
    assert await interrupted(path) == []
    await living.aclose()


async def test_only_the_owner_looks(path: Path) -> None:
    await killed_after(path, stream(START))
    owner = await Store.open(path)
    other = await Store.open(path)
    assert await other.take_interrupted() == ()
    assert await owner.take_interrupted() == (Interrupted(RequestId("req-1"), ORDERS, begun=True),)
    await other.aclose()
    await owner.aclose()


async def test_what_happened_long_before_the_kill_is_not_looked_at(path: Path) -> None:
    late = [event._replace(time_s=event.time_s + 3600) for event in stream(*one_invoke("req-2"), start=2)]
    await killed_after(path, [*stream(START), *late])
    assert await interrupted(path) == []


async def test_history_shows_it_as_interrupted(path: Path) -> None:
    await killed_after(path, stream(START))
    store = await Store.open(path)
    await store.take_interrupted()
    (summary,) = await store.invocations.find(HistoryQuery(outcomes=frozenset({Outcome.INTERRUPTED})))
    await store.aclose()
    assert (summary.outcome, summary.error_type) == (Outcome.INTERRUPTED, "Interrupted")


async def test_event_that_is_run_again_is_as_its_last_attempt(path: Path) -> None:
    await killed_after(path, stream(START))
    store = await Store.open(path)
    await store.take_interrupted()
    store.invocations.answered(RequestId("req-1"), InvokeResult(payload=b"1"), answered_s=NOON_S + 9)
    (summary,) = await store.invocations.find(HistoryQuery())
    await store.aclose()
    assert (summary.outcome, summary.error_type) == (Outcome.OK, None)


async def test_answer_that_was_given_stays(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(replace(invocation(), request_id=RequestId("req-1")), accepted_s=NOON_S)
    store.invocations.answered(RequestId("req-1"), InvokeResult(payload=b"1"), answered_s=NOON_S + 1)
    await store.history.append(stream(accepted(), START, ANSWERED))
    await store.aclose()
    path.with_name(f"{path.name}.run-1").touch()
    store = await Store.open(path)
    await store.take_interrupted()
    (summary,) = await store.invocations.find(HistoryQuery())
    await store.aclose()
    assert summary.outcome is Outcome.OK


async def test_many_are_all_shown_as_interrupted_and_no_other(path: Path) -> None:
    store = await Store.open(path)
    names = [f"req-{number}" for number in range(200)]
    for name in names:
        store.invocations.accepted(invocation(name), accepted_s=NOON_S)
    await store.history.append(stream(*(replace(START, request_id=RequestId(name)) for name in names[::2])))
    await store.aclose()
    path.with_name(f"{path.name}.run-1").touch()
    store = await Store.open(path)
    await store.take_interrupted()
    found = await store.invocations.find(HistoryQuery(outcomes=frozenset({Outcome.INTERRUPTED})), limit=1000)
    await store.aclose()
    assert [each.request_id for each in reversed(found)] == names[::2]
