"""``lambdatui invoke``: streams, exit codes, where the event comes from, and what Ctrl-C leaves behind."""

import contextlib
import json
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import END_S, descendants, run, serving, started, still_alive

ECHO = "def handler(event, context):\n    return event\n"
SLOW = "import time\ndef handler(event, context):\n    print('working')\n    time.sleep(25)\n"


def test_the_response_is_alone_on_stdout_and_the_log_on_stderr(orders: Path) -> None:
    ran = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    assert ran.code == 0
    assert json.loads(ran.out)["statusCode"] == 200
    assert not ran.out.endswith(b"\n")
    lines = ran.err.splitlines()
    assert [line.split()[0] for line in lines] == ["INIT_START", "init:", "START", "GET", "END", "REPORT"]
    assert "Init Duration: " in lines[-1]


def test_a_running_engine_is_used_and_keeps_the_environment_warm(orders: Path) -> None:
    with serving(orders) as engine:
        first = run("invoke", "-p", str(orders), "orders-api", "-e", "http-get", cwd=orders.parent)
        second = run("invoke", "-p", str(orders), "orders-api", "-e", "http-get", cwd=orders.parent)
        ended = engine.end()
    assert json.loads(first.out)["headers"]["x-start"] == "cold"
    assert json.loads(second.out)["headers"]["x-start"] == "warm"
    assert "init: stage dev, 1 order in stock" in first.err
    assert second.err.splitlines()[0].startswith("START RequestId: ")
    assert ended.err == ""


@pytest.mark.parametrize("engine_runs", [False, True])
def test_a_failing_function_exits_with_1_and_its_error_document(orders: Path, engine_runs: bool) -> None:
    def invoke() -> None:
        ran = run("invoke", "order-worker", "-e", "sqs-batch", cwd=orders)
        assert ran.code == 1
        assert json.loads(ran.out)["errorType"] == "PoisonRecord"
        assert "[ERROR] PoisonRecord: " in ran.err
        assert ran.err.splitlines()[-1].startswith("REPORT ")

    if engine_runs:
        with serving(orders):
            invoke()
    else:
        invoke()


def test_a_timeout_exits_with_1_and_says_so(project: MakeProject) -> None:
    root = project(SLOW)
    (root / "lambdatui.toml").write_text('[functions.app]\nhandler = "app.handler"\ntimeout = 1\n')
    ran = run("invoke", cwd=root)
    assert ran.code == 1
    assert json.loads(ran.out)["errorType"] == "Sandbox.Timedout"
    assert "Status: timeout" in ran.err.splitlines()[-1]


def test_a_module_that_cannot_be_imported_exits_with_1_and_the_reason(project: MakeProject) -> None:
    ran = run("invoke", cwd=project("import nothing_of_that_name\n" + ECHO))
    assert ran.code == 1
    assert json.loads(ran.out)["errorType"] == "Runtime.ImportModuleError"
    assert "nothing_of_that_name" in ran.err


def test_the_event_comes_from_stdin_a_file_or_the_catalogue(project: MakeProject) -> None:
    root = project(ECHO)
    (root / "event.json").write_text('{"from": "file"}')
    sample = run("events", "show", "s3-put", cwd=root).out
    with serving(root):
        assert run("invoke", "-e", "-", cwd=root, stdin=b'{"from": "stdin"}').out == b'{"from": "stdin"}'
        assert run("invoke", "-e", "event.json", cwd=root).out == b'{"from": "file"}'
        assert json.loads(run("invoke", "-e", "s3-put", cwd=root).out) == json.loads(sample)
        assert run("invoke", cwd=root).out == b"{}"


def test_a_large_event_makes_its_way(project: MakeProject) -> None:
    event = json.dumps({"text": "ü" * 500_000}).encode()
    ran = run("invoke", "-e", "-", cwd=project(ECHO), stdin=event)
    assert ran.code == 0
    assert json.loads(ran.out) == json.loads(event)


@pytest.mark.parametrize("table", ["batch", "invocation"])
def test_the_response_is_printed_where_the_history_cannot_be_written(project: MakeProject, table: str) -> None:
    root = project(ECHO)
    assert run("invoke", cwd=root).code == 0
    with contextlib.closing(sqlite3.connect(root / ".lambdatui" / "history.db")) as history:
        history.execute(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'no room'); END")
    ran = run("invoke", "-e", "-", cwd=root, stdin=b'{"a": 1}')
    assert (ran.code, ran.out) == (0, b'{"a": 1}')
    assert "REPORT RequestId: " in ran.err
    said = [line for line in ran.err.splitlines() if "history" in line]
    assert len(said) == 1
    assert said[0].startswith("lambdatui: warning: this invocation is not in the history: ")


def test_a_damaged_history_is_put_aside_and_the_function_runs(project: MakeProject) -> None:
    root = project(ECHO)
    (root / ".lambdatui").mkdir()
    (root / ".lambdatui" / "history.db").write_bytes(b"no database" * 1000)
    ran = run("invoke", cwd=root)
    assert (ran.code, ran.out) == (0, b"{}")
    assert "history.db is damaged" in ran.err
    assert "kept as history.db.damaged-1" in ran.err


def test_the_only_function_that_can_run_needs_no_name_and_the_others_errors_are_told(project: MakeProject) -> None:
    root = project("def handler(event, context):\n    return 'ran'\n")
    with (root / "lambdatui.toml").open("a") as file:
        file.write('[functions.other]\nhandler = "app.handler"\nmemory_size = 1\n')
    ran = run("invoke", cwd=root)
    assert (ran.code, ran.out) == (0, b'"ran"')
    assert "lambdatui.toml:6: error: functions.other.memory_size: " in ran.err
    assert "functions.other" not in run("invoke", "app", cwd=root).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["order-api"], "did you mean 'orders-api'?"),
        ([], "which function?"),
        (["orders-api", "-e", "s3-pt"], "did you mean s3-put"),
        (["orders-api", "-e", "events/none.json"], "there is no file events/none.json"),
        (["orders-api:7"], "Function not found"),
        (["orders-api", "-e", "-"], "stdin:1:2: not JSON: Expecting property name"),
        (["orders-api", "-p", "nowhere"], "there is nothing at"),
        (["orders-api", "--env-vars", "none.json"], "there is no --env-vars file"),
        (["orders-api", "--env-vars", "broken.json"], "broken.json:1: it is not JSON"),
        (["orders-api", "--nonsense"], "invoke --help"),
    ],
)
def test_mistakes_exit_with_2_and_name_the_way_out(orders: Path, arguments: list[str], said: str) -> None:
    (orders / "broken.json").write_text('{"Parameters": ')
    ran = run("invoke", *arguments, cwd=orders, stdin=b"{'no': json}")
    assert ran.code == 2
    assert ran.out == b""
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "Warning" not in ran.err
    assert not (orders / ".lambdatui").exists()


def test_nothing_on_stdin_is_the_empty_object(project: MakeProject) -> None:
    ran = run("invoke", "-e", "-", cwd=project(ECHO))
    assert (ran.code, ran.out) == (0, b"{}")


def test_a_missing_interpreter_is_a_configuration_error(project: MakeProject) -> None:
    root = project(ECHO)
    (root / "lambdatui.toml").write_text('[functions.app]\nhandler = "app.handler"\nruntime = "nodejs22.x"\n')
    ran = run("invoke", cwd=root)
    assert (ran.code, ran.out) == (2, b"")
    assert "nodejs22.x" in ran.err
    assert "Warning" not in ran.err


def test_json_holds_answer_report_and_log_in_one_document(orders: Path) -> None:
    ran = run("invoke", "order-worker", "-e", "sqs-single", "--json", cwd=orders)
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert document["payload"] == {"packed": ["o-1001"]}
    assert document["statusCode"] == 200
    assert document["functionError"] is None
    assert document["executedVersion"] == "$LATEST"
    assert document["report"]["metrics"]["memorySizeMB"] == 128
    assert document["logs"][-1].startswith(f"REPORT RequestId: {document['requestId']}")


def test_env_vars_reach_the_function(project: MakeProject) -> None:
    root = project("import os\ndef handler(event, context):\n    return os.environ['STAGE']\n")
    (root / "lambdatui.toml").write_text('[functions.app]\nhandler = "app.handler"\nenvironment = { STAGE = "dev" }\n')
    (root / "vars.json").write_text('{"Parameters": {"STAGE": "from the file"}}')
    assert run("invoke", "--env-vars", "vars.json", cwd=root).out == b'"from the file"'


def test_parameter_overrides_reach_the_function(orders: Path) -> None:
    ran = run("invoke", "orders-api", "-e", "http-get", "--parameter-overrides", "StageName=prod", cwd=orders)
    assert ran.err.splitlines()[1] == "init: stage prod, 1 order in stock"


def test_ctrl_c_kills_the_function_and_exits_with_130(project: MakeProject) -> None:
    root = project(SLOW)
    with started("invoke", cwd=root) as process:
        _until_working(process)
        below = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=END_S)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err
    assert len(below) >= 2
    assert still_alive(below) == []


def test_ctrl_c_ends_the_invocation_in_a_running_engine_too(project: MakeProject) -> None:
    root = project(SLOW)
    with serving(root) as engine:
        with started("invoke", cwd=root) as process:
            _until_working(process)
            runtimes = [one for one in descendants(engine.process.pid) if not one.children()]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=END_S)
        assert process.returncode == 130
        assert runtimes
        assert still_alive(runtimes) == []
        assert engine.end().code == 0


def _until_working(process: subprocess.Popen[bytes]) -> None:
    """The handler has said on stderr that it runs."""
    assert process.stderr is not None
    while b"working" not in (line := process.stderr.readline()):
        assert line, "the process ended before its function ran"
