"""Runtimes that are not our bootstrap for Python, and SnapStart, through a whole engine."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.model.function import Project
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, FunctionLog, InitReport, Report, RestoreReport, RestoreRuntimeDone
from lambdatui.project.load import load_project
from lambdatui.service.invoking import ServiceError
from tests.support.running import running, write_project

BOOTSTRAP = """\
#!{python} -u
import os, urllib.request
BASE = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(BASE + "next") as event:
        url = BASE + event.headers["Lambda-Runtime-Aws-Request-Id"] + "/response"
        body = event.read()
    print("custom runtime", os.getcwd(), "AWS_EXECUTION_ENV" in os.environ)
    urllib.request.urlopen(urllib.request.Request(url, data=body)).read()
"""


def custom_project(tmp_path: Path, **modes: int) -> Path:
    """A function of a custom runtime; ``modes`` are of its bootstrap in the code and in the layer."""
    for place, mode in modes.items():
        folder = tmp_path / place
        folder.mkdir(exist_ok=True)
        (folder / "bootstrap").write_text(BOOTSTRAP.format(python=sys.executable))
        (folder / "bootstrap").chmod(mode)
    (tmp_path / "code").mkdir(exist_ok=True)
    (tmp_path / "layer").mkdir(exist_ok=True)
    (tmp_path / "lambdatui.toml").write_text(
        '[functions.own]\nhandler = "any"\ncode_uri = "code"\nruntime = "provided.al2023"\nlayers = ["layer"]\n'
    )
    return tmp_path


LAST_WORDS = """\
#!/usr/bin/env -S python3
import os, re, socket
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
asking = socket.create_connection((host, int(port)))
asking.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
event = b""
while b"\\r\\n\\r\\n" not in event:
    event += asking.recv(65536)
request_id = re.search(rb"(?i)lambda-runtime-aws-request-id: (\\S+)", event)[1]
answering = socket.create_connection((host, int(port)))
head = b"POST /2018-06-01/runtime/invocation/%b/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 6\\r\\n\\r\\n"
answering.sendall(head % request_id + b'"done"')
os.write(1, b"and gone")
os._exit(0)
"""


async def test_answer_of_a_runtime_that_ends_right_after_it_reaches_the_caller(tmp_path: Path) -> None:
    root = custom_project(tmp_path)
    (root / "code" / "bootstrap").write_text(LAST_WORDS)
    (root / "code" / "bootstrap").chmod(0o755)
    async with running(root) as run:
        assert [await run.result("own") for _ in range(25)] == ["done"] * 25
        await run.until(Report, lambda _: len(run.records(Report)) == 25)
        last = [line for record in run.records(FunctionLog) for line in record.lines]
    assert last == ["and gone"] * 25


@pytest.mark.parametrize("place", ["code", "layer"])
async def test_custom_runtime_runs_its_bootstrap_from_the_code_or_a_layer(tmp_path: Path, place: str) -> None:
    async with running(custom_project(tmp_path, **{place: 0o755})) as run:
        assert await run.result("own", {"n": 1}) == {"n": 1}
        assert "custom runtime /var/task False" in await run.tail("own")


@pytest.mark.parametrize(
    ("modes", "reason"),
    [
        ({}, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
        ({"code": 0o644}, "fork/exec /var/task/bootstrap: permission denied"),
    ],
)
async def test_custom_runtime_without_a_bootstrap_to_execute_has_no_entrypoint(
    tmp_path: Path, modes: dict[str, int], reason: str
) -> None:
    async with running(custom_project(tmp_path, **modes)) as run:
        document = await run.result("own")
        assert isinstance(document, dict)
        assert document["errorType"] == "Runtime.InvalidEntrypoint"
        assert document["errorMessage"].endswith(f"Error: {reason}")
        again = await run.result("own")
        assert isinstance(again, dict)
        assert again["errorType"] == "Runtime.InvalidEntrypoint"
        assert [report.phase for report in run.records(InitReport)] == ["init", "invoke", "invoke"]


async def test_bootstrap_whose_interpreter_is_missing_is_no_entrypoint(tmp_path: Path) -> None:
    project = custom_project(tmp_path, code=0o755)
    (tmp_path / "code" / "bootstrap").write_text("#!/nope\n")
    async with running(project) as run:
        for _ in range(2):
            document = await run.result("own")
            assert isinstance(document, dict)
            assert document["errorType"] == "Runtime.InvalidEntrypoint"
            assert document["errorMessage"].endswith("Error: fork/exec /var/task/bootstrap: no such file or directory")


@pytest.fixture
def node_major() -> int:
    if shutil.which("node") is None:
        pytest.skip("needs Node.js")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.lstrip("v").partition(".")[0])
    if major < 18:
        pytest.skip("this Node is too old")
    return major


async def test_node_function_runs_on_an_installed_node(tmp_path: Path, node_major: int) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.mjs").write_text(
        "export const handler = async (event, context) => ({ event, id: context.awsRequestId });\n"
    )
    (tmp_path / "lambdatui.toml").write_text(
        f'[functions.web]\nhandler = "index.handler"\ncode_uri = "code"\nruntime = "nodejs{node_major}.x"\n'
    )
    async with running(tmp_path) as run:
        answer = await run.result("web", {"n": 1})
        (report,) = run.records(Report) or [await run.until(Report)]
    assert answer == {"event": {"n": 1}, "id": report.request_id}


async def test_official_client_runs_where_the_function_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    source = "import sys\ndef handler(event, context):\n    return sorted(n for n in sys.modules if 'lambdaric' in n)\n"
    root = write_project(tmp_path, {"official": source}, {"official": 'runtime_client = "official"'})
    async with running(root) as run:
        modules = await run.result("official")
    assert isinstance(modules, list)
    assert "awslambdaric" in modules


# SnapStart

SNAPPED = """
import os
from snapshot_restore_py import register_after_restore, register_before_snapshot
SEEN = ["init"]
NAMES = ("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_ACCESS_KEY_ID", "AWS_LAMBDA_LOG_STREAM_NAME")
register_before_snapshot(lambda: SEEN.append("before"))
register_after_restore(lambda: SEEN.append("after"))
def handler(event, context):
    return {"seen": SEEN, "environ": [os.environ.get(name) for name in NAMES]}
"""


def with_snap_start(root: Path) -> Project:
    """As it would be read with SnapStart, on whichever Python runs these tests."""
    project = load_project(root)
    return replace(project, functions=tuple(replace(each, snap_start=True) for each in project.functions))


async def test_snapshot_is_restored_before_the_first_invoke(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"snapped": SNAPPED})
    async with running(root, project=with_snap_start(root)) as run:
        answer = await run.result("snapped")
        (restored,) = run.records(RestoreReport)
        first = await run.until(Report)
        await run.result("snapped")
        assert len(run.records(RestoreReport)) == 1
    assert answer == {"seen": ["init", "before", "after"], "environ": ["snap-start", None, None]}
    assert first.metrics.init_duration_ms is None
    assert first.metrics.restore_duration_ms == restored.metrics.duration_ms


async def test_hook_that_fails_after_a_restore_is_an_exception_of_the_service(tmp_path: Path) -> None:
    source = (
        "from snapshot_restore_py import register_after_restore\n"
        "def broken():\n    raise ValueError('no')\n"
        "register_after_restore(broken)\n"
        "def handler(event, context):\n    return 1\n"
    )
    root = write_project(tmp_path, {"snapped": source})
    async with running(root, project=with_snap_start(root)) as run:
        with pytest.raises(ServiceError) as refused:
            await run.invoke("snapped")
        assert (refused.value.name, refused.value.status_code) == ("SnapStartException", 400)
        (done,) = run.records(RestoreRuntimeDone)
        assert done.error_type == "Runtime.AfterRestoreError"
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
    assert not run.records(Report)
