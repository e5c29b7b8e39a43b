"""``make run`` in a checkout whose only Python is not the one that the example's template names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import EXAMPLE

CHECKOUT = EXAMPLE.parents[1]
STUB = f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:])\n"


def _program(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    path.chmod(0o755)


def test_make_run_has_the_example_run_on_the_python_of_the_virtual_environment(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    _program(tmp_path / ".venv/bin/python", "#!/bin/sh\necho Python 3.97.1\n")
    _program(tmp_path / ".venv/bin/lambdatui", STUB)
    (tmp_path / ".venv/.ready").touch()

    # The tests may themselves have been started by make, which tells its children so.
    environ = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(["make", "run"], cwd=tmp_path, env=environ, capture_output=True, check=True, timeout=20)

    expected = ["tour", "examples/orders", "--parameter-overrides", "PythonRuntime=python3.97"]
    assert done.stdout.decode() == f"{expected}\n"
