"""Events fired asynchronously: accepted means on disk, whatever happens to the engine afterwards."""

import json
import re
import signal
import subprocess
from pathlib import Path

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import next_line, run, serving, started

FAILS = "def handler(event, context):\n    raise ValueError('never works')\n"
STUCK_UNTIL_GO = """
import os, time
def handler(event, context):
    print('attempt')
    while not os.path.exists(os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'go')):
        time.sleep(0.05)
    print('done at last')
"""


def test_an_accepted_event_has_no_response_and_runs_behind_the_caller(orders: Path) -> None:
    with serving(orders), started("logs", "-f", "-n", "1000", "--json", cwd=orders) as log:
        accepted = run("invoke", "order-worker", "-e", "sqs-single", "--async", cwd=orders)
        assert (accepted.code, accepted.out) == (0, b"")
        assert "accepted as " in accepted.err
        assert _request_in(accepted.err) == _until(log, "REPORT")["request_id"]


def test_a_failing_event_is_retried_twice_by_the_service_clock(project: MakeProject) -> None:
    root = project(FAILS)
    with serving(root, "--speed", "1000"), started("logs", "-f", "-n", "1000", "--json", cwd=root) as log:
        request = _request_in(run("invoke", "--async", cwd=root).err)
        for _ in range(3):
            assert _until(log, "REPORT")["request_id"] == request
    assert _count_starts(root, request) == 3


def test_without_an_engine_the_first_attempt_runs_and_retries_wait_on_disk(project: MakeProject) -> None:
    root = project(FAILS)
    accepted = run("invoke", "--async", cwd=root)
    request = _request_in(accepted.err)
    assert (accepted.code, accepted.out) == (0, b"")
    assert "its retries are on disk and wait for `lambdatui serve`" in accepted.err
    assert _count_starts(root, request) == 1
    with serving(root, "--speed", "1000"), started("logs", "-f", "-n", "1000", "--json", cwd=root) as log:
        for _ in range(3):
            assert _until(log, "REPORT")["request_id"] == request
    assert _count_starts(root, request) == 3


def test_an_event_survives_the_death_of_the_engine_that_ran_it(project: MakeProject) -> None:
    root = project(STUCK_UNTIL_GO)
    with serving(root) as engine, started("logs", "-f", "-n", "1000", "--json", cwd=root) as log:
        request = _request_in(run("invoke", "--async", cwd=root).err)
        _until(log, "attempt")
        engine.end(signal.SIGKILL)
        (root / "go").touch()
        with serving(root):
            assert _until(log, "done at last")["request_id"] == request


def test_an_invoke_that_was_cut_off_with_its_engine_is_shown_as_interrupted(project: MakeProject) -> None:
    root = project(STUCK_UNTIL_GO)
    with serving(root) as engine, started("logs", "-f", "-n", "1000", "--json", cwd=root) as log:
        with started("invoke", cwd=root):
            _until(log, "attempt")
            run("logs", cwd=root)  # what happened before somebody reads is on disk by then
            engine.end(signal.SIGKILL)
        with serving(root):
            line = _until(log, "Process exited before completing request")
    (row,) = run("history", "ls", "status:interrupted", cwd=root).out.decode().splitlines()[1:]
    assert "interrupted" in row
    assert row.split()[2] == line["request_id"][:8]


def _until(log: subprocess.Popen[bytes], text: str) -> dict[str, str]:
    """The next line of the log that has ``text`` in it."""
    while True:
        line: dict[str, str] = json.loads(next_line(log))
        if text in line["line"]:
            return line


def _request_in(text: str) -> str:
    found = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
    assert found is not None, text
    return found[0]


def _count_starts(root: Path, request: str) -> int:
    lines = run("logs", "--json", cwd=root).out.splitlines()
    return sum(json.loads(line)["line"].startswith(f"START RequestId: {request}") for line in lines)
