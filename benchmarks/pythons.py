"""Which Pythons the functions run on: this one, and the newest on this machine. Both sides of a row have the same.

AWS's client polls in another way from Python 3.12 on, so a row may come out differently there: both are reported.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lambdatui.runtimes.interpreters import InterpreterNotFound, find_interpreter

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lambdatui-benchmarks"
NEWEST_MINOR = 14
OLDEST_MINOR = 12
"""Older ones run the same client in the same way as this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """``executable`` has awslambdaric installed. ``minor`` is as in 3.13."""

    executable: str
    minor: str

    @property
    def execution_env(self) -> str:
        return f"AWS_Lambda_python{self.minor}"


OWN = Python(executable=sys.executable, minor=f"{sys.version_info.major}.{sys.version_info.minor}")


def of(project: Path) -> Python:
    """What a project's functions run on: its virtual environment, which the engine finds by itself, else ours."""
    executable = project / ".venv" / "bin" / "python"
    if not executable.exists():
        return OWN
    found = re.search(r"^version.*= *(\d+\.\d+)", (project / ".venv" / "pyvenv.cfg").read_text(), re.MULTILINE)
    assert found is not None
    return Python(executable=str(executable), minor=found[1])


def newest() -> Path | None:
    """A virtual environment of the newest Python here, with awslambdaric in it; None where ours is the newest."""
    for number in range(NEWEST_MINOR, max(OLDEST_MINOR, sys.version_info.minor + 1) - 1, -1):
        venv = CACHE / f"python3.{number}"
        if (venv / "complete").exists() or _made(venv, f"python3.{number}"):
            return venv
    return None


def _made(venv: Path, runtime: str) -> bool:
    try:
        interpreter = find_interpreter(runtime, CACHE)
    except InterpreterNotFound:
        return False
    subprocess.run([interpreter.executable, "-m", "venv", "--clear", str(venv)], check=True)
    # There may be no build of it for a Python that has just come out; then the next older one is measured.
    installed = subprocess.run(
        [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "awslambdaric"], check=False
    )
    if installed.returncode == 0:
        (venv / "complete").touch()
    return installed.returncode == 0
