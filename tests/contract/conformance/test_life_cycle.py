"""What a handler finds of its environment and its limits, and what its failures cost, through a whole engine."""

import math
import re
import sys
from pathlib import Path

import pytest

from lambdatui.model.capability import Capability
from lambdatui.model.records import InitReport, Report
from lambdatui.project.load import load_project
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from tests.support.running import RUNTIME, Running, running, write_project

ENVIRON = "import os\nBEFORE = dict(os.environ)\ndef handler(event, context):\n    return BEFORE\n"


async def environ_of(tmp_path: Path, settings: str = "") -> dict[str, str]:
    """The variables that a handler had when its module was imported."""
    async with running(write_project(tmp_path, {"env": ENVIRON}, {"env": settings})) as run:
        found = await run.result("env")
    assert isinstance(found, dict)
    return found


@pytest.mark.namespaces
async def test_variables_have_the_values_that_were_observed_on_lambda(tmp_path: Path) -> None:
    found = await environ_of(tmp_path)
    assert {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": "env",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/env",
        "AWS_REGION": "us-east-1",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": (
            "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
        ),
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "PWD": "/var/task",
        "PYTHONPATH": "/var/runtime",
        "SHLVL": "0",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }.items() <= found.items()


async def test_address_of_the_runtime_api_has_no_scheme(tmp_path: Path) -> None:
    assert re.fullmatch(r"[\d.]+:\d+", (await environ_of(tmp_path))["AWS_LAMBDA_RUNTIME_API"])


async def test_unreserved_variables_are_the_functions_to_set(tmp_path: Path) -> None:
    found = await environ_of(tmp_path, 'environment = { TZ = "Europe/Vienna", AWS_XRAY_CONTEXT_MISSING = "IGNORE" }')
    assert (found["TZ"], found["AWS_XRAY_CONTEXT_MISSING"]) == ("Europe/Vienna", "IGNORE")


async def test_values_of_variables_are_never_expanded(tmp_path: Path) -> None:
    found = await environ_of(tmp_path, r"environment = { PLACE = '$HOME/${PATH} ~ %PATH% `id`' }")
    assert found["PLACE"] == "$HOME/${PATH} ~ %PATH% `id`"


async def test_exception_of_a_handler_keeps_its_globals_and_its_tmp(tmp_path: Path) -> None:
    source = """
import os
COUNT = 0
FILE = os.environ.get("TMPDIR", "/tmp") + "/kept"
def handler(event, context):
    global COUNT
    COUNT += 1
    open(FILE, "a").write("x")
    if event.get("fail"):
        raise ValueError("on purpose")
    return [COUNT, open(FILE).read()]
"""
    async with running(write_project(tmp_path, {"careless": source})) as run:
        failed = await run.result("careless", {"fail": True})
        after = await run.result("careless")
    assert isinstance(failed, dict)
    assert list(failed) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert after == [2, "xx"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(0, "Runtime exited without providing a reason"), (3, "Runtime exited with error: exit status 3")],
)
async def test_exit_at_import_is_told_as_one_in_the_handler(tmp_path: Path, status: int, reason: str) -> None:
    source = f"import sys\nsys.exit({status})\n"
    async with running(write_project(tmp_path, {"quits": source})) as run:
        failed = await run.result("quits")
        phases = [str(report.phase) for report in run.records(InitReport)]
    assert isinstance(failed, dict)
    assert list(failed) == ["errorType", "errorMessage"]
    assert failed["errorType"] == "Runtime.ExitError"
    assert failed["errorMessage"].endswith(f" Error: {reason}")
    assert phases == ["init", "invoke"]


async def test_timeout_is_billed_for_the_time_it_may_take_and_the_init_before_it(tmp_path: Path) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(60)\n"
    async with running(write_project(tmp_path, {"hangs": source}, {"hangs": "timeout = 1"})) as run:
        await run.tail("hangs")
        (report,) = run.records(Report)
    metrics = report.metrics
    assert metrics.init_duration_ms is not None
    assert metrics.duration_ms == 1000
    assert metrics.billed_duration_ms == math.ceil(1000 + metrics.init_duration_ms)


async def test_layers_are_merged_in_their_order_and_found_on_every_path(tmp_path: Path) -> None:
    for name, files in {
        "first": {"python/shared.py": "WHO = 'first'\n", "bin/tool": "#!/bin/sh\necho first\n", "only-first": "1"},
        "second": {"python/shared.py": "WHO = 'second'\n", "bin/tool": "#!/bin/sh\necho second\n"},
    }.items():
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
            (tmp_path / name / path).chmod(0o755)
    source = """
import os, subprocess, shared
def handler(event, context):
    opt = os.path.dirname(os.path.dirname(shared.__file__))
    tool = subprocess.run(["tool"], capture_output=True, text=True).stdout.strip()
    return [shared.WHO, tool, os.path.exists(opt + "/only-first")]
"""
    root = write_project(tmp_path, {"layered": source}, {"layered": 'layers = ["first", "second"]'})
    async with running(root) as run:
        assert await run.result("layered") == ["second", "second", True]


async def test_limits_of_a_python_function_are_those_of_lambda(tmp_path: Path) -> None:
    source = """
import resource
def handler(event, context):
    return {name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in event}
"""
    names = ["NOFILE", "MEMLOCK", "STACK", "AS", "DATA", "CPU", "FSIZE"]
    async with running(write_project(tmp_path, {"limits": source})) as run:
        found = await run.result("limits", names)
    unlimited = -1
    assert found == {
        "NOFILE": [1024, 1024],
        "MEMLOCK": [65536, 65536],
        "STACK": [8 * 1024 * 1024, unlimited],
        "AS": [unlimited, unlimited],
        "DATA": [unlimited, unlimited],
        "CPU": [unlimited, unlimited],
        "FSIZE": [unlimited, unlimited],
    }


def kept_by_the_kernel(capability: Capability, word: str) -> bool:
    return any(row.capability is capability and word in row.how for row in ProcessBackend().capabilities())


@pytest.mark.skipif(
    not kept_by_the_kernel(Capability.OWN_PROCESSES, "1024"), reason="no group of the kernel counts processes here"
)
async def test_environment_has_no_more_than_1024_processes_and_threads(tmp_path: Path) -> None:
    # The kernel's group has the processes a tenth of a second after they started. Those that were there before may
    # be too many; the round after it is the one that counts.
    source = """
import threading
def handler(event, context):
    refused = []
    while len(refused) < 2:
        over, started = threading.Event(), []
        try:
            for _ in range(1200):
                thread = threading.Thread(target=over.wait)
                thread.start()
                started.append(thread)
        except RuntimeError as error:
            refused.append([len(started), str(error)])
        finally:
            over.set()
            for thread in started:
                thread.join()
    return refused[1]
"""
    settings = {"forks": "timeout = 30\nmemory_size = 1024"}
    async with running(write_project(tmp_path, {"forks": source}, settings)) as run:
        found = await run.result("forks")
    assert isinstance(found, list)
    assert 1000 < found[0] <= 1024
    assert found[1] == "can't start new thread"


@pytest.mark.skipif(
    not kept_by_the_kernel(Capability.CPU_SHARE, "cgroup"), reason="no group of the kernel shares the CPU here"
)
async def test_function_asked_to_have_lambdas_cpu_gets_it_in_proportion_to_its_memory(tmp_path: Path) -> None:
    source = """
import time
def handler(event, context):
    began = time.monotonic()
    while time.process_time() < event["until_s"]:
        pass
    return time.monotonic() - began
"""
    root = write_project(tmp_path, {"busy": source}, {"busy": "timeout = 60\nmemory_size = 177"})
    options = EngineOptions(reload=False, cpu_share=True)
    async with Engine(load_project(root), backend=ProcessBackend(), clock=RealClock(), options=options) as engine:
        run = Running(engine, root)
        await run.result("busy", {"until_s": 0})
        took_s = await run.result("busy", {"until_s": 0.4})
    assert isinstance(took_s, float)
    assert took_s > 2


async def test_custom_runtime_has_no_variable_for_the_trace_before_it_sets_one(tmp_path: Path) -> None:
    bootstrap = tmp_path / "own" / "bootstrap"
    bootstrap.parent.mkdir()
    bootstrap.write_text(f"""#!{sys.executable}
import json, os, urllib.request
base = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(base + "next") as event:
        url = base + event.headers["Lambda-Runtime-Aws-Request-Id"] + "/response"
    urllib.request.urlopen(url, data=json.dumps(sorted(os.environ)).encode()).read()
""")
    bootstrap.chmod(0o755)
    (tmp_path / "lambdatui.toml").write_text(
        '[functions.own]\nhandler = "any"\ncode_uri = "own"\nruntime = "provided.al2023"\n'
    )
    async with running(tmp_path) as run:
        found = await run.result("own")
    assert isinstance(found, list)
    assert "_HANDLER" in found
    assert not {"_X_AMZN_TRACE_ID", "AWS_EXECUTION_ENV"} & set(found)
