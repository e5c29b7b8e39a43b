"""Rows 5, 15 and 16: many callers, many environments, history on and off."""

import selectors
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.measure import Result, median
from benchmarks.sides import Side, emulator, lambdatui, make_project

CALLERS = 8
SECONDS = 1.5
"""Long enough that what is written behind is paid for by those who caused it."""
ROUNDS = 12
"""Many short ones: what else the machine does falls on both sides."""


def rows(project: Path) -> Iterator[Result]:
    yield from rows_by_python(project)
    yield many_idle(project)
    yield history(project)


def rows_by_python(project: Path) -> Iterator[Result]:
    yield eight_callers(project)


def eight_callers(project: Path) -> Result:
    with lambdatui(project, "trivial") as ours, emulator(project, "trivial") as theirs:
        mine: list[float] = []
        other: list[float] = []
        for _ in range(ROUNDS):
            mine.append(_per_second(ours, CALLERS))
            other.append(_per_second(theirs, 1))
    return Result(
        row="5",
        what="8 callers over 8 environments, invokes per second",
        against="RIE with one caller",
        unit="/s",
        ours=median(mine),
        theirs=median(other),
        limit=2.0,
        goal=4.0,
        at_least=True,
    )


def many_idle(project: Path, environments: int = 200) -> Result:
    with lambdatui(project, "sleeper") as crowded, lambdatui(_second(project), "trivial") as alone:
        _fill(crowded, environments)
        crowded.function = "trivial"
        mine: list[float] = []
        other: list[float] = []
        connections = (crowded.connect(), alone.connect())
        for connection in connections:
            for _ in range(200):
                connection.invoke()
        for _ in range(10):
            for connection, values in zip(connections, (mine, other), strict=True):
                for _ in range(100):
                    start = time.perf_counter()
                    connection.invoke()
                    values.append((time.perf_counter() - start) * 1000)
    return Result(
        row="15",
        what=f"warm invoke with {environments} idle environments, p50",
        against="with one",
        unit="ms",
        ours=median(mine),
        theirs=median(other),
        limit=1.5,
        goal=1.1,
    )


def history(project: Path) -> Result:
    with lambdatui(project, "trivial") as on, lambdatui(_second(project), "trivial", "--no-history") as off:
        with_it, without = [], []
        for _ in range(ROUNDS):
            with_it.append(_per_second(on, 1))
            without.append(_per_second(off, 1))
    return Result(
        row="16",
        what="throughput with history",
        against="without history",
        unit="/s",
        ours=median(with_it),
        theirs=median(without),
        limit=0.9,
        goal=0.97,
        at_least=True,
    )


def _second(project: Path) -> Path:
    """The same again: a project has one engine at a time."""
    second = project.with_name("second")
    return second if second.exists() else make_project(second)


def _fill(side: Side, environments: int) -> None:
    """As many invokes at once as environments are wanted; each sleeps until all have begun."""
    with ThreadPoolExecutor(environments) as callers:
        list(callers.map(lambda _: side.connect().invoke(), range(environments)))


def _per_second(side: Side, callers: int) -> float:
    """One thread that never waits for one caller while another has its answer: threads would measure each other."""
    with selectors.DefaultSelector() as selector:
        connections = [side.connect() for _ in range(callers)]
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ, connection)
            connection.invoke()
        for connection in connections:
            connection.send()
        answered, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            for key, _ in selector.select():
                key.data.receive()
                key.data.send()
                answered += 1
        elapsed_s = time.perf_counter() - start
        for connection in connections:
            connection.receive()
            connection.close()
    return answered / elapsed_s
