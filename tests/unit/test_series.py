"""Series: what people type, who begins when, and what it all comes to."""

import asyncio

import pytest

from lambdatui.client import EngineRefused
from lambdatui.client.series import Series, refused_shot, shot
from lambdatui.model.series import NoPlan, SeriesPlan, Shot, read_plan
from lambdatui.telemetry.series_figures import SeriesTally

OK = Shot(outcome="ok", waited_ms=1.0)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("100", SeriesPlan(times=100)),
        ("100 x8", SeriesPlan(times=100, parallel=8)),
        ("100 ×8", SeriesPlan(times=100, parallel=8)),
        ("x8 100 @20/s", SeriesPlan(times=100, parallel=8, rate_per_s=20)),
        ("100 @2.5", SeriesPlan(times=100, parallel=100, rate_per_s=2.5)),
        ("5 @30/m x1", SeriesPlan(times=5, parallel=1, rate_per_s=0.5)),
        ("3 x8", SeriesPlan(times=3, parallel=3)),
    ],
)
def test_what_people_type(text: str, plan: SeriesPlan) -> None:
    assert read_plan(text) == plan
    assert read_plan(str(plan)) == plan


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "how often"),
        ("x8", "how often"),
        ("ten", "'ten' is neither"),
        ("0", "1 to 100,000"),
        ("9 @0/s", "above 0"),
        ("9 x999", "1 to 200"),
        ("9 @5/h", "'@5/h' is neither"),
    ],
)
def test_what_is_no_series_is_told(text: str, said: str) -> None:
    with pytest.raises(NoPlan, match=said):
        read_plan(text)


def test_tally_counts_outcomes_the_good_ones_first_and_sums_up_waits() -> None:
    tally = SeriesTally(SeriesPlan(times=9), 100.0)
    for came in (OK, Shot(outcome="ValueError", waited_ms=9.0, good=False), Shot(outcome="throttled", good=False), OK):
        tally.began(100.0)
        tally.came(came)
    tally.began(101.0)
    found = tally.figures(102.0)
    assert list(found.outcomes.items()) == [("ok", 2), ("ValueError", 1), ("throttled", 1)]
    assert (found.done, found.running, found.failed, found.refused) == (4, 1, 2, 1)
    assert (found.waited.values, found.waited.p95, found.per_s) == ((1.0, 1.0, 9.0), 9.0, 2.0)


def test_invocations_that_begin_after_their_time_by_the_rate_are_late() -> None:
    tally = SeriesTally(SeriesPlan(times=3, rate_per_s=10), 100.0)
    for at_s in (100.0, 100.12, 100.9):
        tally.began(at_s)
    assert tally.figures(101.0).late == 1


def test_time_stands_still_once_it_has_ended() -> None:
    tally = SeriesTally(SeriesPlan(times=1), 100.0)
    tally.ended(103.0)
    assert tally.figures(999.0).elapsed_s == 3.0


async def test_no_more_run_at_once_than_may() -> None:
    running = most = 0

    async def invoke() -> Shot:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return OK

    found = await Series(SeriesPlan(times=50, parallel=4), invoke).run()
    assert (found.done, most) == (50, 4)


async def test_rate_spaces_the_beginnings() -> None:
    loop = asyncio.get_running_loop()
    begun: list[float] = []

    async def invoke() -> Shot:
        begun.append(loop.time())
        return OK

    await Series(SeriesPlan(times=4, parallel=4, rate_per_s=50), invoke).run()
    assert begun[-1] - begun[0] >= 0.055


async def test_stopped_series_begins_no_more_and_waits_for_those_that_run() -> None:
    gate, first = asyncio.Event(), asyncio.Event()

    async def invoke() -> Shot:
        first.set()
        await gate.wait()
        return OK

    series = Series(SeriesPlan(times=100, parallel=2, rate_per_s=1), invoke)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(series.run())
        await first.wait()
        series.stop()
        gate.set()
    assert running.result().done == 1


async def test_refusal_that_every_invocation_would_get_ends_the_series() -> None:
    async def invoke() -> Shot:
        return refused_shot(EngineRefused(404, "ResourceNotFoundException", "Function not found"))

    with pytest.raises(EngineRefused, match="Function not found"):
        await Series(SeriesPlan(times=50, parallel=4), invoke).run()


def test_throttling_is_an_outcome_among_others() -> None:
    assert refused_shot(EngineRefused(429, "TooManyRequestsException", "Rate Exceeded.")) == Shot(
        outcome="throttled", good=False
    )


@pytest.mark.parametrize(
    ("status_code", "payload", "error", "outcome"),
    [
        (200, b"{}", None, "ok"),
        (202, b"", None, "accepted"),
        (204, b"", None, "would run"),
        (200, b'{"errorType": "ValueError"}', "Unhandled", "ValueError"),
        (200, b"boom", "Unhandled", "Unhandled"),
    ],
)
def test_outcome_of_an_answer(status_code: int, payload: bytes, error: str | None, outcome: str) -> None:
    assert shot(status_code, payload, error, 1.0).outcome == outcome
