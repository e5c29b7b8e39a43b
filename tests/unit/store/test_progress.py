import asyncio

from lambdatui.store.progress import Progress


async def test_what_is_on_disk_already_needs_no_wait() -> None:
    progress = Progress()
    progress.advance(7)
    assert await progress.reach(7, within_s=0)


async def test_waiting_ends_when_the_event_is_written() -> None:
    progress = Progress()
    progress.written = True
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(progress.reach(8, within_s=60))
        await asyncio.sleep(0)
        progress.advance(7)
        assert not waiting.done()
        progress.advance(9)
    assert waiting.result()


async def test_an_event_that_never_gets_to_disk_is_not_waited_for_for_ever() -> None:
    progress = Progress()
    progress.written = True
    assert not await progress.reach(1, within_s=0)


async def test_where_nobody_writes_nobody_waits() -> None:
    assert not await Progress().reach(1, within_s=60)


async def test_an_older_number_changes_nothing() -> None:
    progress = Progress()
    progress.advance(9)
    progress.advance(3)
    assert progress.seq == 9
