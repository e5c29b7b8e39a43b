"""A bug report has what a maintainer needs, and nothing that is nobody's business."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import PROGRAM, clean_environ, run

SOURCE = "def handler(event, context):\n    print('a customer named Ada')\n    return {'echo': event}\n"


def test_report_tells_versions_and_invocations_and_keeps_secrets(project: MakeProject) -> None:
    root = project(SOURCE)
    sent = run("invoke", "app", "-e", "-", cwd=root, stdin=b'{"card": "4929-0000"}')
    assert sent.code == 0
    log = root / ".lambdatui" / "engine.log"
    log.write_text("WARNING password=tiger9 postgres://scott:lion8@db/x\nWARNING got zebra-7-stripes\n")
    environ = {**clean_environ(), "SERVICE_TOKEN": "zebra-7-stripes", "LAMBDATUI_TOKEN": "okapi-5-legs"}
    subprocess.run([PROGRAM, "bug-report"], cwd=root, env=environ, check=True, capture_output=True, timeout=60)
    text = (root / "lambdatui-bug-report.txt").read_text()
    for told in ("lambdatui 0", "textual 8", "== Capabilities", "app: python3", "LAMBDATUI_TOKEN", "WARNING password="):
        assert told in text
    assert "could not be collected" not in text
    for secret in ("tiger9", "lion8", "zebra-7-stripes", "okapi-5-legs", "4929-0000", "Ada", str(Path.home()) + "/"):
        assert secret not in text


@pytest.mark.parametrize("name", ["nowhere/report.txt"])
def test_report_that_cannot_be_written_says_so(project: MakeProject, name: str) -> None:
    ran = run("bug-report", "-o", name, cwd=project(SOURCE))
    assert ran.code == 2
    assert f"{name} cannot be written" in ran.err
