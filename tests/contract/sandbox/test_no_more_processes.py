"""A machine, or a group of it, that lets nobody start another process: it is said, costs nothing, and passes."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lambdatui.sandbox.process import cgroups
from lambdatui.sandbox.process.cgroups_limits import Controller
from lambdatui.sandbox.process.cgroups_v1 import find_v1_parents
from lambdatui.sandbox.protocol import ExtensionExit, ExtensionSpec, RuntimeExit, SandboxError
from tests.contract.sandbox.stage import Stage, StagedEnvironment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups exist on Linux only")
NO_MORE = "Resource temporarily unavailable"


@pytest.fixture
def full_group(stage: Stage) -> Iterator[Path]:
    """Whoever is put into it starts nobody."""
    parent = find_v1_parents().get(Controller.PIDS)
    unified, _ = cgroups.find_parent()
    if parent is None and unified is not None and "pids" in cgroups.controllers_below(unified):
        parent = unified
    if parent is None:
        pytest.skip("the number of processes cannot be limited here")
    group = Path(tempfile.mkdtemp(prefix="full-", dir=parent))
    (group / "pids.max").write_text("0")
    yield group
    for pid in (group / "cgroup.procs").read_text().split():
        (parent / "cgroup.procs").write_text(pid)
    group.rmdir()


def put(group: Path, pid: int | None) -> None:
    assert pid is not None
    (group / "cgroup.procs").write_text(str(pid))


async def test_zygote_that_cannot_fork_refuses_in_words_and_serves_when_it_can(
    stage: Stage, environment: StagedEnvironment, full_group: Path
) -> None:
    zygote = psutil.Process(environment.sandbox.first_pid).parent()
    assert zygote is not None
    put(full_group, zygote.pid)
    files = zygote.num_fds()
    for _ in range(3):
        with pytest.raises(SandboxError, match=NO_MORE):
            await stage.environment(stage.spec(sys.executable))
    while zygote.num_fds() != files:
        # It closes what came with the request when it has answered.
        os.sched_yield()
    (full_group / "pids.max").write_text("max")
    again = await stage.environment(stage.spec(sys.executable))
    assert (await again.run("raise SystemExit(4)")).exit_code == 4
    put(full_group.parent, again.sandbox.first_pid)


async def test_runtime_that_cannot_be_started_is_an_exit_that_says_why(
    environment: StagedEnvironment, full_group: Path
) -> None:
    put(full_group, environment.sandbox.first_pid)
    files = psutil.Process(environment.sandbox.first_pid).num_fds()
    assert await environment.run("pass") == RuntimeExit(generation=1, exit_code=127)
    assert NO_MORE in await environment.line()
    assert psutil.Process(environment.sandbox.first_pid).num_fds() == files
    (full_group / "pids.max").write_text("max")
    assert (await environment.run("raise SystemExit(4)", generation=2)).exit_code == 4


async def test_extension_that_cannot_be_started_says_why(environment: StagedEnvironment, full_group: Path) -> None:
    put(full_group, environment.sandbox.first_pid)
    environment.sandbox.start_extension(ExtensionSpec(generation=1, name="some", environ={}))
    happened = await environment.recorder.next()
    assert isinstance(happened, ExtensionExit)
    assert NO_MORE.lower() in happened.reason
