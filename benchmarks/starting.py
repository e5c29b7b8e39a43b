"""Rows 11, 12 and 13: how long until something is there."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, interleaved, median
from benchmarks.pythons import CACHE

ROUNDS = 9


def rows(project: Path) -> Iterator[Result]:
    yield ready_line(project)
    yield first_paint(project)
    yield one_shot(project)


def ready_line(project: Path, functions: int = 20) -> Result:
    """`lambdatui serve` to its ready line."""
    many = project.parent / "many"
    if not many.exists():
        many.mkdir()
        (many / "app.py").write_text("def handler(event, context):\n    return 1\n")
        tables = [f'[functions.f{n}]\nhandler = "app.handler"\ncode_uri = "."\n' for n in range(functions)]
        (many / "lambdatui.toml").write_text("\n".join(tables))
    mine, other = interleaved(
        lambda: _until_ready_ms(many), lambda: _run_ms([sys.executable, "-c", "import asyncio"]), ROUNDS
    )
    return Result(
        row="11",
        what=f"serve to the ready line, {functions} functions",
        against="python -c 'import asyncio'",
        unit="ms",
        ours=median(mine),
        theirs=median(other),
        limit=12,
        goal=5,
    )


def first_paint(project: Path) -> Result:
    """The command in a pseudo-terminal until the screen shows its first pane."""
    mine, other = interleaved(
        lambda: _until_painted_ms(project),
        lambda: _run_ms([sys.executable, "-c", "import textual.app"]),
        ROUNDS,
    )
    return Result(
        row="12",
        what="TUI first paint",
        against="python -c 'import textual.app'",
        unit="ms",
        ours=median(mine),
        theirs=median(other),
        limit=4,
        goal=2.2,
    )


def one_shot(project: Path) -> Result:
    """`lambdatui invoke` with no engine running."""
    peer = _python_lambda_local()
    event = project.parent / "event.json"
    event.write_text("{}")
    ours = [sys.executable, "-m", "lambdatui.cli", "invoke", "-p", str(project), "trivial"]
    theirs = [str(peer), "-f", "handler", "-t", "5", str(project / "trivial" / "app.py"), str(event)]
    mine, other = interleaved(lambda: _run_ms(ours), lambda: _run_ms(theirs), ROUNDS)
    return Result(
        row="13",
        what="lambdatui invoke in one shot",
        against="python-lambda-local",
        unit="ms",
        ours=median(mine),
        theirs=median(other),
        limit=3,
        goal=1.2,
    )


def _run_ms(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def _until_ready_ms(project: Path) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "lambdatui.cli", "serve", str(project), "--port", "0"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    elapsed_ms = (time.perf_counter() - start) * 1000
    process.terminate()
    process.wait(10)
    if not line.startswith(b"lambdatui ready"):
        raise RuntimeError(f"serve said {line!r}")
    return elapsed_ms


def _until_painted_ms(project: Path) -> float:
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="120", LINES="40")
        os.execv(sys.executable, [sys.executable, "-m", "lambdatui.cli", str(project)])
    seen = b""
    while b"Functions" not in seen:
        ready, _, _ = select.select([terminal], [], [], 20)
        if not ready:
            raise RuntimeError(f"nothing was painted: {seen[-500:]!r}")
        seen += os.read(terminal, 65536)
    elapsed_ms = (time.perf_counter() - start) * 1000
    os.write(terminal, b"\x11")
    _wait(pid, terminal)
    return elapsed_ms


def _wait(pid: int, terminal: int) -> None:
    """Read on, so that the program can leave."""
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)


def _python_lambda_local() -> Path:
    """The peer, in a virtual environment of its own that is made once."""
    venv = CACHE / "python-lambda-local"
    command = venv / "bin" / "python-lambda-local"
    if not command.exists():
        base = str(Path(sys.base_prefix) / "bin" / "python3")
        subprocess.run([base, "-m", "venv", str(venv)], check=True)
        subprocess.run(
            [str(venv / "bin" / "pip"), "install", "--quiet", "python-lambda-local", "setuptools<80"], check=True
        )
    return command
