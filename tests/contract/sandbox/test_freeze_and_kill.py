"""Freezing stops the whole tree, killing leaves nothing, whatever user code does against it."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lambdatui.sandbox.process import Isolation, cgroups, place_end
from lambdatui.sandbox.protocol import RuntimeExit
from tests.contract.sandbox.stage import Gone, Lost, Stage, StagedEnvironment

# A thread of the runtime, a child, and a grandchild in a session of its own whose parent has ended.
COUNTERS = """
import mmap, os, struct, threading, time

def count(name):
    with open(TMP + '/' + name, 'w+b') as file:
        file.write(bytes(8))
        file.flush()
        shared = mmap.mmap(file.fileno(), 8)
    n = 0
    while True:
        n += 1
        shared[:] = struct.pack('Q', n)
        if n % 50 == 0:
            os.write(1, b'%s %d\\n' % (name.encode(), n))
        time.sleep(0.0005)

threading.Thread(target=count, args=('thread',)).start()
if os.fork() == 0:
    count('child')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        count('stray')
    os._exit(0)
count('runtime')
"""
NAMES = {"thread", "child", "stray", "runtime"}


@pytest.fixture(params=["cgroup", "signals"])
def use_cgroups(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "cgroup")


@pytest.fixture
async def counting(environment: StagedEnvironment) -> StagedEnvironment:
    environment.start(f"TMP = {environment.sandbox.paths.tmp!r}\n{COUNTERS}")
    await counted(environment, dict.fromkeys(NAMES, 0))
    return environment


async def counted(environment: StagedEnvironment, beyond: dict[str, int]) -> None:
    """Wait until every counter has passed the given number."""
    waiting = set(beyond)
    while waiting:
        name, number = (await environment.line()).split()
        if int(number) > beyond[name]:
            waiting.discard(name)


def counters(environment: StagedEnvironment) -> dict[str, int]:
    return {name: int.from_bytes((environment.spec.tmp_dir / name).read_bytes(), sys.byteorder) for name in NAMES}


def tree(stage: Stage, environment: StagedEnvironment) -> list[psutil.Process]:
    """The runtime and everything it started, as the machine sees it."""
    runtime = psutil.Process(environment.sandbox.pid)
    init = runtime.ppid()
    above = {init, *(parent.pid for parent in psutil.Process(init).parents())}
    return [process for process in stage.processes() if process.pid not in above]


def wait_until_stopped(processes: list[psutil.Process]) -> None:
    groups = {path for process in processes for path in freezer_files(process)}
    if groups:
        while not all("frozen 1" in path.read_text() for path in groups):
            os.sched_yield()
        return
    while not all(process.status() == psutil.STATUS_STOPPED for process in processes):
        os.sched_yield()


def freezer_files(process: psutil.Process) -> Iterator[Path]:
    for line in Path(f"/proc/{process.pid}/cgroup").read_text().splitlines():
        if line.startswith("0::") and "lambdatui" in line:
            mount_point = next(
                Path(mount.split()[1])
                for mount in Path("/proc/self/mounts").read_text().splitlines()
                if mount.split()[2] == "cgroup2"
            )
            yield mount_point / line[4:] / "cgroup.events"


def let_others_run() -> None:
    for _ in range(20):
        subprocess.run(["/bin/true"], check=True)


async def test_nothing_runs_while_frozen_and_everything_goes_on_after(
    stage: Stage, counting: StagedEnvironment
) -> None:
    counting.sandbox.freeze()
    wait_until_stopped(tree(stage, counting))
    before = counters(counting)
    let_others_run()
    assert counters(counting) == before
    counting.sandbox.thaw()
    await counted(counting, before)


async def test_repeated_freezing_is_undone_by_one_thaw(stage: Stage, counting: StagedEnvironment) -> None:
    counting.sandbox.freeze()
    counting.sandbox.freeze()
    wait_until_stopped(tree(stage, counting))
    before = counters(counting)
    counting.sandbox.thaw()
    await counted(counting, before)


async def test_kill_ends_a_frozen_tree_and_the_place_can_be_used_again(
    stage: Stage, counting: StagedEnvironment
) -> None:
    processes = tree(stage, counting)
    counting.sandbox.freeze()
    counting.sandbox.kill_processes()
    assert isinstance(await counting.recorder.next(), RuntimeExit)
    assert await counting.recorder.next() == Gone(1)
    assert len(processes) == 3
    assert not any(process.is_running() for process in processes)
    assert (await counting.run("raise SystemExit(4)", generation=2)).exit_code == 4


async def test_kill_without_processes_reports_that_nothing_runs(environment: StagedEnvironment) -> None:
    await environment.run("pass", generation=3)
    environment.sandbox.kill_processes()
    assert await environment.recorder.next() == Gone(3)


STRAY = """
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'stray\\n')
        while True:
            signal.pause()
    os._exit(0)
os.wait()
signal.pause()
"""


@pytest.fixture
def standing_group() -> Iterator[Path]:
    """A group in which nothing runs, whatever signal it gets."""
    parent, why_not = cgroups.find_parent()
    if parent is None or (not (parent / "cgroup.freeze").exists() and os.geteuid() != 0):
        pytest.skip(f"no group can be made: {why_not}")
    group = Path(tempfile.mkdtemp(prefix="standing-", dir=parent))
    (group / "cgroup.freeze").write_text("1")
    yield group
    (group / "cgroup.freeze").write_text("0")
    while (group / "cgroup.procs").read_text():
        os.sched_yield()
    group.rmdir()


async def test_init_process_that_was_stopped_kills_when_it_is_told_to(environment: StagedEnvironment) -> None:
    environment.start(STRAY)
    assert await environment.line() == "stray"
    psutil.Process(environment.sandbox.first_pid).suspend()
    await environment.kill()
    assert (await environment.run("raise SystemExit(4)", generation=2)).exit_code == 4


async def test_place_whose_init_process_cannot_run_is_lost_when_its_processes_have_to_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, standing_group: Path
) -> None:
    monkeypatch.setattr(place_end, "ANSWER_TIMEOUT_S", 0.2)
    environment = await stage.environment(stage.spec(sys.executable))
    environment.start(STRAY)
    assert await environment.line() == "stray"
    (standing_group / "cgroup.procs").write_text(str(environment.sandbox.first_pid))
    environment.sandbox.kill_processes()
    while not isinstance(await environment.recorder.next(), Lost):
        pass


@pytest.mark.parametrize("how", ["stopped", "standing"])
async def test_close_of_a_place_whose_init_process_does_not_answer_takes_a_second(
    stage: Stage, environment: StagedEnvironment, standing_group: Path, how: str
) -> None:
    environment.start(STRAY)
    assert await environment.line() == "stray"
    if how == "stopped":
        psutil.Process(environment.sandbox.first_pid).suspend()
    else:
        (standing_group / "cgroup.procs").write_text(str(environment.sandbox.first_pid))
    async with asyncio.timeout(1.5):
        await environment.sandbox.close()
    assert len(stage.processes()) <= 2, "more than a zygote and the process that waits for it"


async def test_strays_of_an_ended_runtime_live_until_the_kill(stage: Stage, environment: StagedEnvironment) -> None:
    before = stage.processes()
    await environment.run(
        "import os, signal\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    os.write(1, b'alone\\n')\n"
        "    signal.pause()\n"
        "os._exit(0)"
    )
    assert await environment.line() == "alone"
    (stray,) = (process for process in stage.processes() if process not in before)
    environment.sandbox.kill_processes()
    assert await environment.recorder.next() == Gone(1)
    assert not stray.is_running()


async def test_close_ends_a_frozen_tree(stage: Stage, counting: StagedEnvironment) -> None:
    processes = tree(stage, counting)
    counting.sandbox.freeze()
    await counting.sandbox.close()
    assert not any(process.is_running() for process in processes)


async def test_second_close_does_nothing(environment: StagedEnvironment) -> None:
    await environment.sandbox.close()
    await environment.sandbox.close()
    assert environment.recorder.happened.empty()


async def test_runtime_that_closes_all_descriptors_is_still_reaped(environment: StagedEnvironment) -> None:
    happened = await environment.run("import os; os.closerange(0, 1024); os._exit(9)")
    assert happened.exit_code == 9


async def test_forks_in_sessions_of_their_own_do_not_survive_the_kill(environment: StagedEnvironment) -> None:
    environment.start(
        "import os, signal\n"
        "for _ in range(5):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "            signal.signal(number, signal.SIG_IGN)\n"
        "        for _ in range(3):\n"
        "            os.fork()\n"
        "        os.write(1, b'forked\\n')\n"
        "        while True:\n"
        "            signal.pause()\n"
        "signal.pause()"
    )
    for _ in range(40):
        assert await environment.line() == "forked"
    await environment.kill()


async def test_runtime_that_kills_its_parent_loses_at_most_itself(
    environment: StagedEnvironment, isolation: Isolation
) -> None:
    environment.start("import os, signal; os.kill(os.getppid(), signal.SIGKILL); os._exit(0)")
    happened = await environment.recorder.next()
    if isolation is Isolation.NAMESPACES:
        assert happened == RuntimeExit(generation=1, exit_code=0, max_rss_mb=happened.max_rss_mb)  # type: ignore[union-attr]
    else:
        # It may have ended, and been reported, before its parent was killed.
        while not isinstance(happened, Lost):
            happened = await environment.recorder.next()
        assert "signal 9" in happened.reason


async def test_start_in_a_lost_place_is_an_exit_with_status_127(environment: StagedEnvironment) -> None:
    environment.start("print('running', flush=True); import signal; signal.pause()")
    await environment.line()
    psutil.Process(psutil.Process(environment.sandbox.pid).ppid()).kill()
    while not isinstance(await environment.recorder.next(), Lost):
        pass
    environment.start("pass", generation=2)
    assert await environment.recorder.next() == RuntimeExit(generation=2, exit_code=127)
