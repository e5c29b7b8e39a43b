import asyncio
import sqlite3
from pathlib import Path

import pytest

from lambdatui.store.database import BUSY_ITEMS, Database, Job
from lambdatui.store.errors import StoreError


def insert(run: int) -> Job[None]:
    def job(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO run (id) VALUES (?)", (run,))

    return job


def runs(connection: sqlite3.Connection) -> list[int]:
    return [run for (run,) in connection.execute("SELECT id FROM run ORDER BY id")]


async def test_jobs_that_wait_together_are_one_transaction(path: Path) -> None:
    database = await Database.open(path)
    statements: list[str] = []
    await database.read(lambda connection: connection.set_trace_callback(statements.append))
    await asyncio.gather(*(database.write(insert(run)) for run in range(1, 11)))
    assert await database.read(runs) == list(range(1, 11))
    await database.aclose()
    assert statements.count("COMMIT") == 2  # the first job alone, then all that came meanwhile


async def test_faulty_job_fails_alone(path: Path) -> None:
    database = await Database.open(path)
    outcomes = await asyncio.gather(*(database.write(insert(run)) for run in (1, 2, 2, 3)), return_exceptions=True)
    assert [type(each) for each in outcomes] == [type(None), type(None), StoreError, type(None)]
    assert await database.read(runs) == [1, 2, 3]
    await database.aclose()


async def test_posted_job_goes_with_the_next_transaction(path: Path) -> None:
    database = await Database.open(path)
    database.post(insert(1))
    await database.write(insert(2))
    assert await database.read(runs) == [1, 2]
    await database.aclose()


async def test_posted_job_that_waits_is_written_at_the_end(path: Path) -> None:
    database = await Database.open(path)
    database.post(insert(1))
    await database.aclose()
    again = await Database.open(path)
    assert await again.read(runs) == [1]
    await again.aclose()


async def test_what_a_busy_engine_gathers_is_written_soon_once_no_more_comes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatui.store.database.BUSY_WRITE_BEHIND_S", 3600.0)
    written = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Runs(list[int]):
        taken = False

        def write(self, connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT INTO run (id) VALUES (?)", [(run,) for run in self])
            if BUSY_ITEMS in self:
                loop.call_soon_threadsafe(written.set)

    database = await Database.open(path)
    database.gather(Runs(range(BUSY_ITEMS)))
    await database.settle()
    database.gather(Runs([BUSY_ITEMS]))
    async with asyncio.timeout(5):
        await written.wait()
    await database.aclose()


async def test_posted_job_that_failed_shows_at_the_end(path: Path) -> None:
    database = await Database.open(path)
    await database.write(insert(1))
    database.post(insert(1))
    with pytest.raises(StoreError, match="UNIQUE"):
        await database.aclose()


async def test_faulty_query_is_an_error_with_a_hint(path: Path) -> None:
    database = await Database.open(path)
    with pytest.raises(StoreError, match="no such table: absent; check that the disk is not full"):
        await database.read(lambda connection: connection.execute("SELECT * FROM absent"))
    await database.aclose()


async def test_caller_that_goes_away_does_not_undo_its_job(path: Path) -> None:
    database = await Database.open(path)
    writing = asyncio.get_running_loop().create_task(database.write(insert(1)))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await database.write(insert(2))
    assert await database.read(runs) == [1, 2]
    await database.aclose()
