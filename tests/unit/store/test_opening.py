import sqlite3
from pathlib import Path

import pytest

from lambdatui.model.records import FunctionLog
from lambdatui.store.errors import StoreError
from lambdatui.store.history import event_id
from lambdatui.store.schema import MIGRATIONS
from lambdatui.store.store import Store
from lambdatui.telemetry.wire import encode_record
from tests.unit.store.cases import LOADED, queued, stream


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
    path.parent.mkdir()
    with sqlite3.connect(path) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        name, body = encode_record(event.record)
        values = (event_id(1, event.seq), event.time_s, name, event.function, event.environment, None, body)
        old.execute("INSERT INTO run VALUES (1, ?)", (event.time_s,))
        old.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        old.execute("PRAGMA user_version = 1")
    old.close()
    store = await Store.open(path)
    assert await store.history.events_after(run=1) == (event,)
    await store.aclose()
