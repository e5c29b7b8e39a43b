import asyncio
from pathlib import Path

import pytest

from lambdatui.model.ids import FunctionName
from lambdatui.model.records import EnvironmentThawed, FunctionLog
from lambdatui.store import history
from lambdatui.store.store import Store
from lambdatui.telemetry.log_query import LogQuery
from tests.unit.store.cases import E1A, LOADED, NOON_S, ORDERS, one_invoke, stream

OTHER = FunctionName("thumbnailer")


async def test_stored_events_are_read_back_equal_and_in_order(store: Store) -> None:
    events = stream(LOADED, *one_invoke("req-1"))
    await store.history.append(events[:2])
    await store.history.append(events[2:])
    assert await store.history.events_after() == tuple(events)


async def test_events_after_a_number_leave_out_what_came_before(store: Store) -> None:
    events = stream(LOADED, *one_invoke("req-1"))
    await store.history.append(events)
    assert await store.history.events_after(seq=3, limit=1) == tuple(events[3:4])


async def test_events_can_be_asked_for_by_function_and_type(store: Store) -> None:
    await store.history.append(stream(*one_invoke("req-1")))
    await store.history.append(stream(*one_invoke("req-2"), start=5, function=OTHER))
    found = await store.history.events_after(function=OTHER, types=("platform.start", "platform.report"))
    assert [event.seq for event in found] == [5, 7]


async def test_what_led_to_a_request_is_found_however_few_events_are_a_row(store: Store) -> None:
    events = stream(LOADED, *(record for number in range(100) for record in one_invoke(f"req-{number}")))
    for first in range(0, len(events), 5):
        await store.history.append(events[first : first + 5])
    assert (await store.history.around("req-99"))[0] == events[0]


async def test_what_was_long_before_a_request_has_nothing_to_do_with_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "EVENTS_BEFORE", 8)
    for number in range(10):
        await store.history.append(stream(*one_invoke(f"req-{number}"), start=1 + 4 * number))
    assert [event.seq for event in await store.history.around("req-9")] == list(range(29, 41))


async def test_nothing_written_yet_is_no_events(store: Store) -> None:
    assert await store.history.events_after() == ()


async def test_every_engine_run_numbers_its_own_events(path: Path) -> None:
    for request_id in ("req-1", "req-2"):
        store = await Store.open(path)
        await store.history.append(stream(*one_invoke(request_id)))
        assert await store.history.events_after() == tuple(stream(*one_invoke(request_id)))
        await store.aclose()
    store = await Store.open(path)
    assert await store.history.runs() == (1, 2)
    assert await store.history.events_after(run=1) == tuple(stream(*one_invoke("req-1")))
    await store.aclose()


async def test_logs_are_the_newest_lines_of_all_runs_oldest_first(path: Path) -> None:
    for request_id in ("req-1", "req-2"):
        store = await Store.open(path)
        await store.history.append(stream(*one_invoke(request_id)))
        await store.aclose()
    store = await Store.open(path)
    lines = [each.line for each in await store.history.logs(limit=6)]
    await store.aclose()
    assert [line.partition("\t")[0] for line in lines] == [
        "END RequestId: req-1",
        "REPORT RequestId: req-1",
        "START RequestId: req-2 Version: $LATEST",
        "hello from req-2",
        "END RequestId: req-2",
        "REPORT RequestId: req-2",
    ]


async def test_log_line_says_when_and_where_it_was_written(store: Store) -> None:
    await store.history.append(stream(FunctionLog(request_id=None, lines=("printed by init",))))
    (line,) = await store.history.logs()
    assert (line.time_s, line.function, line.environment, line.request_id) == (NOON_S + 1, ORDERS, E1A, None)


async def test_logs_of_one_function_leave_out_the_others(store: Store) -> None:
    await store.history.append(stream(*one_invoke("req-1")))
    await store.history.append(stream(*one_invoke("req-2"), start=5, function=OTHER))
    assert {each.function for each in await store.history.logs(function=OTHER)} == {OTHER}


async def test_logs_of_one_request_begin_with_its_start(store: Store) -> None:
    await store.history.append(stream(*one_invoke("req-1"), *one_invoke("req-2"), *one_invoke("req-3")))
    lines = await store.history.logs(request_id="req-2")
    assert [each.request_id for each in lines] == ["req-2"] * 4
    assert lines[0].line == "START RequestId: req-2 Version: $LATEST"


async def test_request_that_never_ran_has_no_logs(store: Store) -> None:
    await store.history.append(stream(*one_invoke("req-1")))
    assert await store.history.logs(request_id="req-9") == ()


async def test_search_finds_lines_far_behind_the_newest_ones(store: Store) -> None:
    lines = tuple(f"line {number}" for number in range(5000))
    await store.history.append(stream(FunctionLog(request_id=None, lines=lines), *one_invoke("req-1")))
    found = await store.history.logs(query=LogQuery.parse("LINE 123 !1234"), limit=3)
    assert [each.line for each in found] == ["line 2123", "line 3123", "line 4123"]


async def test_logs_before_a_moment_leave_out_what_came_later(store: Store) -> None:
    await store.history.append(stream(*one_invoke("req-1"), *one_invoke("req-2")))
    found = await store.history.logs(before_s=NOON_S + 2)
    assert [each.line for each in found] == ["START RequestId: req-1 Version: $LATEST", "hello from req-1"]


async def test_event_that_cannot_be_written_fails_alone(store: Store) -> None:
    faulty = stream(EnvironmentThawed(frozen_ms=float("nan")))
    whole = stream(LOADED)
    outcomes = await asyncio.gather(store.history.append(faulty), store.history.append(whole), return_exceptions=True)
    assert isinstance(outcomes[0], ValueError)
    assert outcomes[1] is None
    assert await store.history.events_after() == tuple(whole)
