from pathlib import Path

import pytest

from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.store.bodies import INLINE_BYTES, BodyLost
from lambdatui.store.invocations import InvocationHead
from lambdatui.store.store import Store
from tests.unit.store.cases import NOON_S, ORDERS, invocation


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
    assert found.head == InvocationHead(
        request_id=RequestId("req-1"),
        function=ORDERS,
        accepted_s=NOON_S,
        sample="s3-put",
        answered_s=NOON_S + 1,
        function_error="Unhandled",
        error_type="ValueError",
    )


async def test_invocation_without_an_answer_has_no_response(path: Path) -> None:
    store = await Store.open(path)
    store.invocations.accepted(invocation(), accepted_s=NOON_S)
    store = await written(store, path)
    found = await store.invocations.get("req-1")
    await store.aclose()
    assert found is not None
    assert (found.response, found.head.answered_s) == (None, None)


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
    assert [each.request_id for each in await store.invocations.recent(limit=2)] == ["req-4", "req-3"]
    assert await store.invocations.recent(function="mailer") == ()
    await store.aclose()


async def test_unknown_request_is_none(store: Store) -> None:
    assert await store.invocations.get("req-9") is None
