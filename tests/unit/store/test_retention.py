from dataclasses import replace
from pathlib import Path

from lambdatui.lifecycle.async_events import EventState
from lambdatui.model.history import HistoryQuery
from lambdatui.model.records import FunctionLog
from lambdatui.store.bodies import INLINE_BYTES
from lambdatui.store.retention import Retention
from lambdatui.store.store import Store
from tests.unit.store.cases import NOON_S, invocation, one_invoke, queued, stream, unfinished

LONG = INLINE_BYTES + 1


async def filled(path: Path, runs: int) -> None:
    """Runs of eight events each."""
    for run in range(runs):
        store = await Store.open(path)
        await store.history.append(stream(*one_invoke(f"{run}a"), *one_invoke(f"{run}b")))
        await store.aclose()


async def test_newest_events_are_kept_across_runs(path: Path) -> None:
    await filled(path, 3)
    store = await Store.open(path, retention=Retention(max_events=17))
    kept = [len(await store.history.events_after(run=run)) for run in (1, 2, 3)]
    assert (kept, await store.history.runs()) == ([0, 8, 8], (2, 3))
    await store.aclose()


async def test_history_within_its_limits_is_left_alone(path: Path) -> None:
    await filled(path, 2)
    store = await Store.open(path)
    assert [len(await store.history.events_after(run=run)) for run in (1, 2)] == [8, 8]
    await store.aclose()


async def test_newest_invocations_are_kept_and_unused_payload_files_removed(path: Path) -> None:
    store = await Store.open(path)
    for number in range(4):
        store.invocations.accepted(invocation(f"req-{number}", bytes([number]) * LONG), accepted_s=NOON_S)
    await store.aclose()
    store = await Store.open(path, retention=Retention(max_invocations=1))
    assert [each.request_id for each in await store.invocations.find(HistoryQuery())] == ["req-3"]
    assert await store.invocations.get("req-3") is not None
    assert len(list((path.parent / "blobs").iterdir())) == 1
    await store.aclose()


async def test_waiting_events_outlive_every_limit(path: Path) -> None:
    store = await Store.open(path)
    await store.accept(queued("waiting", b"x" * LONG))
    await store.accept(queued("finished", b"y" * LONG))
    await store.update(replace(queued("finished").event, state=EventState.FAILED))
    await store.aclose()
    nothing = Retention(max_events=0, max_invocations=0, max_finished_events=0, max_bytes=0)
    store = await Store.open(path, retention=nothing)
    kept = queued("waiting", b"x" * LONG)
    assert await store.unfinished() == (unfinished(kept),)
    assert await store.begin(kept.event) == kept.invocation
    assert len(list((path.parent / "blobs").iterdir())) == 1
    await store.aclose()


async def test_oldest_go_first_when_there_are_too_many_bytes(path: Path) -> None:
    store = await Store.open(path)
    for number in range(8):
        store.invocations.accepted(invocation(f"req-{number}", bytes([number]) * LONG), accepted_s=NOON_S)
    await store.aclose()
    store = await Store.open(path, retention=Retention(max_bytes=5 * LONG))
    kept = [each.request_id for each in await store.invocations.find(HistoryQuery())]
    assert kept == ["req-7", "req-6", "req-5", "req-4"]
    await store.aclose()


async def test_forgetting_is_left_to_the_owner(store: Store, path: Path) -> None:
    await store.history.append(stream(*one_invoke("req-1")))
    second = await Store.open(path, retention=Retention(max_events=0))
    assert len(await store.history.events_after()) == 4
    await second.aclose()


async def test_files_stay_within_their_limit_while_much_is_written(path: Path) -> None:
    limit = 16 * 1024 * 1024
    store = await Store.open(path, retention=Retention(max_bytes=limit))
    log = FunctionLog(request_id=None, lines=("x" * 1024,) * 256)
    sizes = []
    for start in range(1, 200, 2):
        await store.history.append(stream(log, log, start=start))
        await store.forget_when_due()
        sizes.append(size_bytes(path))
    assert limit // 2 < max(sizes) <= limit
    await store.aclose()


async def test_payloads_count_as_written(path: Path) -> None:
    store = await Store.open(path, retention=Retention(max_bytes=32 * LONG))
    for number in range(64):
        store.invocations.accepted(invocation(f"req-{number}", bytes([number]) * LONG), accepted_s=NOON_S)
        await store.history.append(stream(*one_invoke(f"req-{number}"), start=4 * number + 1))
        await store.forget_when_due()
    assert size_bytes(path.parent / "blobs") <= 32 * LONG
    await store.aclose()


def size_bytes(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
