"""Rows 1, 2, 3, 6 and 7: warm invokes over HTTP, beside the emulator."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.connection import Connection
from benchmarks.measure import Result, median, percentile
from benchmarks.sides import Side, emulator, lambdatui

BATCH = 100
ROUNDS = 30
WRITTEN_S = 0.5
"""After this everything that happened is in the history; its cost belongs to the invokes."""
RIE = "RIE + awslambdaric"


def rows(project: Path) -> Iterator[Result]:
    yield from rows_by_python(project)


def rows_by_python(project: Path) -> Iterator[Result]:
    yield from trivial(project)
    yield hundred_lines(project)
    yield from payloads(project)


def trivial(project: Path) -> list[Result]:
    """p50, p99 and CPU of a handler that does nothing."""
    with lambdatui(project, "trivial") as ours, emulator(project, "trivial") as theirs:
        _both(ours, theirs, b"{}", BATCH, 1)
        before = (ours.cpu_s(), theirs.cpu_s())
        mine, other = _both(ours, theirs, b"{}", BATCH, ROUNDS)
        time.sleep(WRITTEN_S)
        cpu_mine = (ours.cpu_s() - before[0]) * 1000 / (len(mine) + BATCH)
        cpu_other = (theirs.cpu_s() - before[1]) * 1000 / (len(other) + BATCH)
    return [
        _result("1", "warm invoke over HTTP, p50", median(mine), median(other), 1.0, 0.5),
        _result("2", "CPU per warm invoke", cpu_mine, cpu_other, 1.0, 0.6),
        _result("3", "warm invoke over HTTP, p99", percentile(mine, 0.99), percentile(other, 0.99), 1.5, 1.0),
    ]


def hundred_lines(project: Path) -> Result:
    with lambdatui(project, "lines") as ours, emulator(project, "lines") as theirs:
        mine, other = _both(ours, theirs, b"{}", 30, 20)
    return _result("6", "100 log lines per invoke, p50", median(mine), median(other), 1.3, 0.8)


def payloads(project: Path) -> list[Result]:
    results = []
    with lambdatui(project, "echo") as ours, emulator(project, "echo") as theirs:
        for megabytes, rounds in ((1, 15), (6, 15)):
            payload = json.dumps({"data": "x" * (megabytes * 1024 * 1024 - 200)}).encode()
            mine, other = _both(ours, theirs, payload, 2, rounds)
            what = f"{megabytes} MB in and out, p50"
            results.append(_result("7", what, median(mine), median(other), 1.0, 0.75))
    return results


def _both(ours: Side, theirs: Side, payload: bytes, batch: int, rounds: int) -> tuple[list[float], list[float]]:
    sides = (ours.connect(), theirs.connect())
    times: tuple[list[float], list[float]] = ([], [])
    for connection in sides:
        _repeat(connection, payload, batch)
    for _ in range(rounds):
        for connection, values in zip(sides, times, strict=True):
            values.extend(_repeat(connection, payload, batch))
    for connection in sides:
        connection.close()
    return times


def _repeat(connection: Connection, payload: bytes, times: int) -> list[float]:
    return [_timed(lambda: connection.invoke(payload)) for _ in range(times)]


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def _result(row: str, what: str, ours: float, theirs: float, limit: float, goal: float) -> Result:
    return Result(row=row, what=what, against=RIE, unit="ms", ours=ours, theirs=theirs, limit=limit, goal=goal)
