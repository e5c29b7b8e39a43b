"""Whether memory is read anew for a call: only our own runtime, asking for the next event, can say that it need not."""

from collections.abc import AsyncIterator

import pytest

from lambdatui.lifecycle import inputs
from tests.contract.runtime_api.door import ApiDoor, request

SAME = b"Lambdatui-Peak-Memory: same"
NEXT = "/2018-06-01/runtime/invocation/next"


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor(snap_start=True) as ready:
        yield ready


@pytest.mark.parametrize(
    ("headers", "memory_mb"),
    [((), 31), ((SAME,), 30), ((b"Lambdatui-Peak-Memory: other",), 31)],
    ids=["silent", "says that it is the same", "says something else"],
)
async def test_call_for_the_next_event(door: ApiDoor, headers: tuple[bytes, ...], memory_mb: int) -> None:
    peer = await door.connect()
    await peer.send(request("GET", NEXT, b"", *headers))
    assert (await door.came(inputs.RuntimeCalledNext)).memory_used_mb == memory_mb


async def test_call_for_a_restore_is_always_measured(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(request("GET", "/2018-06-01/runtime/restore/next", b"", SAME))
    assert (await door.came(inputs.RuntimeCalledRestoreNext)).memory_used_mb == 31


async def test_failed_init_is_always_measured(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(request("POST", "/2018-06-01/runtime/init/error", b"{}", SAME))
    assert (await door.came(inputs.RuntimePostedInitError)).memory_used_mb == 31
