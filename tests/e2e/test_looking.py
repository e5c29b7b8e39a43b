"""The commands that only look: ls, events, logs, doctor, tour, help; in pipes and without an engine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import EXAMPLE, RUNTIME
from tests.e2e.support.program import PROGRAM, clean_environ, run, serving


def test_ls_shows_every_function_in_columns(orders: Path) -> None:
    ran = run("ls", cwd=orders)
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[:5] for line in ran.out.decode().splitlines()] == [
        ["NAME", "RUNTIME", "HANDLER", "MEMORY", "TIMEOUT"],
        ["orders-api", RUNTIME, "app.lambda_handler", "128", "MB"],
        ["thumbnailer", RUNTIME, "app.lambda_handler", "256", "MB"],
        ["order-worker", RUNTIME, "app.lambda_handler", "128", "MB"],
    ]


def test_ls_has_a_column_for_provisioned_concurrency_where_a_function_has_any(orders: Path) -> None:
    (orders / "lambdatui.toml").write_text("[functions.thumbnailer]\nprovisioned_concurrency = 2\n")
    header, _, thumbnailer, *_ = run("ls", cwd=orders).out.decode().splitlines()
    column = header.index("PROVISIONED")
    assert thumbnailer[column:].split()[0] == "2"


def test_ls_json_says_where_each_value_was_written(orders: Path) -> None:
    (orders / "lambdatui.toml").write_text("[functions.thumbnailer]\ntimeout = 20\n")
    thumbnailer = json.loads(run("ls", "--json", cwd=orders).out)["functions"][1]
    assert thumbnailer["timeout_s"] == 20
    assert thumbnailer["origins"]["timeout_s"] == {"source": "lambdatui.toml", "file": "lambdatui.toml", "line": 2}
    assert thumbnailer["origins"]["memory_mb"]["file"] == "template.yaml"


def test_ls_json_hides_secrets_unless_asked_to_show_them(orders: Path) -> None:
    (orders / "lambdatui.toml").write_text("[functions.thumbnailer.environment]\nSECRET_KEY = 's3cret'\n")
    assert b"s3cret" not in run("ls", "--json", cwd=orders).out
    shown = json.loads(run("ls", "--json", "--show-secrets", cwd=orders).out)
    assert shown["functions"][1]["environment"]["SECRET_KEY"] == "s3cret"


def test_ls_json_names_the_override_that_a_value_came_from(orders: Path) -> None:
    ran = run("ls", "--json", "--parameter-overrides", "StageName=prod", "LogLevl=DEBUG", ".", cwd=orders)
    document = json.loads(ran.out)
    function = document["functions"][0]
    assert function["environment"]["STAGE"] == "prod"
    assert function["origins"]["environment.STAGE"]["source"] == "--parameter-overrides"
    assert function["origins"]["environment.LOG_LEVEL"]["source"] == "globals"
    assert [problem["hint"] for problem in document["problems"]] == ["did you mean 'LogLevel'?"]


def test_ls_names_file_line_key_and_fix_and_keeps_the_others(orders: Path) -> None:
    (orders / "lambdatui.toml").write_text("[functions.thumbnailer]\ntimout = 20\n")
    ran = run("ls", cwd=orders)
    assert ran.code == 2
    assert "lambdatui.toml:2: error: " in ran.err
    assert "did you mean 'timeout'?" in ran.err
    assert b"order-worker" in ran.out


def test_sample_events_can_be_listed_and_printed(orders: Path) -> None:
    listed = run("events", "ls", cwd=orders).out.decode()
    assert "sqs-fifo" in listed
    shown = run("events", "show", "http-get", cwd=orders)
    assert json.loads(shown.out)["routeKey"] == "GET /orders"
    assert run("events", "show", "htp-get", cwd=orders).code == 2
    alone = run("events", cwd=orders)
    assert (alone.code, alone.out.decode(), alone.err) == (0, listed, "")


@pytest.mark.parametrize(
    "pipe",
    [
        "{} events ls --json | head -c 10",
        "{} tour | head -n 1",
        "{} invoke orders-api -e http-get 2>&1 | head -n 1",
        "{} invoke orders-api -e http-get --async 2>&1 | head -n 1",
        "{} invoke orders-api -e http-get 2>/dev/null >/dev/null; {} logs | head -n 1",
    ],
)
def test_a_reader_that_leaves_early_is_no_error(orders: Path, pipe: str) -> None:
    line = f"set -o pipefail; {pipe.replace('{}', repr(str(PROGRAM)))}"
    done = subprocess.run(["bash", "-c", line], cwd=orders, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_logs_of_earlier_runs_are_there_without_an_engine(orders: Path) -> None:
    nothing = run("logs", cwd=orders)
    assert (nothing.code, nothing.out) == (0, b"")
    assert "nothing has been logged yet" in nothing.err
    run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    run("invoke", "order-worker", "-e", "sqs-single", cwd=orders)
    assert b"order-worker" in run("logs", cwd=orders).out
    own = run("logs", "orders-api", cwd=orders).out.decode().splitlines()
    assert [line.split()[1] for line in own] == ["orders-api"] * 6
    assert f"INIT_START Runtime Version: python:3.{sys.version_info.minor}" in own[0]
    assert "REPORT RequestId: " in own[-1]
    assert run("logs", "-n", "1", "orders-api", cwd=orders).out.decode().splitlines() == own[-1:]


@pytest.mark.parametrize("follow", [[], ["-f"]])
def test_logs_of_a_function_that_is_not_there_are_refused_with_a_close_match(orders: Path, follow: list[str]) -> None:
    ran = run("logs", *follow, "order-api", cwd=orders)
    assert (ran.code, ran.out) == (2, b"")
    assert "did you mean 'orders-api'?" in ran.err


def test_logs_of_a_function_that_is_gone_are_still_there(orders: Path) -> None:
    run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    (orders / "template.yaml").unlink()
    assert b"REPORT" in run("logs", "orders-api", cwd=orders).out


def test_only_lines_that_hold_the_words_of_a_filter_are_printed(orders: Path) -> None:
    run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    found = run("logs", "--filter", "fn:orders report !init_start", cwd=orders).out.decode().splitlines()
    assert [line.split()[3] for line in found] == ["REPORT"]
    nothing = run("logs", "--filter", "no such words", cwd=orders)
    assert (nothing.code, nothing.out) == (0, b"")
    assert "no line that was logged matches 'no such words'" in nothing.err
    mistyped = run("logs", "--filter", "lvl:error", cwd=orders)
    assert "'lvl:' was taken as text; the keys are env: fn: level: req:" in mistyped.err


def test_a_running_engine_is_asked_for_lines_that_match(orders: Path) -> None:
    with serving(orders):
        run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        found = run("logs", "--filter", "end requestid", cwd=orders).out.decode().splitlines()
    assert [line.split()[3] for line in found] == ["END"]


def test_logs_of_a_running_engine_are_the_same(orders: Path) -> None:
    with serving(orders) as engine:
        run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        while_running = run("logs", cwd=orders).out
        engine.end()
    assert while_running.count(b"\n") == 6
    assert run("logs", cwd=orders).out == while_running


def test_doctor_says_what_of_the_users_keys_cannot_be(
    orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert f"none; {tmp_path}/config/lambdatui/keymap.toml would be read" in run("doctor", cwd=orders).out.decode()
    (tmp_path / "config/lambdatui").mkdir(parents=True)
    (tmp_path / "config/lambdatui/keymap.toml").write_text('histori = "f2"\nkill = "K"\n')
    said = run("doctor", cwd=orders).out.decode()
    assert "keymap.toml: 1 action has other keys" in said
    assert "there is no action called histori; did you mean history?" in said


def test_doctor_tells_programs_the_same(orders: Path) -> None:
    said = json.loads(run("doctor", "--json", cwd=orders).out)
    assert {"what", "here", "how"} == set(said["isolation"][0])
    assert [each["usedBy"] for each in said["interpreters"] if each["runtime"] == RUNTIME] != [[]]
    assert (said["project"]["root"], said["project"]["engine"]) == (str(orders), None)


@pytest.mark.parametrize("name", ["history", "events", "environments"])
def test_a_list_takes_its_options_without_the_word_for_listing(orders: Path, name: str) -> None:
    with serving(orders):
        short, long = (run(*words, "--json", "-p", str(orders), cwd=orders) for words in ((name,), (name, "ls")))
    assert (short.code, short.err, short.out) == (0, "", long.out)
    assert isinstance(json.loads(short.out), list)


def test_doctor_explains_every_capability(orders: Path) -> None:
    ran = run("doctor", cwd=orders)
    said = ran.out.decode()
    assert (ran.code, ran.err) == (0, "")
    for row in ("own /tmp", "freeze between invokes", "memory limit", "nothing survives a kill"):
        assert row in said
    assert RUNTIME in said
    assert "does not run" in said
    with serving(orders) as engine:
        assert f"runs: process {engine.process.pid}" in run("doctor", cwd=orders).out.decode()


def test_the_tour_shows_cold_and_warm_and_a_failure_of_every_function(orders: Path) -> None:
    ran = run("tour", cwd=orders)
    said = ran.out.decode()
    assert (ran.code, ran.err) == (0, "")
    assert said.count("cold: INIT took ") == 3
    assert said.count("warm: no INIT") == 4
    assert said.count(" is frozen until the next invoke") == 7
    assert said.count("REPORT RequestId: ") == 7
    assert '"x-start": "cold"' in said
    assert "in /tmp: thumbnails/ceramic mug.png, " in said
    assert "function error (Unhandled): " in said


def test_the_tour_takes_parameters(orders: Path) -> None:
    said = run("tour", ".", "--parameter-overrides", "StageName=prod", cwd=orders).out.decode()
    assert "init: stage prod" in said


def test_the_tour_says_which_function_cannot_run_and_goes_on(orders: Path) -> None:
    (orders / "lambdatui.toml").write_text('[functions.orders-api]\nruntime = "nodejs22.x"\n')
    ran = run("tour", cwd=orders)
    assert ran.code == 2
    assert ran.out.decode().count("REPORT RequestId: ") == 5


def test_without_a_terminal_the_ui_names_what_works_instead(orders: Path) -> None:
    ran = run(cwd=orders)
    assert (ran.code, ran.out) == (2, b"")
    assert "lambdatui tour" in ran.err
    assert "lambdatui serve" in ran.err


def test_a_mistyped_command_is_recognised(orders: Path) -> None:
    ran = run("invok", "orders-api", cwd=orders)
    assert ran.code == 2
    assert "did you mean 'invoke'?" in ran.err


def test_help_names_every_command(orders: Path) -> None:
    said = run("--help", cwd=orders).out.decode()
    for command in ("serve", "invoke", "ls", "logs", "events", "doctor", "tour"):
        assert f"\n  {command} " in said
        assert run(command, "--help", cwd=orders).code == 0


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["ls", "--help"], ["invoke", "--help"]])
def test_looking_things_up_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from lambdatui.cli.main import main\n"
        f"main({arguments!r})\n"
        "heavy = {'textual', 'rich', 'botocore', 'pydantic', 'uvloop', 'watchfiles', 'yaml', 'sqlite3', 'psutil'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=EXAMPLE, env=clean_environ(), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b"[]\n"


def test_one_invocation_needs_no_screen_no_watcher_and_no_web_framework(orders: Path) -> None:
    program = (
        "import sys\n"
        "from lambdatui.cli.main import main\n"
        "main(['invoke', 'orders-api', '-e', 'http-get', '--json'])\n"
        "heavy = {'textual', 'rich', 'botocore', 'pydantic', 'uvloop', 'watchfiles', 'psutil', 'docker'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=orders, env=clean_environ(), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b"[]\n"


def test_help_explains_a_concept_however_it_is_spelled(tmp_path: Path) -> None:
    ran = run("help", "cold", "start", cwd=tmp_path)
    assert ran.code == 0
    assert ran.out.decode().startswith("Cold starts\n")
    assert run("explain", "cold-starts", cwd=tmp_path).out == ran.out


def test_help_without_a_concept_lists_them_and_an_unknown_one_is_refused_with_a_guess(tmp_path: Path) -> None:
    assert "retries" in run("help", cwd=tmp_path).out.decode()
    refused = run("help", "frezee", cwd=tmp_path)
    assert refused.code == 2
    assert "did you mean 'freeze'?" in refused.err
