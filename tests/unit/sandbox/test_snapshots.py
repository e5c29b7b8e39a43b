"""The engine's hold on a snapshot: whoever waits for a fork gets news of it, and nothing is kept that nobody needs."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.channel import Message
from lambdatui.sandbox.process.snapshots import Opening, Snapshot
from lambdatui.sandbox.protocol import RuntimeSpec

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="snapshots are forked on Linux only")

SPEC = RuntimeSpec(generation=1, environ={})


@dataclass(slots=True)
class Place:
    """Fulfils ``RestoredPlace``."""

    exited: list[Message] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def restored_started(self, pid: int) -> None:
        pass

    def restored_exited(self, message: Message) -> None:
        self.exited.append(message)

    def not_restored(self, why: str) -> None:
        self.refused.append(why)

    def restored_lost(self, reason: str) -> None:
        pass


class Forker:
    """The snapshot's process, as far as the engine can tell."""

    def __init__(self) -> None:
        ours, self.connected = socket.socketpair()
        self.snapshot = Snapshot(ours, {}, lambda: None, lambda: None)

    async def says(self, **message: object) -> None:
        self.connected.send(json.dumps(message).encode() + b"\n")
        # The loop reads what is there before it comes back here.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def close(self) -> None:
        self.snapshot.close("the test is over")
        self.connected.close()


@pytest.fixture
async def forker() -> AsyncIterator[Forker]:
    made = Forker()
    yield made
    made.close()


def opening() -> Opening:
    return Opening(log_end=os.open(os.devnull, os.O_WRONLY), namespaces={})


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_end_of_a_fork_that_comes_before_the_word_of_it_is_told(forker: Forker) -> None:
    place, its = Place(), opening()
    forker.snapshot.restore(place, SPEC, None, its)
    forker.snapshot.restored_exited({"pid": 7, "code": 3})
    await forker.says(op="restored", id="1", pid=7)
    assert [message["code"] for message in place.exited] == [3]
    its.close()


async def test_orphan_of_the_snapshot_that_ended_long_ago_is_not_taken_for_a_fork_with_its_number(
    forker: Forker,
) -> None:
    place, its = Place(), opening()
    forker.snapshot.restored_exited({"pid": 7, "code": 3})
    forker.snapshot.restore(place, SPEC, None, its)
    await forker.says(op="restored", id="1", pid=7)
    assert place.exited == []
    its.close()


async def test_orphan_that_ended_during_an_earlier_restore_is_not_taken_for_a_later_fork(forker: Forker) -> None:
    first, second, its = Place(), Place(), opening()
    forker.snapshot.restore(first, SPEC, None, its)
    forker.snapshot.restored_exited({"pid": 8, "code": 3})
    await forker.says(op="restored", id="1", pid=7)
    forker.snapshot.restore(second, SPEC, None, its)
    await forker.says(op="restored", id="2", pid=8)
    assert second.exited == []
    its.close()


async def test_group_that_cannot_be_opened_costs_no_descriptor_and_is_an_error(forker: Forker, tmp_path: Path) -> None:
    class Removed(EnvironmentCgroup):
        def __init__(self) -> None:
            self._path = tmp_path / "removed"

    place, its = Place(), opening()
    before = open_files()
    with pytest.raises(FileNotFoundError):
        forker.snapshot.restore(place, SPEC, Removed(), its)
    assert open_files() == before
    forker.snapshot.close("its place is gone")
    its.close()


async def test_what_is_not_a_message_of_a_snapshot_is_left_out(forker: Forker) -> None:
    place, its = Place(), opening()
    forker.snapshot.restore(place, SPEC, None, its)
    await forker.says(op="restored", id="1")
    await forker.says(op="restored", id="1", pid="many")
    await forker.says(op="restored", id="2", pid=7)
    await forker.says(op="not_restored", id="1", why="no memory")
    assert place.refused == ["no memory"]
    assert place.exited == []
    its.close()


async def test_descriptors_that_user_code_sends_to_the_engine_are_not_kept(forker: Forker) -> None:
    before = open_files()
    for _ in range(20):
        socket.send_fds(forker.connected, [b"{}\n"], [0, 1, 2])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert open_files() == before
