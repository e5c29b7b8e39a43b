"""SnapStart where a fork would not carry all of a snapshot: it is restored once, and says why."""

from pathlib import Path

import pytest

from lambdatui.model.records import InitStart, RestoreReport
from lambdatui.sandbox.process import Isolation
from tests.contract.service.snapped import snapped, snapshot_words, together

pytestmark = pytest.mark.namespaces


@pytest.mark.parametrize(
    ("init", "why"),
    [
        ("import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()", "it has 2 threads"),
        ("import subprocess\nCHILD = subprocess.Popen(['sleep', '60'])", "it has child processes"),
        ("PIPE = os.pipe()", "it holds a pipe"),
        ("import socket\nPAIRS = [socket.socketpair() for _ in range(2)]", "it holds 4 local sockets"),
        (
            "import socket\nSERVER = socket.create_server(('127.0.0.1', 0))",
            "it holds a socket that others connect to, or that is not the internet's",
        ),
        (
            "import socket\nINBOX = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nINBOX.bind(('127.0.0.1', 0))",
            "it holds a socket for datagrams that has an address",
        ),
        ("os.mkdir('/tmp/gone')\nos.chdir('/tmp/gone')\nos.rmdir('/tmp/gone')", "it is in a folder that is gone"),
        ("import mmap\nSHARED = mmap.mmap(-1, 4096)", "it shares memory"),
        ("FILE = open('/tmp/gone', 'w')\nos.remove('/tmp/gone')", "it holds a file that cannot be opened again"),
    ],
)
async def test_snapshot_that_a_fork_would_not_carry_is_for_one_environment_and_says_why(
    tmp_path: Path, init: str, why: str
) -> None:
    async with snapped(tmp_path, init, "os.getpid()") as run:
        await together(run)
        assert len(run.records(InitStart)) == 2
        assert len(run.records(RestoreReport)) == 2
        assert snapshot_words(run)[0] == f"snapshot for one: the next invoke restores it; {why}"


async def test_snapshot_under_a_wrapper_script_is_for_one_environment_and_says_why(tmp_path: Path) -> None:
    wrapper = tmp_path / "snapped" / "wrapper"
    wrapper.parent.mkdir()
    wrapper.write_text('#!/bin/sh\nexec "$@"\n')
    wrapper.chmod(0o755)
    variables = 'environment = { AWS_LAMBDA_EXEC_WRAPPER = "/var/task/wrapper" }'
    async with snapped(tmp_path, "", "1", settings=variables) as run:
        assert await together(run) == [1, 1]
        words = "snapshot for one: the next invoke restores it; it runs under a wrapper script"
        assert snapshot_words(run) == [words, words]


async def test_snapshot_without_room_for_what_a_fork_takes_is_for_one_environment(tmp_path: Path) -> None:
    async with snapped(tmp_path, "FILES = [open('/dev/null') for _ in range(1008)]", "len(FILES)") as run:
        assert await together(run) == [1008, 1008]
        assert snapshot_words(run)[0].endswith(" open files")


async def test_without_namespaces_every_environment_has_a_snapshot_of_its_own(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "1", isolation=Isolation.PLAIN) as run:
        assert await together(run) == [1, 1]
        assert len(run.records(InitStart)) == 2
        assert snapshot_words(run)[0].endswith("; there are no namespaces: plain processes were asked for")
