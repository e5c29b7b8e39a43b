"""The processes behind the environments: started once, replaced when they end, gone when the backend is closed."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
import uvloop

from lambdatui.sandbox.process import Isolation, ProcessBackend, place
from tests.contract.sandbox.stage import Lost, Stage, StagedEnvironment, make_runtime_dir

OPEN_FDS = Path("/proc/self/fd")


def zygote_of(stage: Stage) -> psutil.Process:
    children = psutil.Process().children()
    return next(child for child in children if str(stage.runtime_dir / "zygote.py") in child.cmdline())


async def test_environments_made_at_the_same_time_share_one_zygote(stage: Stage) -> None:
    specs = [stage.spec(sys.executable) for _ in range(3)]
    environments = await asyncio.gather(*(stage.environment(spec) for spec in specs))
    ends = await asyncio.gather(*(environment.run("raise SystemExit(2)") for environment in environments))
    assert [end.exit_code for end in ends] == [2, 2, 2]
    assert (
        len([child for child in psutil.Process().children() if str(stage.runtime_dir) in " ".join(child.cmdline())])
        == 1
    )


async def test_prewarmed_interpreter_has_a_zygote_before_the_first_environment(stage: Stage) -> None:
    await stage.backend.prewarm(sys.executable)
    first = zygote_of(stage).pid
    await stage.environment(stage.spec(sys.executable))
    assert zygote_of(stage).pid == first


@pytest.mark.namespaces
@pytest.mark.parametrize("isolation", ["namespaces"], indirect=True)
async def test_environments_are_lost_with_their_zygote_and_the_next_gets_a_new_one(
    stage: Stage, environment: StagedEnvironment
) -> None:
    environment.start("print('running', flush=True); import signal; signal.pause()")
    await environment.line()
    zygote_of(stage).send_signal(signal.SIGKILL)
    happened = await environment.recorder.next()
    while not isinstance(happened, Lost):
        happened = await environment.recorder.next()
    replacement = await stage.environment(stage.spec(sys.executable))
    assert (await replacement.run("raise SystemExit(6)")).exit_code == 6


async def test_zygote_that_is_killed_while_it_starts_says_nothing_of_its_interpreter(stage: Stage) -> None:
    making = asyncio.ensure_future(stage.environment(stage.spec(sys.executable)))  # noqa: TID251 - awaited below
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.005, over.set)
    await over.wait()
    zygote_of(stage).send_signal(signal.SIGKILL)
    environment = await making
    assert (await environment.run("raise SystemExit(6)")).exit_code == 6


async def test_zygote_that_stands_still_is_replaced_and_its_environments_go_on(
    stage: Stage, environment: StagedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_READY_TIMEOUT_S", 0.5)
    stopped = zygote_of(stage)
    for process in (*stopped.children(), stopped):
        if process.pid != environment.sandbox.first_pid:
            process.suspend()
    replacement = await stage.environment(stage.spec(sys.executable))
    assert (await replacement.run("raise SystemExit(6)")).exit_code == 6
    assert (await environment.run("raise SystemExit(5)")).exit_code == 5


@pytest.mark.parametrize("isolation", ["plain"], indirect=True)
async def test_plain_environments_go_on_without_their_zygote(stage: Stage, environment: StagedEnvironment) -> None:
    zygote_of(stage).send_signal(signal.SIGKILL)
    replacement = await stage.environment(stage.spec(sys.executable))
    assert (await environment.run("raise SystemExit(5)")).exit_code == 5
    assert (await replacement.run("raise SystemExit(6)")).exit_code == 6


async def test_hundreds_of_environments_leave_nothing_behind(stage: Stage) -> None:
    await (await stage.environment(stage.spec(sys.executable))).sandbox.close()
    spec = stage.spec(sys.executable)
    before = left_behind(stage)
    for _ in range(500):
        environment = await stage.environment(spec)
        await environment.sandbox.close()
        environment.transport.close()
    await asyncio.sleep(0)
    assert left_behind(stage) == before


def left_behind(stage: Stage) -> tuple[int, int, int, int]:
    zygote = min(stage.processes(), key=lambda process: process.create_time())
    mounts = Path(f"/proc/{zygote.pid}/mountinfo").read_text().count("\n")
    groups = sum(len(list(path.iterdir())) for path in Path("/sys/fs/cgroup").rglob(f"lambdatui-*-{os.getpid()}-*"))
    return len(list(OPEN_FDS.iterdir())), len(stage.processes()), mounts, groups


def test_backend_works_on_uvloop(tmp_path: Path, isolation: Isolation) -> None:
    async def scenario() -> int | None:
        stage = Stage(tmp_path, lambda folder: ProcessBackend(isolation=isolation, runtime_dir=folder))
        try:
            environment = await stage.environment(stage.spec(sys.executable))
            return (await environment.run("raise SystemExit(8)")).exit_code
        finally:
            await stage.close()

    assert uvloop.run(scenario()) == 8


@pytest.mark.parametrize("isolation", ["plain"], indirect=True)
async def test_interpreter_with_broken_runtime_tells_what_it_printed(tmp_path: Path, isolation: Isolation) -> None:
    runtime_dir = make_runtime_dir(tmp_path / "runtime")
    (runtime_dir / "bootstrap.py").write_text("raise ImportError('broken on purpose')\n")
    backend = ProcessBackend(isolation=isolation, runtime_dir=runtime_dir)
    with pytest.raises(Exception, match="broken on purpose"):
        await backend.prewarm(sys.executable)
    await backend.close()
