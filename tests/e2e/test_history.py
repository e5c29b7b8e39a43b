"""``lambdatui history`` and ``lambdatui replay``: what was invoked is remembered, and can be sent again to new code."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import run, serving

GREETS = "def handler(event, context):\n    print('greeting', event['name'])\n    return {'hello': event['name']}\n"
FAILS = "def handler(event, context):\n    raise ValueError('no')\n"


@pytest.fixture
def greeted(project: MakeProject) -> Path:
    """A project whose history has two invocations."""
    root = project(GREETS)
    for name in ("ada", "bob"):
        assert run("invoke", "-e", "-", cwd=root, stdin=json.dumps({"name": name}).encode()).code == 0
    return root


def listed(root: Path, *query: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("history", "ls", "--json", *query, cwd=root).out)
    return found


def test_the_newest_invocation_comes_first_with_what_report_said(greeted: Path) -> None:
    lines = run("history", cwd=greeted).out.decode().splitlines()
    assert lines[0].split()[:4] == ["TIME", "(UTC)", "ID", "FUNCTION"]
    assert [line.split()[3:6] for line in lines[1:]] == [["app", "ok", "cold"]] * 2


def test_a_list_of_a_few_needs_no_word_for_listing(greeted: Path) -> None:
    assert len(json.loads(run("history", "-n", "1", "--json", cwd=greeted).out)) == 1


@pytest.mark.parametrize(
    ("query", "count"), [("ada", 1), ("status:ok", 2), ("status:error", 0), ("dur:>60s", 0), ("fn:app cold", 2)]
)
def test_a_search_narrows_the_list(greeted: Path, query: str, count: int) -> None:
    assert len(listed(greeted, *query.split())) == count


def test_a_search_that_is_none_says_what_may_stand_there(greeted: Path) -> None:
    ran = run("history", "ls", "status:strange", cwd=greeted)
    assert ran.code == 2
    assert "'strange' is no status; there are ok, error, timeout, refused, unanswered, interrupted" in ran.err


@pytest.mark.parametrize("engine_runs", [False, True])
def test_one_invocation_is_shown_whole_by_the_beginning_of_its_id(greeted: Path, engine_runs: bool) -> None:
    request_id = str(listed(greeted, "ada")[0]["requestId"])

    def show() -> None:
        shown = run("history", "show", request_id[:8], cwd=greeted).out.decode()
        assert request_id in shown
        assert '"name": "ada"' in shown
        assert '"hello": "ada"' in shown
        assert "greeting ada\n" in shown
        assert "greeting bob" not in shown
        assert run("history", "show", request_id, "--event", cwd=greeted).out == b'{"name": "ada"}'

    if engine_runs:
        with serving(greeted):
            show()
    else:
        show()


def test_an_invocation_that_is_not_there_is_a_usage_error(greeted: Path) -> None:
    ran = run("history", "show", "ffffffff-0000", cwd=greeted)
    assert ran.code == 2
    assert "`lambdatui history` lists them" in ran.err


@pytest.mark.parametrize("engine_runs", [False, True])
def test_a_replay_against_the_same_code_answers_the_same(greeted: Path, engine_runs: bool) -> None:
    ids = [str(each["requestId"]) for each in listed(greeted)]

    def replay() -> None:
        ran = run("replay", *ids, cwd=greeted)
        assert ran.code == 0
        assert [line.split()[-1] for line in ran.out.decode().splitlines()] == ["same", "same"]

    if engine_runs:
        with serving(greeted):
            replay()
    else:
        replay()


def test_a_replay_against_new_code_shows_how_the_answer_differs(greeted: Path) -> None:
    request_id = str(listed(greeted, "ada")[0]["requestId"])
    (greeted / "app.py").write_text(GREETS.replace("'hello'", "'goodbye'"))
    ran = run("replay", request_id, "--diff", cwd=greeted)
    assert ran.code == 1
    assert [line.strip() for line in ran.out.decode().splitlines()[1:]] == ["hello", '- "ada"', "goodbye", '+ "ada"']


def test_errors_that_differ_in_their_request_id_alone_are_the_same(project: MakeProject) -> None:
    root = project(FAILS)
    run("invoke", cwd=root)
    ran = run("replay", str(listed(root)[0]["requestId"]), cwd=root)
    assert (ran.code, ran.out.split()[-2:]) == (0, [b"error", b"same"])


def test_an_export_can_be_replayed_elsewhere(greeted: Path, tmp_path: Path) -> None:
    file = tmp_path / "captured.jsonl"
    file.write_bytes(run("history", "export", cwd=greeted).out)
    ran = run("replay", str(file), "--json", cwd=greeted)
    assert ran.code == 0
    assert [json.loads(line)["changes"] for line in ran.out.splitlines()] == [[], []]


def test_events_captured_elsewhere_need_a_function(greeted: Path, tmp_path: Path) -> None:
    file = tmp_path / "captured.jsonl"
    file.write_text('{"name": "eve"}\n{"name": "mallory"}\n')
    refused, sent = (run("replay", str(file), *more, cwd=greeted) for more in ((), ("--function", "app")))
    assert (refused.code, sent.code) == (2, 0)
    assert "--function NAME" in refused.err
    assert sent.out.count(b"new") == 2


def test_a_secret_is_hidden_on_the_way_to_disk_and_a_replay_says_so(project: MakeProject) -> None:
    root = project("def handler(event, context):\n    return event['password']\n")
    assert run("invoke", "-e", "-", cwd=root, stdin=b'{"password": "hunter2"}').out == b'"hunter2"'
    request_id = str(listed(root)[0]["requestId"])
    assert b"hunter2" not in run("history", "show", request_id, "--event", cwd=root).out
    assert "secrets were hidden" in run("replay", request_id, cwd=root).err


@pytest.mark.parametrize("engine_runs", [False, True])
def test_the_trace_of_an_invocation_is_a_waterfall(greeted: Path, engine_runs: bool) -> None:
    request_id = str(listed(greeted, "ada")[0]["requestId"])

    def show() -> list[str]:
        return run("history", "show", request_id, "--trace", cwd=greeted).out.decode().splitlines()

    if engine_runs:
        with serving(greeted):
            lines = show()
    else:
        lines = show()
    assert lines[0] == "trace (none)"  # active tracing is off
    assert [line.split()[0] for line in lines[1:]] == ["app", "Init", "Invocation"]
    assert all("█" in line or "▏" in line for line in lines[1:])
