"""What becomes of work whose engine ends early."""

import asyncio

from lambdatui.service.tasks import Tasks


async def _work(done: list[str]) -> None:
    await asyncio.sleep(0)
    done.append("done")


async def test_background_work_that_never_began_is_put_away_without_a_word() -> None:
    # A coroutine that nobody began warns when it is collected, and warnings are errors.
    tasks, done = Tasks(), list[str]()
    task = tasks.spawn("never begun", _work(done), background=True)
    await tasks.cancel_background()
    assert task.cancelled()
    assert done == []


async def test_work_with_an_end_of_its_own_is_waited_for() -> None:
    tasks, done = Tasks(), list[str]()
    tasks.spawn("finite", _work(done))
    await tasks.join()
    assert done == ["done"]
