"""The servers that are compared: lambdatui as its user starts it, and the runtime interface emulator as it is sold."""

import contextlib
import os
import platform
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import handlers, pythons
from benchmarks.connection import Connection
from benchmarks.pythons import CACHE

SOURCES = {
    "trivial": handlers.TRIVIAL,
    "lines": handlers.HUNDRED_LINES,
    "echo": handlers.ECHO,
    "sleeper": handlers.SLEEPER,
}


class Side:
    """A running server. ``port`` takes invokes of ``function``."""

    def __init__(self, process: subprocess.Popen[str], port: int, function: str) -> None:
        self.process = process
        self.port = port
        self.function = function

    def connect(self) -> Connection:
        return Connection(self.port, self.function)

    def cpu_s(self) -> float:
        """Of the server and everything it started that still lives."""
        return sum(sum(process.cpu_times()[:2]) for process in self.tree())

    def tree(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]


def make_project(directory: Path, venv: Path | None = None) -> Path:
    """Four functions and a lambdatui.toml. They run on the Python of ``venv``, or on this one."""
    for name, source in SOURCES.items():
        (directory / name).mkdir(parents=True)
        (directory / name / "app.py").write_text(source)
    if venv is not None:
        (directory / ".venv").symlink_to(venv)
    minor = pythons.of(directory).minor
    (directory / "lambdatui.toml").write_text(handlers.PROJECT_FILE.format(minor=minor))
    return directory


@contextlib.contextmanager
def lambdatui(project: Path, function: str, *options: str) -> Iterator[Side]:
    """`lambdatui serve`, until its ready line."""
    command = [sys.executable, "-m", "lambdatui.cli", "serve", str(project), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready.startswith("lambdatui ready "):
        raise RuntimeError(f"{' '.join(command)} said {ready!r}")
    try:
        yield Side(process, int(ready.split()[2].rsplit(":", 1)[1]), function)
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def emulator(project: Path, function: str) -> Iterator[Side]:
    """The runtime interface emulator with awslambdaric, as in AWS's own base images."""
    python = pythons.of(project)
    port, api_port = free_port(), free_port()
    command = [
        str(emulator_binary()),
        "--runtime-interface-emulator-address",
        f"127.0.0.1:{port}",
        "--runtime-api-address",
        f"127.0.0.1:{api_port}",
        python.executable,
        "-m",
        "awslambdaric",
        "app.handler",
    ]
    environ = {**os.environ, "AWS_LAMBDA_FUNCTION_TIMEOUT": "30", "AWS_EXECUTION_ENV": python.execution_env}
    process = subprocess.Popen(
        command,
        cwd=project / function,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    wait_for_port(port)
    try:
        yield Side(process, port, "function")
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait(10)


def emulator_binary() -> Path:
    """The emulator inside the aws-sam-cli wheel, downloaded once by pip."""
    machine = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine().lower()]
    binary = CACHE / f"aws-lambda-rie-{machine}"
    if binary.exists():
        return binary
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        # A virtual environment made by uv has no pip of its own.
        [
            str(Path(sys.base_prefix) / "bin" / "python3"),
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            str(CACHE),
            "aws-sam-cli",
        ],
        check=True,
    )
    (wheel,) = CACHE.glob("aws_sam_cli-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        binary.write_bytes(archive.read(f"samcli/local/rapid/aws-lambda-rie-{machine}"))
    binary.chmod(0o755)
    wheel.unlink()
    return binary


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, deadline_s: float = 10.0) -> None:
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.005)
    raise RuntimeError(f"nobody listens on port {port}")
