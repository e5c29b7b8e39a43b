"""What is reported of a runtime is about that one, however late it comes."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from lambdatui.sandbox.process.channel import Channel
from lambdatui.sandbox.process.limits import EnvironmentLimits
from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.process.place_runtime import PlaceRuntime
from lambdatui.sandbox.process.snapshots import Snapshot
from lambdatui.sandbox.protocol import RuntimeExit, RuntimeSpec, SandboxPaths

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="snapshots are forked on Linux only")


class Unlimited:
    """Stands for the limits of a place, which need groups and a thread."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class Stage:
    def __init__(self) -> None:
        control, self.init = socket.socketpair()
        forker, self.forked = socket.socketpair()
        self.snapshot = Snapshot(forker, {}, lambda: None, lambda: None)
        self.channel = Channel(control, lambda message, sender: None, lambda: None)
        self.log, self.log_end = os.pipe()
        parts = PlaceParts(
            paths=SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp"),
            bytecode="",
            control=control,
            log_fd=-1,
            cgroup=None,
            limits=cast("EnvironmentLimits", Unlimited()),
            namespaced=True,
            runtime_command=(),
            warm=True,
            snapshot=self.snapshot,
            log_end=self.log_end,
        )
        self.exits: list[RuntimeExit] = []
        self.runtime = PlaceRuntime(parts, self.channel, on_exit=self.exits.append, on_lost=lambda reason: None)

    def close(self) -> None:
        self.runtime.close()
        self.snapshot.close("the test is over")
        self.channel.close()
        self.init.close()
        self.forked.close()
        os.close(self.log)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    made.close()


def spec(generation: int) -> RuntimeSpec:
    return RuntimeSpec(generation=generation, environ={})


async def test_end_of_a_restored_runtime_that_is_told_late_is_not_taken_for_that_of_the_next(stage: Stage) -> None:
    stage.runtime.restore(spec(1))
    stage.runtime.restored_started(100)
    stage.runtime.start(spec(2))
    stage.runtime.received({"op": "started", "generation": 2, "pid": 200}, None)
    stage.runtime.restored_exited({"pid": 100, "signal": 9})
    await asyncio.sleep(0)
    assert [happened.generation for happened in stage.exits] == [1]
    assert stage.runtime.pid == 200


async def test_end_of_a_restored_runtime_is_told(stage: Stage) -> None:
    stage.runtime.restore(spec(1))
    stage.runtime.restored_started(100)
    stage.runtime.restored_exited({"pid": 100, "code": 3})
    assert [(happened.generation, happened.exit_code) for happened in stage.exits] == [(1, 3)]
    assert stage.runtime.pid is None


async def test_restore_that_was_refused_says_why_in_the_log_and_is_an_exit(stage: Stage) -> None:
    stage.runtime.restore(spec(1))
    stage.runtime.not_restored("no memory")
    assert os.read(stage.log, 100) == b"cannot be restored here: no memory\n"
    assert [(happened.generation, happened.exit_code) for happened in stage.exits] == [(1, 127)]
