"""The installed program as people start it: run to its end, or served in the background until the test is over."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

PROGRAM = Path(sys.executable).with_name("lambdatui")
READY_S = 30.0
END_S = 20.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    err: str


_LEFT_OUT = {"COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE"}
"""The size of the terminal that the tests run in, and what keeps a program from being compiled only once."""


def clean_environ() -> dict[str, str]:
    """This process's, without what would change the program's behaviour."""
    kept = os.environ.items()
    return {name: value for name, value in kept if name not in _LEFT_OUT and not name.startswith("LAMBDATUI_")}


def run(*arguments: str, cwd: Path, stdin: bytes = b"") -> Ran:
    """Run a command to its end; neither of its streams is a terminal."""
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, input=stdin, capture_output=True, timeout=60, env=clean_environ(), check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())


@contextmanager
def started(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that is still running; at the end of the block it is killed if need be."""
    process = subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=cwd,
        env=clean_environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # a line that was read ahead would be invisible to select
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(frozen=True, slots=True)
class Serving:
    """A running ``lambdatui serve``."""

    process: subprocess.Popen[bytes]
    ready_line: str

    @property
    def url(self) -> str:
        return self.ready_line.split()[2]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self, number: int = signal.SIGTERM) -> Ran:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=END_S)
        return Ran(self.process.returncode, out, err.decode())


@contextmanager
def serving(root: Path, *arguments: str) -> Iterator[Serving]:
    """An engine that is ready. It ends with the block, unless the test has ended it."""
    with started("serve", str(root), "--port", "0", *arguments, cwd=root) as process:
        yield Serving(process, next_line(process))
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=END_S)


def next_line(process: subprocess.Popen[bytes], limit_s: float = READY_S) -> str:
    """The next line of a process's stdout, without its line end."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], limit_s)
    assert ready, f"nothing on stdout within {limit_s} s"
    line = process.stdout.readline().decode()
    if not line.endswith("\n"):
        assert process.stderr is not None
        raise AssertionError(f"the process ended: {process.stderr.read().decode()}")
    return line.removesuffix("\n")


def descendants(pid: int) -> list[psutil.Process]:
    """Every process below ``pid``, however deep."""
    return psutil.Process(pid).children(recursive=True)


def still_alive(processes: list[psutil.Process], within_s: float = 10.0) -> list[psutil.Process]:
    """Those that have not ended in time."""
    _, alive = psutil.wait_procs(processes, timeout=within_s)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
