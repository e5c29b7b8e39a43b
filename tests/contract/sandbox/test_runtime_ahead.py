"""Places whose first process is forked before there is an order for it: everything is as in any other place."""

import sys
from dataclasses import replace

import psutil
import pytest

from lambdatui.sandbox.process import Isolation
from tests.contract.sandbox.stage import Stage, StagedEnvironment

LARGER_THAN_A_PIPE = "x" * 100_000


@pytest.fixture
async def environment(stage: Stage) -> StagedEnvironment:
    return await stage.environment(replace(stage.spec(sys.executable), bootstrap_first=True))


async def test_it_becomes_the_runtime(environment: StagedEnvironment) -> None:
    happened = await environment.run(
        "import os; print(os.getcwd(), os.environ['STAGE']); raise SystemExit(42)", {"STAGE": "x"}, 7
    )
    assert (happened.generation, happened.exit_code) == (7, 42)
    assert await environment.line() == f"{environment.sandbox.paths.task_root} x"


async def test_runtimes_after_it_are_forked_as_ever(environment: StagedEnvironment) -> None:
    codes = [await environment.run(f"raise SystemExit({number})", generation=number) for number in (1, 2, 3)]
    assert [(end.generation, end.exit_code) for end in codes] == [(1, 1), (2, 2), (3, 3)]


async def test_variables_larger_than_a_pipe_reach_it(environment: StagedEnvironment) -> None:
    await environment.run("import os; print(len(os.environ['LONG']))", {"LONG": LARGER_THAN_A_PIPE})
    assert await environment.line() == str(len(LARGER_THAN_A_PIPE))


async def test_where_it_was_killed_another_is_forked(environment: StagedEnvironment) -> None:
    await environment.kill()
    happened = await environment.run("raise SystemExit(3)", generation=2)
    assert (happened.generation, happened.exit_code) == (2, 3)


async def test_another_program_is_started_in_its_place(environment: StagedEnvironment) -> None:
    happened = await environment.execute("/bin/sh", "-c", "exit 4")
    assert happened.exit_code == 4


@pytest.mark.namespaces
async def test_it_ends_where_it_is_of_no_use(environment: StagedEnvironment, isolation: Isolation) -> None:
    if isolation is Isolation.PLAIN:
        pytest.skip("none is forked ahead without a process namespace")
    await environment.execute("/bin/sh", "-c", "exit 4")
    await environment.execute("/bin/sh", "-c", "exit 4")
    assert environment.sandbox.first_pid is not None
    children = psutil.Process(environment.sandbox.first_pid).children()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


@pytest.mark.namespaces
async def test_its_number_is_that_of_a_runtime_which_is_started_alone(
    environment: StagedEnvironment, isolation: Isolation
) -> None:
    if isolation is Isolation.PLAIN:
        pytest.skip("numbers are the machine's without a process namespace")
    await environment.run("import os; print(os.getpid(), os.getppid(), os.getsid(0))")
    assert await environment.line() == "2 1 2"


async def test_place_is_closed_while_it_waits(environment: StagedEnvironment) -> None:
    await environment.sandbox.close()
    assert environment.sandbox.first_pid is not None
    assert not psutil.pid_exists(environment.sandbox.first_pid)
