"""Faults at every step, of an extension and of the runtime: nothing leaks, every START has one REPORT, and the next
invoke is fine.
"""

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import InvokeStart, PlatformFault, Report
from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.sandbox.protocol import Sandbox
from tests.support.running import ANY_PYTHON, running, write_project

FAULTS = """
import os, signal, socket, sys, time
MARK = os.environ.get("TMPDIR", "/tmp") + "/faulted"

def fault(step):
    if not os.environ["FAULT"].startswith(step + ":") or os.path.exists(MARK):
        return
    open(MARK, "w").close()
    kind = os.environ["FAULT"].partition(":")[2]
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    if kind == "exit":
        os._exit(3)
    elif kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "hang":
        time.sleep(60)
    elif kind == "garbage":
        junk = socket.create_connection((host, int(port)))
        junk.sendall(b"\\x00\\xff garbage\\r\\n\\r\\n")
    elif kind == "close":
        early = socket.create_connection((host, int(port)))
        early.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n")
        early.close()
"""
EXTENSION = (
    "#!{python} -u\n"
    + FAULTS
    + """
import json, urllib.request
BASE = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension"

def call(path, body=None, **headers):
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data=body, headers=headers)) as answer:
        return dict(answer.headers), json.loads(answer.read())

fault("start")
head, _ = call("/register", b'{{"events": ["INVOKE", "SHUTDOWN"]}}', **{{"Lambda-Extension-Name": "faulty"}})
fault("registered")
while True:
    _, event = call("/event/next", **{{"Lambda-Extension-Identifier": head["Lambda-Extension-Identifier"]}})
    fault(event["eventType"].lower())
    if event["eventType"] == "SHUTDOWN":
        sys.exit(0)
"""
)
FUNCTION = (
    FAULTS
    + """
import threading
fault("import")

def later():
    time.sleep(0.01)
    fault("answered")

running = []

def handler(event, context):
    # What the last invoke left running happens in this one, not in some later one.
    while running:
        running.pop().join()
    fault("handler")
    running.append(threading.Thread(target=later, daemon=True))
    running[0].start()
    return "fine"
"""
)

STEPS = [
    *(f"{step}:{kind}" for step in ("start", "registered") for kind in ("exit", "kill", "garbage", "close")),
    *(f"invoke:{kind}" for kind in ("exit", "kill", "hang", "garbage", "close")),
    *(f"shutdown:{kind}" for kind in ("exit", "kill", "hang")),
    *(f"import:{kind}" for kind in ("exit", "kill", "garbage", "close")),
    *(f"handler:{kind}" for kind in ("exit", "kill", "hang", "garbage", "close")),
    *(f"answered:{kind}" for kind in ("exit", "kill", "garbage")),
]


def project(tmp_path: Path, fault: str) -> Path:
    extensions = tmp_path / "layer" / "extensions"
    extensions.mkdir(parents=True)
    (extensions / "faulty").write_text(EXTENSION.replace("{python}", ANY_PYTHON).replace("{{", "{").replace("}}", "}"))
    (extensions / "faulty").chmod(0o755)
    settings = f'layers = ["layer"]\ntimeout = 1\nenvironment = {{ FAULT = "{fault}", WHOSE = "{tmp_path}" }}'
    return write_project(tmp_path, {"victim": FUNCTION}, {"victim": settings})


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def processes_of(root: Path) -> list[int]:
    """Of this machine, by the variable that only processes of this test have."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environ = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"WHOSE={root}\0".encode() in environ:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for leaks in /proc")
@pytest.mark.parametrize("fault", STEPS)
async def test_environment_survives_a_fault_and_leaves_nothing_behind(tmp_path: Path, fault: str) -> None:
    root = project(tmp_path, fault)
    before = open_files()
    async with running(root) as run:
        await run.invoke("victim")
        fine_in_a_row = 0
        async with asyncio.timeout(10):
            # The thread that outlives its invoke may get as far as its fault in the second one after it.
            while fine_in_a_row < 3:
                fine_in_a_row = fine_in_a_row + 1 if await run.result("victim") == "fine" else 0
                await run.pass_time(0.01)
        await run.until(Report, lambda _: len(run.records(Report)) == len(run.records(InvokeStart)))
    started = Counter(record.request_id for record in run.records(InvokeStart))
    assert started == Counter(record.request_id for record in run.records(Report))
    assert set(started.values()) == {1}
    assert processes_of(tmp_path) == []
    assert open_files() <= before


async def test_place_that_is_lost_in_an_invoke_ends_it_behind_its_last_lines_and_the_next_one_succeeds(
    tmp_path: Path,
) -> None:
    source = (
        "import os, time\n"
        "def handler(event, context):\n"
        "    if event.get('lose'):\n"
        "        os.write(1, b'last words')\n"
        "        os.kill(os.getppid(), 9)\n"
        "        time.sleep(60)\n"
        "    return 'fine'\n"
    )
    async with running(write_project(tmp_path, {"victim": source}), isolation=Isolation.PLAIN) as run:
        lost = await run.invoke("victim", {"lose": True}, log_tail=True)
        assert lost.result is not None
        assert lost.log_tail is not None
        assert lost.result.error_type == "Sandbox.Failure"
        lines = [line.partition(" ")[0].partition("\t")[0] for line in lost.log_tail.decode().splitlines()]
        assert lines == ["START", "last", "END", "REPORT"]
        assert await run.result("victim") == "fine"


async def test_bug_of_ours_while_a_place_is_made_answers_the_caller_and_the_next_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    async def fail(*arguments: object) -> Sandbox:
        tried.append(arguments)
        raise ZeroDivisionError

    source = "def handler(event, context):\n    return 'fine'\n"
    async with running(write_project(tmp_path, {"victim": source})) as run:
        with monkeypatch.context() as patch:
            patch.setattr(ProcessBackend, "create", fail)
            async with asyncio.timeout(10):
                failed = await run.result("victim")
        assert isinstance(failed, dict)
        assert "ZeroDivisionError" in failed["errorMessage"]
        assert len(tried) == 1
        assert await run.result("victim") == "fine"


async def test_bug_of_ours_in_an_invoke_ends_it_with_a_report_and_the_next_one_succeeds(tmp_path: Path) -> None:
    source = (
        "import time\ndef handler(event, context):\n    time.sleep(60 if event.get('hang') else 0)\n    return 'fine'\n"
    )
    async with running(write_project(tmp_path, {"victim": source})) as run:
        hanging = asyncio.ensure_future(run.result("victim", {"hang": True}))  # noqa: TID251 - awaited below
        start = await run.until(InvokeStart)
        (driver,) = run.engine.pools[FunctionName("victim")].drivers.values()
        driver.post(inputs.SandboxClosed(at=0.0))
        document = await hanging
        assert await run.result("victim") == "fine"
        report = await run.until(Report, lambda record: record.request_id == start.request_id)
        (fault,) = run.records(PlatformFault)
    assert isinstance(document, dict)
    assert document["errorType"] == report.error_type == "Sandbox.Failure"
    assert "lambdatui failed: IllegalTransition" in fault.message
