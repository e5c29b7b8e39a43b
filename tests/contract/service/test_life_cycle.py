"""What Lambda does to an environment around and between invokes, with real processes."""

import json
import re
from pathlib import Path

import pytest

from lambdatui.model.history import HistoryQuery, Outcome
from lambdatui.model.records import EnvironmentFrozen, InitReport, InvokeStart, Report
from lambdatui.service.invoking import ServiceError
from tests.support.running import running, write_project

COUNTER = """
import os, time
COUNT = 0

def handler(event, context):
    global COUNT
    COUNT += 1
    if event.get("write"):
        with open(os.environ.get("TMPDIR", "/tmp") + "/kept", "w") as file:
            file.write(event["write"])
    if event.get("hang"):
        time.sleep(60)
    if event.get("exit") is not None:
        os._exit(event["exit"])
    kept = os.environ.get("TMPDIR", "/tmp") + "/kept"
    return {"count": COUNT, "kept": open(kept).read() if os.path.exists(kept) else None, "pid": os.getpid()}
"""


async def test_second_invoke_finds_the_same_process_with_its_globals(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        first = await run.result("counter")
        second = await run.result("counter")
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["count"], second["count"], first["pid"] == second["pid"]) == (1, 2, True)


async def test_cold_report_has_init_duration_and_warm_report_has_none(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        cold, warm = await run.tail("counter"), await run.tail("counter")
    assert re.search(r"\tInit Duration: \d+\.\d\d ms\t$", cold.rstrip("\n"))
    assert "Init Duration" not in warm


async def test_billed_duration_of_a_cold_start_is_init_and_duration_rounded_up(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        await run.tail("counter")
        (report,) = run.records(Report)
    metrics = report.metrics
    assert metrics.init_duration_ms is not None
    assert metrics.billed_duration_ms - 1 < metrics.duration_ms + metrics.init_duration_ms <= metrics.billed_duration_ms


async def test_max_memory_used_is_measured_and_grows_with_what_the_handler_keeps(tmp_path: Path) -> None:
    source = "KEPT = []\ndef handler(event, context):\n    KEPT.append(bytearray(event.get('mb', 0) << 20))\n"
    async with running(write_project(tmp_path, {"hoarder": source})) as run:
        await run.tail("hoarder")
        await run.tail("hoarder", {"mb": 60})
        small, big = (report.metrics.max_memory_used_mb for report in run.records(Report))
    assert small is not None
    assert big is not None
    assert 50 < big - small < 75


STARTS_A_CHILD = """
import os, signal, subprocess, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
HOLDS = "import time; held = b'x' * (60 << 20); time.sleep(0.1); print('held', flush=True); time.sleep(60)"

def handler(event, context):
    if not event.get("child"):
        return
    reader, writer = os.pipe()
    if not os.fork():
        subprocess.Popen([sys.executable, "-c", HOLDS], stdout=writer, start_new_session=True)
        os._exit(0)
    return os.read(reader, 5).decode()
"""


async def test_memory_of_a_daemon_counts_although_the_handler_itself_needs_no_more(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"parent": STARTS_A_CHILD})) as run:
        for _ in range(30):
            await run.tail("parent")
        assert await run.result("parent", {"child": True}) == "held\n"
        await run.tail("parent")
        *_, small, _, big = (report.metrics.max_memory_used_mb for report in run.records(Report))
    assert small is not None
    assert big is not None
    assert big - small > 60


async def test_timeout_kills_the_runtime_keeps_tmp_and_loses_globals(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"counter": COUNTER}, {"counter": "timeout = 1"})
    async with running(root) as run:
        before = await run.result("counter", {"write": "still here"})
        failed = await run.result("counter", {"hang": True})
        after = await run.result("counter")
    assert isinstance(failed, dict)
    assert failed["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(r"RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds", failed["errorMessage"])
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (after["count"], after["kept"], after["pid"] != before["pid"]) == (1, "still here", True)


async def test_invoke_after_a_timeout_runs_init_inside_its_own_duration(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"counter": COUNTER}, {"counter": "timeout = 1"})
    async with running(root) as run:
        await run.result("counter", {"hang": True})
        log = await run.tail("counter")
        environments = {event.environment for event in run.events() if isinstance(event.record, InvokeStart)}
        phases = [str(report.phase) for report in run.records(InitReport)]
    assert "Init Duration" not in log
    assert phases == ["init", "invoke"]
    assert len(environments) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [(0, "Runtime exited without providing a reason"), (7, "Runtime exited with error: exit status 7")],
)
async def test_exit_in_the_handler_is_told_and_the_next_invoke_succeeds(tmp_path: Path, code: int, reason: str) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        failed = await run.result("counter", {"exit": code})
        after = await run.result("counter")
    assert isinstance(failed, dict)
    assert failed["errorType"] == "Runtime.ExitError"
    assert failed["errorMessage"].endswith(f" Error: {reason}")
    assert isinstance(after, dict)
    assert after["count"] == 1


async def test_crash_by_signal_names_the_signal(tmp_path: Path) -> None:
    source = "import os, signal\ndef handler(event, context):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    async with running(write_project(tmp_path, {"crash": source})) as run:
        failed = await run.result("crash")
    assert isinstance(failed, dict)
    assert failed["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")


async def test_broken_import_runs_init_twice_and_gives_the_caller_the_init_error(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"broken": "import nothing_of_that_name\n"})) as run:
        failed = await run.result("broken")
        log = await run.tail("broken")
        statuses = [(str(r.phase), str(r.status), r.error_type) for r in run.records(InitReport)][:2]
    assert isinstance(failed, dict)
    assert list(failed) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert (failed["errorType"], failed["requestId"]) == ("Runtime.ImportModuleError", "")
    assert statuses == [
        ("init", "error", "Runtime.ImportModuleError"),
        ("invoke", "error", "Runtime.ImportModuleError"),
    ]
    assert log.rstrip("\n").endswith("\tStatus: error\tError Type: Runtime.ImportModuleError")


async def test_background_thread_does_not_run_between_invokes(tmp_path: Path) -> None:
    source = """
import threading, time
TICKS = 0

def tick():
    global TICKS
    while True:
        TICKS += 1
        time.sleep(0.001)

threading.Thread(target=tick, daemon=True).start()

def handler(event, context):
    return {"ticks": TICKS, "at": time.monotonic()}
"""
    async with running(write_project(tmp_path, {"ticker": source})) as run:
        first = await run.result("ticker")
        await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) == 2)
        await run.pass_time(0.5)
        second = await run.result("ticker")
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert second["at"] - first["at"] > 0.4
    assert second["ticks"] - first["ticks"] < 50


async def test_environment_variables_are_lambdas_and_the_functions_own_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_OWN_SECRET", "of the developer")
    source = "import os\nBEFORE = dict(os.environ)\ndef handler(event, context):\n    return BEFORE\n"
    root = write_project(tmp_path, {"env": source}, {"env": 'environment = { TABLE = "orders" }'})
    async with running(root) as run:
        environ = await run.result("env")
    assert isinstance(environ, dict)
    assert environ.pop("TABLE") == "orders"
    assert set(environ) - {"TMPDIR"} == {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "PATH",
        "PWD",
        "PYTHONPATH",
        "SHLVL",
        "TZ",
        "_AWS_XRAY_DAEMON_ADDRESS",
        "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
    }


async def test_response_over_six_megabytes_fails_the_invoke_with_the_services_document(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    return 'x' * event['size']\n"
    async with running(write_project(tmp_path, {"big": source}, {"big": "timeout = 20"})) as run:
        fits = await run.result("big", {"size": 6_291_556 - 2})
        failed = await run.result("big", {"size": 6_291_556 - 1})
    assert isinstance(fits, str)
    assert failed == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


async def test_log_lines_keep_their_order_and_stand_between_start_and_end(tmp_path: Path) -> None:
    source = """
import logging, sys

def handler(event, context):
    print("one")
    logging.getLogger().warning("two")
    print("three", file=sys.stderr)
    sys.stdout.write("four without an end")
"""
    async with running(write_project(tmp_path, {"talker": source})) as run:
        lines = (await run.tail("talker")).splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert [line.rsplit("\t", 1)[-1] for line in lines[1:5]] == ["one", "two", "three", "four without an end"]
    assert lines[5].startswith("END RequestId: ")
    assert lines[6].startswith("REPORT RequestId: ")


async def test_eight_callers_at_once_get_eight_environments(tmp_path: Path) -> None:
    import asyncio

    source = (
        "import os, time\ndef handler(event, context):\n    time.sleep(0.3)\n    return os.getppid(), os.getpid()\n"
    )
    async with running(write_project(tmp_path, {"slow": source})) as run:
        await asyncio.gather(*(run.invoke("slow") for _ in range(8)))
        environments = {event.environment for event in run.events() if isinstance(event.record, InvokeStart)}
    assert len(environments) == 8


async def test_file_written_by_the_handler_is_seen_in_tmp(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        await run.result("counter", {"write": "thumbnail"})
        from lambdatui.model.records import ScratchChanged

        changed = await run.until(ScratchChanged)
        (environment,) = run.engine.views.environments
        content = await run.engine.read_scratch(environment, "kept")
    assert [(file.path, file.size_bytes) for file in changed.files] == [("kept", 9)]
    assert content == b"thumbnail"


async def test_link_out_of_tmp_is_not_followed(tmp_path: Path) -> None:
    source = """
import os
def handler(event, context):
    os.symlink("/etc/passwd", os.environ.get("TMPDIR", "/tmp") + "/kept")
"""
    async with running(write_project(tmp_path, {"sly": source})) as run:
        await run.result("sly")
        (environment,) = run.engine.views.environments
        with pytest.raises(FileNotFoundError):
            await run.engine.read_scratch(environment, "kept")


async def test_killed_environment_fails_its_invoke_and_the_next_one_starts_cold(tmp_path: Path) -> None:
    import asyncio

    async with running(write_project(tmp_path, {"counter": COUNTER}, {"counter": "timeout = 30"})) as run:
        hanging = asyncio.create_task(run.result("counter", {"hang": True}))  # noqa: TID251 - the test is the caller
        started = await run.until(InvokeStart)
        environment = next(e.environment for e in run.events() if e.record is started)
        assert environment is not None
        run.engine.kill_environment(environment)
        failed = await hanging
        after = await run.result("counter")
    assert "signal: killed" in json.dumps(failed)
    assert isinstance(after, dict)
    assert after["count"] == 1


async def test_sequential_calls_at_reserved_concurrency_one_are_never_throttled_even_after_a_timeout(
    tmp_path: Path,
) -> None:
    source = """
import time
KEPT = []
def handler(event, context):
    if event.get("hang"):
        KEPT.append(bytearray(300 << 20))
        time.sleep(60)
    return "ok"
"""
    settings = {"one": "timeout = 2\nreserved_concurrent_executions = 1"}
    async with running(write_project(tmp_path, {"one": source}, settings)) as run:
        results = [await run.result("one") for _ in range(50)]
        await run.result("one", {"hang": True})
        after = await run.result("one")
        environments = {event.environment for event in run.events() if isinstance(event.record, InvokeStart)}
    assert (set(results), after, len(environments)) == ({"ok"}, "ok", 1)


@pytest.mark.parametrize("log_tail", [False, True])
async def test_throttled_call_is_remembered_as_refused_with_the_exception_that_its_caller_got(
    tmp_path: Path, log_tail: bool
) -> None:
    root = write_project(
        tmp_path, {"never": "def handler(event, context): ..."}, {"never": "reserved_concurrent_executions = 0"}
    )
    async with running(root) as run:
        with pytest.raises(ServiceError, match="Rate Exceeded"):
            await run.invoke("never", log_tail=log_tail)
        (found,) = await run.engine.store.invocations.find(HistoryQuery())
    assert (found.outcome, found.error_type) == (Outcome.REFUSED, "TooManyRequestsException")


async def test_stray_connection_that_asked_for_the_next_event_and_hung_up_swallows_nothing(tmp_path: Path) -> None:
    source = """
import os, socket
def handler(event, context):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    stray = socket.create_connection((host, int(port)))
    stray.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    stray.recv(65536)
    stray.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    stray.close()
    return "ok"
"""
    async with running(write_project(tmp_path, {"stray": source}, {"stray": "timeout = 3"})) as run:
        assert [await run.result("stray") for _ in range(3)] == ["ok", "ok", "ok"]


async def test_place_that_cannot_be_made_fails_its_invoke_in_words_and_leaves_the_next_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(write_project(tmp_path, {"counter": COUNTER})) as run:
        with monkeypatch.context() as broken:
            broken.setattr(type(run.engine.state), "make_tmp", _no_space)
            failed = await run.result("counter")
        after = await run.result("counter")
    assert isinstance(failed, dict)
    assert failed["errorType"] == "Sandbox.Failure"
    assert "No space left on device" in failed["errorMessage"]
    assert isinstance(after, dict)
    assert after["count"] == 1


def _no_space(*_: object) -> Path:
    raise OSError(28, "No space left on device")


async def test_handler_that_uses_more_than_its_memory_is_killed_and_told_so(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    return len([b'x' * (1 << 20) for _ in range(event.get('mb', 0))])\n"
    async with running(write_project(tmp_path, {"hoarder": source})) as run:
        log = await run.tail("hoarder", {"mb": 600})
        document = await run.result("hoarder", {"mb": 600})
        assert await run.result("hoarder") == 0
    assert "Max Memory Used: 128 MB" in log
    assert "Status: error\tError Type: Runtime.OutOfMemory" in log
    assert isinstance(document, dict)
    assert document["errorType"] == "Runtime.ExitError"
    assert document["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
