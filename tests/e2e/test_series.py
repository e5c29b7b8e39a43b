"""``lambdatui invoke --repeat``: many invocations, one summary; kept out of the function's percentiles."""

import json
import signal
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import next_line, run, serving, started

COUNTS = (
    "import os\nNAME = '/tmp/count'\n"
    "def handler(event, context):\n"
    "    count = int(open(NAME).read()) if os.path.exists(NAME) else 0\n"
    "    open(NAME, 'w').write(str(count + 1))\n"
    "    if count % 2: raise ValueError('odd')\n"
    "    return count\n"
)


def test_series_ends_with_a_summary_and_says_by_its_code_that_some_failed(project: MakeProject) -> None:
    ran = run("invoke", "--repeat", "10", cwd=project(COUNTS))
    assert ran.code == 1
    lines = ran.out.decode().splitlines()
    assert lines[0] == "app · 10 invokes"
    assert [line.split() for line in lines[3:5]] == [["ok", "5"], ["ValueError", "5"]]
    assert "callers waited  p50" in lines[5]


def test_series_by_a_running_engine_is_marked_in_its_history_and_left_out_of_percentiles(project: MakeProject) -> None:
    root = project("def handler(event, context):\n    return 1\n")
    with serving(root):
        run("invoke", cwd=root)
        ran = run("invoke", "--repeat", "12", "--parallel", "3", "--json", cwd=root)
        found = json.loads(run("history", "ls", "in:series", "--json", cwd=root).out)
        ordinary = json.loads(run("history", "ls", "in:none", "--json", cwd=root).out)
    document = json.loads(ran.out)
    assert (ran.code, document["outcomes"], document["plan"]["parallel"]) == (0, {"ok": 12}, 3)
    assert (len(found), len(ordinary)) == (12, 1)


def test_throttled_invocations_are_counted_as_such(project: MakeProject) -> None:
    root = project("import time\ndef handler(event, context):\n    time.sleep(0.2)\n")
    (root / "lambdatui.toml").write_text(
        '[functions.app]\nhandler = "app.handler"\nreserved_concurrent_executions = 1\n'
    )
    ran = run("invoke", "--repeat", "6", "--parallel", "3", "--json", cwd=root)
    document = json.loads(ran.out)
    assert ran.code == 1
    assert document["outcomes"]["throttled"] == document["neverRan"] > 0


def test_function_that_does_not_exist_ends_the_series_at_once(project: MakeProject) -> None:
    ran = run("invoke", "nope", "--repeat", "5", cwd=project(COUNTS))
    assert (ran.code, ran.out) == (2, b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rate", "5/s"), "say with --repeat how often"),
        (("--repeat", "0"), "1 to 100,000"),
        (("--repeat", "5", "--rate", "fast"), "neither a number, a rate"),
        (("--async", "--dry-run"), "exclude each other"),
    ],
)
def test_series_that_cannot_be_is_a_usage_error(project: MakeProject, arguments: tuple[str, ...], said: str) -> None:
    ran = run("invoke", *arguments, cwd=project(COUNTS))
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err


def test_ctrl_c_ends_the_series_with_the_summary_so_far(project: MakeProject) -> None:
    root = project("def handler(event, context):\n    print('begun')\n")
    with serving(root), started("logs", "-f", cwd=root) as logs:
        with started("invoke", "--repeat", "100", "--rate", "1/s", "--json", cwd=root) as series:
            while "begun" not in next_line(logs):
                pass
            series.send_signal(signal.SIGINT)
            out, _ = series.communicate(timeout=20)
        assert series.returncode == 130
        assert 1 <= json.loads(out)["done"] < 100


def test_dry_run_runs_nothing(project: MakeProject) -> None:
    root = project(COUNTS)
    ran = run("invoke", "--dry-run", cwd=root)
    assert (ran.code, ran.out) == (0, b"")
    assert "nothing ran" in ran.err
    assert json.loads(run("history", "ls", "--json", cwd=root).out) == []


def test_event_of_the_history_becomes_a_sample_of_the_project(project: MakeProject) -> None:
    root = project(COUNTS)
    run("invoke", "-e", "-", cwd=root, stdin=b'{"customer": 7}')
    (past,) = json.loads(run("history", "ls", "--json", cwd=root).out)
    saved = run("history", "save", past["requestId"][:8], "customer-7", cwd=root)
    assert (saved.code, saved.err) == (0, "lambdatui: saved as events/customer-7.json\n")
    assert json.loads(run("events", "show", "customer-7", cwd=root).out) == {"customer": 7}
    again = run("history", "save", past["requestId"], "customer-7", cwd=root)
    assert again.code == 2
    assert "--force to replace it" in again.err
    assert run("history", "save", past["requestId"], "customer-7", "--force", cwd=root).code == 0


def test_saved_event_with_hidden_secrets_says_so(project: MakeProject, tmp_path: Path) -> None:
    root = project(COUNTS)
    run("invoke", "-e", "-", cwd=root, stdin=b'{"password": "s3cret"}')
    (past,) = json.loads(run("history", "ls", "--json", cwd=root).out)
    saved = run("history", "save", past["requestId"], "login", cwd=root)
    assert "where the history hid secrets" in saved.err
