"""Answers that come after the transaction of their invocation: they reach its row, and no other."""

from pathlib import Path

import pytest

from lambdatui.model.history import HistoryQuery
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.store.retention import Retention
from lambdatui.store.store import Store
from tests.unit.store.cases import NOON_S, invocation


def accept(store: Store, *names: str) -> None:
    for name in names:
        store.invocations.accepted(invocation(name), accepted_s=NOON_S)


def answer(store: Store, name: str, payload: bytes = b"1") -> None:
    store.invocations.answered(RequestId(name), InvokeResult(payload=payload), answered_s=NOON_S + 1)


async def written(store: Store) -> dict[str, bytes | None]:
    """All invocations, the newest first, with their responses, when everything is on disk."""
    found = await store.invocations.find(HistoryQuery())
    details = [await store.invocations.get(each.request_id) for each in found]
    return {each.summary.request_id: each.response for each in details if each is not None}


async def test_answer_in_a_later_transaction_goes_to_its_row(store: Store) -> None:
    accept(store, "req-1", "req-2", "req-3")
    await written(store)
    answer(store, "req-2")
    accept(store, "req-4")
    assert await written(store) == {"req-4": None, "req-3": None, "req-2": b"1", "req-1": None}


async def test_many_late_answers_each_go_to_their_row(store: Store) -> None:
    names = [f"req-{number}" for number in range(100)]
    accept(store, *names)
    await written(store)
    for name in names:
        answer(store, name, name.encode())
    assert await written(store) == {name: name.encode() for name in reversed(names)}


async def test_last_answer_counts_whenever_it_comes(store: Store) -> None:
    accept(store, "req-1")
    answer(store, "req-1", b"first")
    answer(store, "req-1", b"second")
    assert await written(store) == {"req-1": b"second"}
    answer(store, "req-1", b"third")
    assert await written(store) == {"req-1": b"third"}


async def test_answer_to_what_an_earlier_engine_accepted_goes_to_its_row(path: Path) -> None:
    earlier = await Store.open(path)
    accept(earlier, "req-1", "req-2")
    await earlier.aclose()
    store = await Store.open(path)
    accept(store, "req-3")
    answer(store, "req-1")
    assert await written(store) == {"req-3": None, "req-2": None, "req-1": b"1"}
    await store.aclose()


async def test_answer_to_what_is_forgotten_is_left_out_though_its_number_came_again(path: Path) -> None:
    store = await Store.open(path, retention=Retention(max_invocations=0))
    accept(store, "req-1")
    await written(store)
    await store.forget_old()
    accept(store, "req-2")
    await written(store)
    answer(store, "req-1")
    assert await written(store) == {"req-2": None}
    await store.aclose()


async def test_answer_to_what_was_never_accepted_is_left_out(store: Store) -> None:
    accept(store, "req-1")
    answer(store, "req-9")
    assert await written(store) == {"req-1": None}


async def test_two_engines_number_their_invocations_in_one_order(store: Store, path: Path) -> None:
    other = await Store.open(path)
    accept(store, "req-1")
    await written(store)
    accept(other, "req-2")
    await written(other)
    accept(store, "req-3")
    await written(store)
    answer(other, "req-2", b"other")
    await written(other)
    answer(store, "req-1", b"own")
    assert await written(store) == {"req-3": None, "req-2": b"other", "req-1": b"own"}
    await other.aclose()


async def test_more_than_are_remembered_are_answered_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatui.store.invocation_table.MOST_OPEN", 1)
    accept(store, "req-1", "req-2", "req-3")
    await written(store)
    for name in ("req-1", "req-2", "req-3"):
        answer(store, name, name.encode())
    assert await written(store) == {"req-3": b"req-3", "req-2": b"req-2", "req-1": b"req-1"}


async def test_nothing_is_remembered_of_what_was_answered_or_refused(store: Store) -> None:
    accept(store, "req-1", "req-2", "req-3")
    await written(store)
    answer(store, "req-1")
    store.invocations.refused(RequestId("req-2"), "TooManyRequestsException", refused_s=NOON_S)
    await written(store)
    assert list(store.invocations._table._open) == ["req-3"]


async def test_invocation_whose_transaction_failed_is_written_and_answered_once(path: Path) -> None:
    store = await Store.open(path)
    accept(store, "req-1", "req-2")
    answer(store, "req-1")
    store._database.post(lambda connection: connection.execute("INSERT INTO absent VALUES (1)"))  # type: ignore[arg-type]
    await store._database.settle()
    answer(store, "req-2")
    assert await written(store) == {"req-2": b"1", "req-1": b"1"}
    with pytest.raises(Exception, match="absent"):
        await store.aclose()
