"""Rows 4 and 8: cold start to the first response, and from a save to the first response of the new code."""

import contextlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import pythons
from benchmarks.measure import Result, median
from benchmarks.runtime_api_stub import OneInvoke
from benchmarks.sides import Side, lambdatui

ROUNDS = 40
SERVERLESS_OFFLINE_RELOAD_MS = 57.0
"""As measured on a 2-core machine of the kind that runs our tests; installing it for each run would take minutes."""


def rows(project: Path) -> Iterator[Result]:
    yield from rows_by_python(project)
    yield from reload(project)


def rows_by_python(project: Path) -> Iterator[Result]:
    yield cold_start(project)


def cold_start(project: Path) -> Result:
    with lambdatui(project, "trivial") as ours:
        connection = ours.connect()
        connection.invoke()
        mine, other = [], []
        for _ in range(ROUNDS):
            _kill_environments(ours)
            start = time.perf_counter()
            connection.invoke()
            mine.append((time.perf_counter() - start) * 1000)
            other.append(_spawned_awslambdaric_ms(project / "trivial"))
    return Result(
        row="4",
        what="cold start to the first response, p50",
        against="spawn of python -m awslambdaric",
        unit="ms",
        ours=median(mine),
        theirs=median(other),
        limit=0.4,
        goal=0.2,
    )


def reload(project: Path) -> list[Result]:
    with lambdatui(project, "trivial") as ours:
        at_once = [_save_to_answer_ms(ours, project, number, wait_s=0.0) for number in range(20)]
        later = [_save_to_answer_ms(ours, project, number, wait_s=0.1) for number in range(100, 120)]
    return [
        _reload_result("save → response from new code, invoke sent at the save", median(at_once), 1.5, 0.4),
        _reload_result("the same, invoke sent 100 ms after the save", median(later), 0.5, 0.05),
    ]


def _save_to_answer_ms(side: Side, project: Path, number: int, wait_s: float) -> float:
    """Time from the save, less the wait, until an answer comes from the saved code."""
    connection = side.connect()
    connection.invoke()
    file = project / "trivial" / "app.py"
    start = time.perf_counter()
    file.write_text(f"def handler(event, context):\n    return {number}\n")
    time.sleep(wait_s)
    while connection.invoke() != str(number).encode():
        pass
    elapsed_ms = (time.perf_counter() - start - wait_s) * 1000
    connection.close()
    return elapsed_ms


def _kill_environments(side: Side) -> None:
    control = http.client.HTTPConnection("127.0.0.1", side.port)
    control.request("GET", "/lambdatui/v1/snapshot")
    snapshot = json.loads(control.getresponse().read())
    for name, environment in snapshot["environments"].items():
        if environment["phase"] not in ("shutdown", "dead"):
            control.request("DELETE", f"/lambdatui/v1/environments/{name}")
            control.getresponse().read()
    control.close()


def _spawned_awslambdaric_ms(directory: Path) -> float:
    with OneInvoke() as api, _awslambdaric(directory, api.address) as started:
        return (api.answered_at() - started) * 1000


@contextlib.contextmanager
def _awslambdaric(directory: Path, address: str) -> Iterator[float]:
    python = pythons.of(directory.parent)
    environ = {**os.environ, "AWS_LAMBDA_RUNTIME_API": address, "AWS_EXECUTION_ENV": python.execution_env}
    start = time.perf_counter()
    process = subprocess.Popen(
        [python.executable, "-m", "awslambdaric", "app.handler"],
        cwd=directory,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield start
    finally:
        process.kill()
        process.wait()


def _reload_result(what: str, ours: float, limit: float, goal: float) -> Result:
    return Result(
        row="8",
        what=what,
        against="serverless-offline, recorded",
        unit="ms",
        ours=ours,
        theirs=SERVERLESS_OFFLINE_RELOAD_MS,
        limit=limit,
        goal=goal,
    )
