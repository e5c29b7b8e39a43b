"""Who uses more memory than a function has is ended, and only then."""

import asyncio
import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.sandbox.process.cgroups_v1 import find_v1_parents
from lambdatui.sandbox.protocol import RuntimeExit
from tests.contract.sandbox.stage import Stage, StagedEnvironment

MB = 1 << 20
KEEP = "import time; time.sleep(30)"
# A pause between the portions: what a group of the kernel must stop at once, a look at the processes stops soon.
GROWS = f"held = []\nwhile True:\n    held.append(b'x' * {4 * MB})\n    __import__('time').sleep(0.002)"

with_and_without_groups = pytest.mark.parametrize("use_cgroups", [True, False])


def groups_of_environments() -> list[Path]:
    """Of version 1, of the backends of this process."""
    return [group for parent in find_v1_parents().values() for group in parent.glob(f"*-{os.getpid()}-*/*/")]


async def small(stage: Stage, memory_mb: int = 128) -> StagedEnvironment:
    return await stage.environment(replace(stage.spec(sys.executable), memory_mb=memory_mb))


@with_and_without_groups
async def test_handler_that_grows_over_its_memory_is_killed_for_it(stage: Stage) -> None:
    environment = await small(stage)
    ended = await environment.run(GROWS)
    assert (ended.signal, ended.out_of_memory) == (signal.SIGKILL, True)
    assert environment.sandbox.memory_used_mb() == 128


@with_and_without_groups
async def test_all_memory_at_once_is_too_much_as_well(stage: Stage) -> None:
    environment = await small(stage)
    ended = await environment.run(f"held = b'x' * {600 * MB}\n{KEEP}")
    assert (ended.signal, ended.out_of_memory) == (signal.SIGKILL, True)


@with_and_without_groups
async def test_children_count_together_with_the_handler(stage: Stage) -> None:
    environment = await small(stage)
    environment.start(
        "import os, time\n"
        "reader, writer = os.pipe()\n"
        "child = os.fork()\n"
        "if not child:\n"
        f"    held = b'x' * {90 * MB}\n"
        "    os.write(writer, b'.')\n"
        "    time.sleep(30)\n"
        "os.read(reader, 1)\n"
        f"held = b'x' * {70 * MB}\n"
        "print(os.waitpid(child, 0)[1], flush=True)"
    )
    assert await environment.line() == str(int(signal.SIGKILL))


@with_and_without_groups
async def test_memory_that_forked_children_share_counts_once(stage: Stage) -> None:
    environment = await small(stage)
    ended = await environment.run(
        f"import os, time\nheld = b'x' * {70 * MB}\nfirst = os.fork() and os.fork()\ntime.sleep(0.3)"
    )
    assert (ended.exit_code, ended.out_of_memory) == (0, False)


@with_and_without_groups
async def test_handler_within_its_memory_lives_and_what_it_used_is_known(stage: Stage) -> None:
    environment = await small(stage)
    environment.start(f"held = b'x' * {80 * MB}\nprint('held', flush=True)\n{KEEP}")
    assert await environment.line() == "held"
    used = environment.sandbox.memory_used_mb()
    assert used is not None
    assert 80 < used < 128
    await environment.kill()


@pytest.mark.parametrize("use_cgroups", [False])
async def test_runtime_that_says_its_peak_is_the_same_is_not_read_again(stage: Stage) -> None:
    environment = await small(stage)
    environment.start(
        "import os, signal\n"
        f"held = [b'x' * {40 * MB}]\n"
        "def grow(*_):\n"
        f"    held.append(b'x' * {40 * MB})\n"
        "    os.write(1, b'more\\n')\n"
        "signal.signal(signal.SIGUSR1, grow)\n"
        f"print('held', flush=True)\n{KEEP}"
    )
    assert await environment.line() == "held"
    before = environment.sandbox.memory_used_mb(runtime_has_same_peak=True)
    environment.sandbox.signal_runtime(signal.SIGUSR1)
    assert await environment.line() == "more"
    believed, read = (environment.sandbox.memory_used_mb(runtime_has_same_peak=same) for same in (True, False))
    assert before is not None
    assert read is not None
    assert (believed, read >= before + 40) == (before, True)
    await environment.kill()


async def test_new_runtime_is_measured_whatever_was_said_of_the_one_before(stage: Stage) -> None:
    environment = await small(stage)
    for size, least in ((20, 20), (90, 90)):
        environment.start(f"held = b'x' * {size * MB}\nprint('held', flush=True)\n{KEEP}")
        assert await environment.line() == "held"
        used = environment.sandbox.memory_used_mb(runtime_has_same_peak=True)
        assert used is not None
        assert used > least
        await environment.kill()


@with_and_without_groups
async def test_the_same_memory_is_no_limit_for_a_greater_function(stage: Stage) -> None:
    environment = await small(stage, memory_mb=512)
    ended = await environment.run(f"held = b'x' * {300 * MB}")
    assert (ended.exit_code, ended.out_of_memory) == (0, False)


async def test_files_in_tmp_are_not_memory(stage: Stage) -> None:
    environment = await small(stage)
    ended = await environment.run(
        "import os\n"
        f"with open(os.environ['WHERE'] + '/big', 'wb') as big:\n"
        f"    for _ in range(75):\n        big.write(bytes({4 * MB}))\n",
        environ={"WHERE": environment.sandbox.paths.tmp},
    )
    assert (ended.exit_code, ended.signal, ended.out_of_memory) == (0, None, False)
    used = environment.sandbox.memory_used_mb()
    assert used is not None
    assert used < 100


IN_MEMORY = Path("/dev/shm")


@pytest.mark.skipif(not IN_MEMORY.is_dir(), reason="there is no directory that is certainly a tmpfs")
async def test_files_in_tmp_are_not_memory_where_the_hosts_own_directory_is_a_tmpfs(stage: Stage) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        (tmp_dir := Path(folder) / "tmp").mkdir()
        environment = await stage.environment(replace(stage.spec(sys.executable), memory_mb=128, tmp_dir=tmp_dir))
        ended = await environment.run(
            "import os, time\n"
            f"with open(os.environ['WHERE'] + '/big', 'wb') as big:\n"
            f"    for _ in range(75):\n        big.write(bytes({4 * MB}))\n        time.sleep(0.01)\n",
            environ={"WHERE": environment.sandbox.paths.tmp},
        )
        assert (ended.exit_code, ended.signal, ended.out_of_memory) == (0, None, False)
        used = environment.sandbox.memory_used_mb()
    assert used is not None
    assert used < 100


@pytest.mark.skipif(not IN_MEMORY.is_dir(), reason="there is no directory that is certainly a tmpfs")
async def test_shared_memory_is_memory_where_the_hosts_own_directory_is_a_tmpfs(stage: Stage) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        (tmp_dir := Path(folder) / "tmp").mkdir()
        environment = await stage.environment(replace(stage.spec(sys.executable), memory_mb=128, tmp_dir=tmp_dir))
        ended = await environment.run(
            "import mmap, time\nheld = []\n"
            f"while True:\n    held.append(mmap.mmap(-1, {4 * MB}))\n    held[-1].write(bytes({4 * MB}))\n"
            "    time.sleep(0.01)"
        )
        assert (ended.signal, ended.out_of_memory) == (signal.SIGKILL, True)


async def test_kill_that_memory_has_no_part_in_is_not_called_so(environment: StagedEnvironment) -> None:
    ended = await environment.run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert (ended.signal, ended.out_of_memory) == (signal.SIGKILL, False)


async def test_next_runtime_of_the_environment_starts_with_memory_of_its_own(stage: Stage) -> None:
    environment = await small(stage)
    assert (await environment.run(GROWS)).out_of_memory
    await environment.kill()
    ended = await environment.run("held = b'x' * (60 << 20)", generation=2)
    assert ended == RuntimeExit(generation=2, exit_code=0, max_rss_mb=ended.max_rss_mb)
    used = environment.sandbox.memory_used_mb()
    assert used is not None
    assert used < 128


@with_and_without_groups
async def test_frozen_environment_is_not_looked_at_and_a_thawed_one_is_again(stage: Stage) -> None:
    environment = await small(stage)
    environment.start("print('there', flush=True)\nimport sys\n" + GROWS)
    assert await environment.line() == "there"
    environment.sandbox.freeze()
    environment.sandbox.thaw()
    happened = await environment.recorder.next()
    assert isinstance(happened, RuntimeExit)
    assert happened.out_of_memory


@with_and_without_groups
async def test_place_that_is_closed_at_once_leaves_nothing_behind(stage: Stage) -> None:
    environments = [await small(stage) for _ in range(3)]
    await asyncio.gather(*(environment.sandbox.close() for environment in environments))
    assert groups_of_environments() == []
