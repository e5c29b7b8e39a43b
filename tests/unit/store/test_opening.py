import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

import pytest

from lambdatui.model.history import HistoryQuery
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.records import FunctionLog
from lambdatui.store.errors import StoreError
from lambdatui.store.history import event_id
from lambdatui.store.schema import MIGRATIONS
from lambdatui.store.store import Store
from lambdatui.telemetry.wire import encode_record
from tests.unit.store.cases import LOADED, NOON_S, invocation, queued, stream


async def test_first_store_of_a_project_makes_its_directory(path: Path) -> None:
    store = await Store.open(path)
    await store.aclose()
    assert store.notices == ()
    assert list_names(path) == ["history.db", "history.db.lock"]


async def test_file_knows_how_many_migrations_it_has_had(store: Store, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


async def test_what_was_written_is_there_when_opened_again(path: Path) -> None:
    first = await Store.open(path)
    await first.history.append(stream(LOADED))
    await first.aclose()
    second = await Store.open(path)
    assert await second.history.events_after(run=1) == tuple(stream(LOADED))
    await second.aclose()


async def test_damaged_file_is_kept_aside_and_people_are_told(path: Path) -> None:
    put_file(path, b"this is not a database, but it is long enough to look like one" * 20)
    store = await Store.open(path)
    await store.accept(queued())
    await store.aclose()
    (notice,) = store.notices
    assert "is damaged" in notice
    assert "history.db.damaged-1" in notice
    assert path.with_name("history.db.damaged-1").read_bytes().startswith(b"this is not a database")


async def test_second_damaged_file_does_not_replace_the_first(path: Path) -> None:
    for content in (b"first" * 100, b"second" * 100):
        put_file(path, content)
        await (await Store.open(path)).aclose()
    assert path.with_name("history.db.damaged-1").read_bytes().startswith(b"first")
    assert path.with_name("history.db.damaged-2").read_bytes().startswith(b"second")


async def test_file_of_a_newer_version_is_kept_aside_whole(path: Path) -> None:
    first = await Store.open(path)
    await first.history.append(stream(LOADED))
    await first.aclose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    store = await Store.open(path)
    await store.aclose()
    assert "written by a newer version of lambdatui" in store.notices[0]
    with sqlite3.connect(path.with_name("history.db.version-99-1")) as kept:
        assert kept.execute("SELECT count(*) FROM batch").fetchone() == (1,)
    kept.close()


async def test_directory_that_cannot_be_made_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="make the directory writable"):
        await Store.open(tmp_path / "file" / "history.db")


async def test_second_engine_of_a_project_does_not_own_its_store(store: Store, path: Path) -> None:
    second = await Store.open(path)
    assert (store.owner, second.owner) == (True, False)
    await second.aclose()


async def test_store_is_owned_by_the_next_engine_when_the_first_has_gone(path: Path) -> None:
    await (await Store.open(path)).aclose()
    second = await Store.open(path)
    assert second.owner
    await second.aclose()


async def test_who_only_looks_leaves_the_store_to_the_engine_that_starts_meanwhile(path: Path) -> None:
    onlooker = await Store.open(path, claim=False)
    engine = await Store.open(path)
    assert (onlooker.owner, engine.owner) == (False, True)
    await onlooker.aclose()
    await engine.aclose()


async def test_engine_that_does_not_own_a_damaged_file_leaves_it_alone(store: Store, path: Path) -> None:
    damaged = path.parent / "damaged" / "history.db"
    await (await Store.open(damaged)).aclose()
    owner = await Store.open(damaged)
    damaged.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="stop the engine that uses it"):
        await Store.open(damaged)
    assert damaged.read_bytes().startswith(b"nonsense")
    with pytest.raises(StoreError):
        await owner.accept(queued())
    await owner.aclose()


async def test_who_only_looks_puts_a_damaged_file_aside_that_nobody_owns_and_does_not_keep_it(path: Path) -> None:
    put_file(path, b"this is not a database" * 100)
    onlooker = await Store.open(path, claim=False)
    engine = await Store.open(path)
    assert "history.db.damaged-1" in onlooker.notices[0]
    assert (onlooker.owner, engine.owner) == (False, True)
    await onlooker.aclose()
    await engine.aclose()


async def test_who_only_looks_leaves_a_damaged_file_to_its_owner(path: Path) -> None:
    await (await Store.open(path)).aclose()
    owner = await Store.open(path)
    put_file(path, b"nonsense" * 1000)
    with pytest.raises(StoreError, match="stop the engine that uses it"):
        await Store.open(path, claim=False)
    with pytest.raises(StoreError):
        await owner.accept(queued())
    await owner.aclose()


async def test_closing_twice_is_harmless(path: Path) -> None:
    store = await Store.open(path)
    await store.aclose()
    await store.aclose()


def put_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def list_names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


async def test_events_of_the_first_layout_are_read_as_those_of_today(path: Path) -> None:
    (event,) = stream(FunctionLog(request_id=None, lines=("caf\u00e9 \ud800",)))
    with of_version(1, path) as old:
        name, body = encode_record(event.record)
        values = (event_id(1, event.seq), event.time_s, name, event.function, event.environment, None, body)
        old.execute("INSERT INTO run VALUES (1, ?)", (event.time_s,))
        old.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    store = await Store.open(path)
    assert await store.history.events_after(run=1) == (event,)
    await store.aclose()


CALL = {
    "request_id": "req-0",
    "function": "orders-api",
    "invoked_arn": "arn:aws:lambda:us-east-1:123456789012:function:orders-api",
    "version": "$LATEST",
    "timeout_s": 3.0,
    "content_type": "application/json",
    "trace_id": "Root=1-5759e988-bd862e3fe1be46a994272793",
    "invocation_type": "Event",
    "attempt": 1,
}
INVOCATION = (
    "INSERT INTO invocation (id, request_id, function, accepted_s, sample, call, payload, answered_s, response)"
    " VALUES (?, ?, 'orders-api', ?, 's3-put', ?, ?, ?, ?)"
)
QUEUED = (
    "INSERT INTO queued (request_id, function, accepted_s, state, due_s, attempts, throttles, call, payload)"
    " VALUES ('req-0', 'orders-api', ?, 'waiting', ?, 0, 0, ?, ?)"
)


async def test_invocations_of_the_second_layout_are_as_they_were_and_get_their_answers(path: Path) -> None:
    with of_version(2, path) as old:
        for number, (request_id, response) in enumerate((("req-0", None), ("req-b", b"done"), ("req-a", None))):
            call = json.dumps(CALL | {"request_id": request_id})
            answered_s = None if response is None else NOON_S
            old.execute(INVOCATION, (10 * number + 7, request_id, NOON_S, call, b'{"a": 1}', answered_s, response))
    store = await Store.open(path)
    store.invocations.accepted(invocation("req-9"), accepted_s=NOON_S)
    store.invocations.answered(RequestId("req-0"), InvokeResult(payload=b"late"), answered_s=NOON_S)
    found = await store.invocations.find(HistoryQuery())
    details = [await store.invocations.get(each.request_id) for each in found]
    ids = await store._database.read(lambda connection: connection.execute("SELECT id FROM invocation").fetchall())
    await store.aclose()
    assert [(each.invocation, each.response) for each in details if each is not None] == [
        (invocation("req-9"), None),
        (invocation("req-a"), None),
        (invocation("req-b"), b"done"),
        (invocation("req-0"), b"late"),
    ]
    assert [each.sample for each in found] == [None, "s3-put", "s3-put", "s3-put"]
    assert ids == [(7,), (17,), (27,), (28,)]


async def test_event_that_waits_in_a_file_of_the_second_layout_is_run_as_it_was(path: Path) -> None:
    with of_version(2, path) as old:
        old.execute(QUEUED, (NOON_S, NOON_S, json.dumps(CALL), b'{"a": 1}'))
    store = await Store.open(path)
    (event,) = await store.unfinished()
    assert await store.begin(event.event) == invocation("req-0")
    await store.aclose()


@contextmanager
def of_version(version: int, path: Path) -> Iterator[sqlite3.Connection]:
    """A file as an earlier version of lambdatui made it, to put rows in."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old, old:
        for statement in chain.from_iterable(MIGRATIONS[:version]):
            old.execute(statement)
        old.execute(f"PRAGMA user_version = {version}")
        yield old
