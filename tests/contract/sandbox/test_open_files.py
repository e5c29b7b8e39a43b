"""An engine that may not open as many files as it would need."""

import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lambdatui.sandbox.process import Isolation, open_files
from lambdatui.sandbox.protocol import SandboxError
from tests.contract.sandbox.stage import Recorder, Stage, StagedEnvironment


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def open_now() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_environment_for_which_there_is_no_room_is_refused_in_words_and_leaves_no_file_open(
    stage: Stage, environment: StagedEnvironment, limits: tuple[int, int]
) -> None:
    before = open_now()
    resource.setrlimit(resource.RLIMIT_NOFILE, (before + 20, limits[1]))
    with pytest.raises(SandboxError, match="ulimit -n"):
        await stage.environment(stage.spec(sys.executable))
    assert open_now() == before
    assert (await environment.run("pass")).exit_code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
async def test_environment_that_runs_needs_no_more_files_than_are_reckoned_with(
    environment: StagedEnvironment, stage: Stage
) -> None:
    before = open_now()
    second = await stage.environment(stage.spec(sys.executable))
    second.start("print('up', flush=True); import signal; signal.pause()")
    await second.line()
    second.sandbox.freeze()
    # The stage reads the log through a copy. A Runtime API takes two more: a listener and a connection.
    assert open_now() - before - 1 + 2 <= open_files.PER_ENVIRONMENT


def test_limit_is_raised_as_far_as_it_may_be(limits: tuple[int, int]) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    open_files.raise_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(open_files.WANTED, limits[1]), limits[1])


def test_limit_that_is_higher_already_stays(limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "WANTED", 100)
    open_files.raise_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limits


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_whichever_file_cannot_be_opened_it_costs_none_and_is_said_and_there_is_a_place_when_there_is_room(
    stage: Stage, isolation: Isolation, limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is reckoned with, so that the machine itself says no, each time at another step.
    monkeypatch.setattr(open_files, "PER_ENVIRONMENT", -1000)
    await (await stage.environment(stage.spec(sys.executable))).sandbox.close()
    offered = stage.backend.capabilities()
    specs = [replace(stage.spec(sys.executable), network=False) for _ in range(16)]
    before = open_now()
    for left, spec in enumerate(specs):
        resource.setrlimit(resource.RLIMIT_NOFILE, (before - 1 + left, limits[1]))
        try:
            made = await stage.backend.create(spec, Recorder())
        except (SandboxError, OSError):
            pass
        else:
            assert (made.network is None) == (isolation is Isolation.PLAIN), f"with {left} files left"
            await made.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert open_now() == before, f"with {left} files left"
    environment = await stage.environment(stage.spec(sys.executable))
    assert (await environment.run("pass")).exit_code == 0
    assert stage.backend.capabilities() == offered


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
async def test_zygote_for_which_there_is_no_room_costs_no_file_and_blames_no_interpreter(
    stage: Stage, limits: tuple[int, int]
) -> None:
    before, refusals = open_now(), []
    for left in range(10):
        resource.setrlimit(resource.RLIMIT_NOFILE, (before - 1 + left, limits[1]))
        try:
            await stage.backend.prewarm(sys.executable)
        except SandboxError as error:
            refusals.append(str(error))
        else:
            break
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert open_now() == before, f"with {left} files left"
    else:
        pytest.fail("no zygote with 10 files left")
    assert refusals
    assert not [refusal for refusal in refusals if "Name another interpreter" in refusal]
