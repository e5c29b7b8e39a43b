"""``lambdatui serve`` as other programs see it: its ready line, its streams, its signals, what it refuses."""

import http.client
import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import END_S, descendants, next_line, run, serving, started, still_alive

SLOW_IMPORT = "import time\nprint('importing')\ntime.sleep(8)\ndef handler(event, context):\n    pass\n"
UNTIL_TOLD = """\
import os, time
def handler(event, context):
    print("begun", flush=True)
    while not os.path.exists("go"):
        time.sleep(0.01)
    return "ok"
"""


def get(port: int, path: str = "/lambdatui/v1/health", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_one_line_on_stdout_says_where_and_how_much(orders: Path) -> None:
    with serving(orders) as engine:
        assert re.fullmatch(r"lambdatui ready http://127\.0\.0\.1:\d+ functions=3", engine.ready_line)
        assert get(engine.port) == 200
        ended = engine.end()
    assert (ended.out, ended.err) == (b"", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_within_three_seconds(orders: Path, number: int) -> None:
    with serving(orders) as engine:
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        below = descendants(engine.process.pid)
        started_at = time.monotonic()
        ended = engine.end(number)
        took_s = time.monotonic() - started_at
    assert (ended.code, ended.err) == (0, "")
    assert took_s < 3
    assert len(below) >= 2
    assert still_alive(below) == []
    assert not (orders / ".lambdatui" / "engine.json").exists()


def test_a_signal_while_a_function_starts_ends_it_just_as_fast(project: MakeProject) -> None:
    root = project(SLOW_IMPORT)
    with (
        serving(root) as engine,
        started("logs", "-f", "-n", "1000", "--json", cwd=root) as log,
        started("invoke", cwd=root) as caller,
    ):
        _read_until(log, "importing")
        below = descendants(engine.process.pid)
        started_at = time.monotonic()
        ended = engine.end()
        took_s = time.monotonic() - started_at
        caller.communicate(timeout=END_S)
    assert (ended.code, ended.err) == (0, "")
    assert took_s < 3
    assert caller.returncode == 3
    assert still_alive(below) == []


def test_callers_have_their_response_where_it_comes_soon_after_the_signal(project: MakeProject) -> None:
    root = project(UNTIL_TOLD)
    assert _answers_when_told_to_end(root, go=True) == (200, b'"ok"', None)


@pytest.mark.parametrize("log_type", ["None", "Tail"])
def test_callers_are_told_that_the_service_stops_where_no_response_comes(project: MakeProject, log_type: str) -> None:
    root = project(UNTIL_TOLD)
    status, body, error = _answers_when_told_to_end(root, log_type)
    assert (status, error) == (500, "ServiceException")
    assert json.loads(body) == {"Type": "Server", "Message": "The service is stopping."}


def _answers_when_told_to_end(root: Path, log_type: str = "None", *, go: bool = False) -> tuple[int, bytes, str | None]:
    """What a caller gets who waits while the engine is told to end; that ends in time, with nothing left."""
    with serving(root, "--no-reload") as engine, started("logs", "-f", "-n", "1000", "--json", cwd=root) as log:
        caller = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
        caller.request("POST", "/2015-03-31/functions/app/invocations", "{}", {"X-Amz-Log-Type": log_type})
        _read_until(log, "begun")
        started_at = time.monotonic()
        engine.process.send_signal(signal.SIGTERM)
        if go:
            (root / "go").touch()
        response = caller.getresponse()
        answer = response.status, response.read(), response.headers["x-amzn-ErrorType"]
        assert go or response.headers["Connection"] == "close"
        below = descendants(engine.process.pid)
        out, err = engine.process.communicate(timeout=END_S)
        assert time.monotonic() - started_at < 3
        caller.close()
    assert (engine.process.returncode, out, err) == (0, b"", b"")
    assert still_alive(below) == []
    return answer


def test_it_ends_with_whoever_holds_its_stdin(orders: Path) -> None:
    with serving(orders, "--until-stdin-closes") as engine:
        assert engine.process.stdin is not None
        engine.process.stdin.close()
        assert engine.process.wait(END_S) == 0


def test_a_killed_engine_leaves_no_process_and_makes_room_for_the_next(orders: Path) -> None:
    with serving(orders) as engine:
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        below = descendants(engine.process.pid)
        engine.end(signal.SIGKILL)
    assert len(below) >= 2
    assert still_alive(below) == []
    with serving(orders) as second:
        assert get(second.port) == 200


def test_a_second_engine_of_a_project_is_refused_by_naming_the_first(orders: Path) -> None:
    with serving(orders) as engine:
        second = run("serve", "--port", "0", cwd=orders)
        assert second.code == 3
        assert str(engine.process.pid) in second.err
        assert engine.url in second.err
        assert get(engine.port) == 200


def test_a_taken_port_is_named_with_what_to_type(orders: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run("serve", "--port", str(port), cwd=orders)
    assert refused.code == 3
    assert f"port {port} on 127.0.0.1 is in use" in refused.err
    assert "--port 0" in refused.err
    assert refused.out == b""
    assert not list((orders / ".lambdatui").glob("engine.*"))


def test_beyond_this_machine_it_wants_a_token_or_a_clear_wish(orders: Path) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", cwd=orders)
    assert refused.code == 2
    assert "--token" in refused.err
    assert "--insecure" in refused.err
    with serving(orders, "--host", "0.0.0.0", "--insecure") as engine:
        assert get(engine.port, Host=socket.gethostname()) == 200
        assert get(engine.port, Host="rebound.example") == 403
        assert "warning: listening on 0.0.0.0" in engine.end().err


def test_a_token_is_asked_of_programs_and_not_of_our_own_commands(orders: Path) -> None:
    with serving(orders, "--token", "open sesame") as engine:
        assert get(engine.port) == 403
        assert get(engine.port, Authorization="Bearer open sesame") == 200
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\x00" * 5000, b"POST / HTTP/1.1\r\n", b""],
    ids=["tls", "no-version", "zeroes", "half-a-head", "nothing"],
)
def test_garbage_on_the_port_harms_nobody(orders: Path, garbage: bytes) -> None:
    with serving(orders) as engine:
        with socket.create_connection(("127.0.0.1", engine.port)) as peer:
            peer.sendall(garbage)
            peer.shutdown(socket.SHUT_WR)
            peer.settimeout(10)
            while peer.recv(4096):
                pass
        assert get(engine.port) == 200
        assert engine.end().err == ""


def test_a_broken_function_is_explained_and_the_others_run(orders: Path) -> None:
    template = orders / "template.yaml"
    template.write_text(template.read_text().replace("MemorySize: 256", "MemorySize: 64"))
    line = template.read_text().splitlines().index("      MemorySize: 64") + 1
    with serving(orders) as engine:
        assert engine.ready_line.endswith("functions=2")
        assert run("invoke", "order-worker", "-e", "sqs-single", cwd=orders).code == 0
        broken = run("invoke", "thumbnailer", cwd=orders)
        ended = engine.end()
    assert f"template.yaml:{line}: error: " in ended.err
    assert broken.code == 2
    assert f"template.yaml:{line}: error: " in broken.err


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    missing = run("serve", "nowhere", cwd=tmp_path)
    assert missing.code == 2
    assert str(tmp_path / "nowhere") in missing.err
    assert "Traceback" not in missing.err


def test_saved_code_runs_at_the_next_invoke(orders: Path) -> None:
    handler = orders / "api" / "app.py"
    with serving(orders) as engine, started("logs", "-f", "-n", "1000", "--json", cwd=orders) as log:
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        _read_until(log, "REPORT")
        handler.write_text(handler.read_text().replace('print(f"init:', 'print(f"init of the new code:'))
        # The replacement environment starts by itself, and its init is the proof that the save was noticed.
        _read_until(log, "init of the new code")
        warm = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        engine.end()
    assert json.loads(warm.out)["headers"]["x-start"] == "cold"


def test_a_template_that_is_saved_keeps_the_parameters_of_the_command_line(orders: Path) -> None:
    template = orders / "template.yaml"
    parameters = ("--parameter-overrides", "StageName=prod")
    with serving(orders, *parameters) as engine, started("logs", "-f", "-n", "1000", "--json", cwd=orders) as log:
        assert "init: stage prod" in run("invoke", "orders-api", "-e", "http-get", cwd=orders).err
        _read_until(log, "REPORT")
        template.write_text(template.read_text().replace("MemorySize: 128", "MemorySize: 192"))
        # The replacement environment starts by itself, and its init tells which parameters the template was read with.
        _read_until(log, "init: stage prod")
        after = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        engine.end()
    assert json.loads(after.out)["headers"]["x-start"] == "cold"
    assert "Memory Size: 192 MB" in after.err


def test_without_reload_saved_code_waits_for_the_next_engine(orders: Path) -> None:
    handler = orders / "api" / "app.py"
    with serving(orders, "--no-reload"):
        run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        handler.write_text(handler.read_text() + "\n# changed\n")
        second = run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    assert json.loads(second.out)["headers"]["x-start"] == "warm"


def _read_until(process: subprocess.Popen[bytes], text: str) -> None:
    while text not in next_line(process):
        pass
