import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.lifecycle import async_events
from lambdatui.lifecycle.async_events import AsyncEvent, EventState
from lambdatui.store.bodies import INLINE_BYTES
from lambdatui.store.queue import QueuedEvent
from lambdatui.store.store import Store
from tests.unit.store.cases import queued, unfinished


def running(queued: QueuedEvent) -> AsyncEvent:
    return async_events.attempt_started(queued.event)


async def reopened(store: Store, path: Path) -> Store:
    await store.aclose()
    return await Store.open(path)


async def test_accepted_event_is_found_by_the_next_engine_as_it_was(path: Path) -> None:
    store = await Store.open(path)
    await store.accept(queued())
    store = await reopened(store, path)
    assert await store.unfinished() == (unfinished(queued()),)
    assert await store.begin(running(queued())) == queued().invocation
    await store.aclose()


async def test_accepted_event_is_on_disk_when_accept_returns(store: Store, path: Path) -> None:
    await store.accept(queued())
    reader = await Store.open(path)
    reader._database.owner = True
    assert await reader.unfinished() == (unfinished(queued()),)
    await reader.aclose()


async def test_event_that_is_begun_is_found_running(store: Store) -> None:
    await store.accept(queued())
    await store.begin(running(queued()))
    assert [each.event for each in await store.unfinished()] == [running(queued())]


async def test_unfinished_events_come_oldest_first_with_their_state(store: Store) -> None:
    for name in ("b", "a", "c"):
        await store.accept(queued(name))
    running = replace(queued("a").event, state=EventState.RUNNING, attempts=2, throttles=1, error_type="ValueError")
    await store.update(running)
    found = await store.unfinished()
    assert [each.event.request_id for each in found] == ["b", "a", "c"]
    assert found[1].event == running


@pytest.mark.parametrize("state", [EventState.SUCCEEDED, EventState.FAILED])
async def test_finished_event_is_not_loaded_again(store: Store, state: EventState) -> None:
    await store.accept(queued())
    await store.update(replace(queued().event, state=state))
    assert await store.unfinished() == ()


async def test_event_with_a_known_request_id_replaces_the_first(store: Store) -> None:
    await store.accept(queued(payload=b"1"))
    await store.accept(queued(payload=b"2"))
    assert len(await store.unfinished()) == 1
    assert await store.begin(running(queued())) == queued(payload=b"2").invocation


async def test_long_payload_comes_back_from_its_file(store: Store, path: Path) -> None:
    long = queued(payload=b"x" * (INLINE_BYTES + 1))
    await store.accept(long)
    assert len(list((path.parent / "blobs").iterdir())) == 1
    assert await store.begin(running(long)) == long.invocation


async def test_event_whose_payload_file_is_gone_cannot_begin_and_the_others_can(store: Store, path: Path) -> None:
    await store.accept(queued("lost", payload=b"x" * (INLINE_BYTES + 1)))
    await store.accept(queued("kept"))
    for file in (path.parent / "blobs").iterdir():
        file.unlink()
    begun = await asyncio.gather(*(store.begin(running(queued(name))) for name in ("lost", "kept")))
    assert begun == [None, queued("kept").invocation]


async def test_engine_that_does_not_own_the_queue_takes_nothing_up(store: Store, path: Path) -> None:
    await store.accept(queued())
    second = await Store.open(path)
    assert await second.unfinished() == ()
    await second.aclose()


async def test_events_accepted_at_once_are_all_kept(store: Store) -> None:
    await asyncio.gather(*(store.accept(queued(f"req-{number}")) for number in range(200)))
    assert len(await store.unfinished()) == 200
