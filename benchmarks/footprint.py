"""Rows 9 and 10: what one more idle environment and an idle engine cost."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from benchmarks import pythons
from benchmarks.measure import Result
from benchmarks.sides import lambdatui

ENVIRONMENTS = 20


def rows(project: Path) -> Iterator[Result]:
    yield from rows_by_python(project)
    yield from idle_engine(project)


def rows_by_python(project: Path) -> Iterator[Result]:
    yield idle_environment(project)


def idle_environment(project: Path) -> Result:
    """USS of all processes with one environment and with twenty more, divided."""
    with lambdatui(project, "sleeper") as side:
        side.connect().invoke()
        before = _uss_mb(side.tree()[1:])
        with ThreadPoolExecutor(ENVIRONMENTS + 1) as callers:
            list(callers.map(lambda _: side.connect().invoke(), range(ENVIRONMENTS + 1)))
        each_mb = (_uss_mb(side.tree()[1:]) - before) / ENVIRONMENTS
    return Result(
        row="9",
        what="memory of one more idle environment, USS",
        against="a bare python -c",
        unit="MB",
        ours=each_mb,
        theirs=_bare_python_mb(project),
        limit=1.5,
        goal=1.0,
    )


def idle_engine(project: Path) -> list[Result]:
    with lambdatui(project, "trivial") as side:
        side.connect().invoke()
        engine = psutil.Process(side.process.pid)
        time.sleep(1)
        before = _cpu_s(engine)
        time.sleep(5)
        cpu_percent = (_cpu_s(engine) - before) / 5 * 100
        memory_mb = engine.memory_full_info().uss / 1e6
    return [
        Result(
            row="10",
            what="engine idle, memory",
            against="a limit",
            unit="MB",
            ours=memory_mb,
            theirs=None,
            limit=80,
            goal=50,
        ),
        Result(
            row="10",
            what="engine idle, CPU",
            against="a limit",
            unit="%",
            ours=cpu_percent,
            theirs=None,
            limit=1,
            goal=0.2,
        ),
    ]


def _cpu_s(process: psutil.Process) -> float:
    """Of all its threads, those that ended included. In nanoseconds on Linux; what psutil reads there has 10 ms."""
    if sys.platform == "linux":
        return time.clock_gettime(~process.pid << 3 | 2)  # as clock_getcpuclockid(3) makes it
    return float(sum(process.cpu_times()[:2]))


def _uss_mb(processes: list[psutil.Process]) -> float:
    return sum(process.memory_full_info().uss for process in processes) / 1e6


def _bare_python_mb(project: Path) -> float:
    """Beside another one, as environments are: a single process would have the pages of the interpreter's own file to
    itself.
    """
    with _bare_python(project), _bare_python(project) as process:
        uss: float = psutil.Process(process.pid).memory_full_info().uss / 1e6
    return uss


@contextlib.contextmanager
def _bare_python(project: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [pythons.of(project).executable, "-c", "import sys; print(1, flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    yield process
    process.stdin.close()
    process.wait()
