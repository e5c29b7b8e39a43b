from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.model.experiments import Experiment
from lambdatui.model.history import HistoryQuery, InvocationSummary, Outcome, RanOn
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.phase import Status
from lambdatui.model.records import CodeHashed, EnvironmentCreated, Report, ReportMetrics, Variable
from lambdatui.store.bodies import INLINE_BYTES, BodyLost
from lambdatui.store.store import Store
from tests.unit.store.cases import E1A, NOON_S, ORDERS, invocation, one_invoke, stream


async def written(store: Store, path: Path) -> Store:
    """The same store after everything that waited was written."""
    await store.aclose()
    return await Store.open(path)


async def test_answered_invocation_can_be_looked_at_and_run_again(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S, sample="s3-put")
    result = InvokeResult(payload=b'{"ok": true}', function_error="Unhandled", error_type="ValueError")
    store.invocations.answered(RequestId("req-1"), result, answered_s=NOON_S + 1)
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert (found.invocation, found.response) == (invocation(), b'{"ok": true}')
    assert found.summary == InvocationSummary(
        request_id=RequestId("req-1"),
        function=ORDERS,
        accepted_s=NOON_S,
        sample="s3-put",
        answered_s=NOON_S + 1,
        outcome=Outcome.ERROR,
        error_type="ValueError",
    )


async def test_invocation_without_an_answer_has_no_response(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert (found.response, found.summary.outcome) == (None, Outcome.UNANSWERED)


@pytest.mark.parametrize("late", [False, True])
async def test_invocation_that_was_refused_says_by_what_and_has_no_response(path: Path, late: bool) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    if late:
        await store.invocations.get("req-1")
    store.invocations.refused(RequestId("req-1"), "TooManyRequestsException", refused_s=NOON_S + 1)
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert (found.response, found.summary.outcome, found.summary.error_type, found.summary.answered_s) == (
        None,
        Outcome.REFUSED,
        "TooManyRequestsException",
        NOON_S + 1,
    )


async def test_long_payloads_are_files_and_equal_ones_are_one(path: Path) -> None:
    long = b"x" * (INLINE_BYTES + 1)
    store = await Store.open(path)
    for number in range(3):
        store.invocations.accepted(invocation(f"req-{number}", long), accepted_s=NOON_S)
    store = await written(store, path)
    found = await store.invocations.get("req-2")
    await store.aclose()
    assert found is not None
    assert found.invocation.payload == long
    assert len(list((path.parent / "blobs").iterdir())) == 1


async def test_payload_file_that_is_gone_is_named(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(payload=b"x" * (INLINE_BYTES + 1)), accepted_s=NOON_S)
    store = await written(store, path)
    (file,) = (path.parent / "blobs").iterdir()
    file.unlink()
    with pytest.raises(BodyLost, match=file.name):
        await store.invocations.get("req-1")
    await store.aclose()


async def test_recent_invocations_come_newest_first(path: Path) -> None:
    store = await Store.open(path)
    for number in range(5):
        store.invocations.accepted(invocation(f"req-{number}"), accepted_s=NOON_S + number)
    store = await written(store, path)
    assert [each.request_id for each in await store.invocations.find(HistoryQuery(), limit=2)] == ["req-4", "req-3"]
    assert await store.invocations.find(HistoryQuery(function="mailer")) == ()
    await store.aclose()


async def test_unknown_request_is_none(store: Store) -> None:
    assert await store.invocations.get("req-9") is None


async def test_what_report_said_is_part_of_the_list(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    await store.history.append(stream(*one_invoke("req-1")))
    (found,) = await store.invocations.find(HistoryQuery())
    await store.aclose()
    assert (found.outcome, found.environment, found.duration_ms) == (Outcome.OK, E1A, 1.5)


async def test_invocation_that_was_restored_was_a_cold_start(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    metrics = ReportMetrics(duration_ms=1.5, billed_duration_ms=110, memory_size_mb=128, restore_duration_ms=107.3)
    restored = Report(request_id=RequestId("req-1"), status=Status.SUCCESS, metrics=metrics)
    await store.history.append(stream(restored))
    (found,) = await store.invocations.find(HistoryQuery(cold=True))
    await store.aclose()
    assert (found.cold, found.restore_duration_ms, found.init_duration_ms) == (True, 107.3, None)


async def test_a_search_goes_through_pages_until_it_has_enough(path: Path) -> None:
    store = await Store.open(path)
    for number in range(1200):
        payload = b'{"needle": 1}' if number in (3, 700) else b"{}"
        store.invocations.accepted(invocation(f"req-{number}", payload), accepted_s=NOON_S + number)
    store = await written(store, path)
    found = await store.invocations.find(HistoryQuery(texts=("needle",)))
    await store.aclose()
    assert [each.request_id for each in found] == ["req-700", "req-3"]


async def test_the_beginning_of_an_id_is_enough_where_only_one_has_it(path: Path) -> None:
    store = await Store.open(path)
    for request_id in ("aa-1", "ab-2"):
        store.invocations.accepted(invocation(request_id), accepted_s=NOON_S)
    store = await written(store, path)
    one, both = await store.invocations.get("aa"), await store.invocations.get("a")
    await store.aclose()
    assert one is not None
    assert (one.summary.request_id, both) == ("aa-1", None)


async def test_a_whole_id_is_found_that_another_begins_with(store: Store) -> None:
    for request_id in ("aa", "aa-1"):
        store.invocations.accepted(invocation(request_id), accepted_s=NOON_S)
    found = await store.invocations.get("aa")
    assert found is not None
    assert found.summary.request_id == "aa"


async def test_secrets_never_reach_the_disk(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(payload=b'{"password": "hunter2"}'), accepted_s=NOON_S)
    store.invocations.answered(RequestId("req-1"), InvokeResult(payload=b'{"apiKey": "hunter3"}'), answered_s=NOON_S)
    store = await written(store, path)
    await store.aclose()
    assert b"hunter" not in content_of(path)


def content_of(path: Path) -> bytes:
    return path.read_bytes()


async def test_invocations_of_experiments_are_known_as_such_and_can_be_left_out(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation("req-1"), accepted_s=NOON_S)
    store.invocations.accepted(replace(invocation("req-2"), experiment=Experiment.SERIES), accepted_s=NOON_S)
    found = await store.invocations.find(HistoryQuery())
    ordinary = await store.invocations.find(HistoryQuery(experiments=frozenset({None})))
    again = await store.invocations.get("req-2")
    await store.aclose()
    assert {each.request_id: each.experiment for each in found} == {"req-1": None, "req-2": Experiment.SERIES}
    assert [each.request_id for each in ordinary] == ["req-1"]
    assert again is not None
    assert again.invocation.experiment is Experiment.SERIES


CREATED = EnvironmentCreated(
    revision=4, runtime="python3.11", handler="app.handler", architecture="x86_64", memory_mb=128, timeout_s=3,
    ephemeral_storage_mb=512, variables=(Variable(name="STAGE", value="dev"),),
)  # fmt: skip


async def test_invocation_is_told_with_what_its_environment_was_made_of(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation("req-1"), accepted_s=NOON_S)
    hashed = (CodeHashed(revision=3, code_sha256="older"), CodeHashed(revision=4, code_sha256="right"))
    await store.history.append(stream(CREATED, *one_invoke("req-1"), *hashed))
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert found.ran_on == RanOn(created=CREATED, code_sha256="right")


async def test_environment_of_the_same_name_in_another_run_is_another_one(path: Path) -> None:
    store = await Store.open(path)
    await store.history.append(stream(CREATED))
    store = await written(store, path)
    store.invocations.accepted(invocation("req-1"), accepted_s=NOON_S)
    await store.history.append(stream(*one_invoke("req-1")))
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert found.ran_on is None
