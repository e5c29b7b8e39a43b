"""Where modules of a function come from: the same places under both clients, as Lambda's own bootstrap has them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.runtimes.restore_cases import HOOKS, SNAP_START
from tests.contract.runtimes.runtime_process import (
    BOOTSTRAP,
    Case,
    official_in_its_place,
    own_command,
    run_case,
    write_code,
)

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
SHOW_PATH = """
import os, sys
import shared, layered
def handler(event, context):
    return [sys.path, sorted(name for name in os.environ if name.startswith("_L")), shared.PLACE, layered.PLACE]
"""
ONLY_PATH = "import sys\ndef handler(event, context):\n    return sys.path\n"


@pytest.fixture(params=["own", "official"])
def command(request: pytest.FixtureRequest) -> list[str]:
    return own_command() if request.param == "own" else official_in_its_place()


def make_layers(opt: Path) -> list[Path]:
    """The two folders of Python modules in /opt, in the order in which they are searched."""
    folders = [opt / "python/lib" / PYTHON / "site-packages", opt / "python"]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("shared.py", "layered.py"):
            (folder / name).write_text(f"PLACE = {folder.name!r}\n")
    return folders


async def answer(case: Case, command: list[str], task_root: Path) -> Any:
    write_code(case, task_root)
    outcome = await run_case(case, command, task_root)
    assert outcome.reports, outcome.stderr
    return json.loads(outcome.reports[0].body)


async def test_user_code_comes_first_then_layers_and_the_runtime_not_at_all(tmp_path: Path, command: list[str]) -> None:
    task_root, opt = tmp_path / "task", tmp_path / "opt"
    layers = make_layers(opt)
    environment = {"_LAMBDATUI_OPT_ROOT": str(opt)}
    case = Case(name="path", source=SHOW_PATH, files={"shared.py": "PLACE = 'task'\n"}, environment=environment)
    search_path, private_variables, shared, layered = await answer(case, command, task_root)
    assert search_path[:3] == [str(task_root), *map(str, layers)]
    assert str(BOOTSTRAP.parent) not in search_path
    assert private_variables == []
    assert (shared, layered) == ("task", "site-packages")


async def test_python_path_that_lambda_itself_sets_changes_nothing(tmp_path: Path, command: list[str]) -> None:
    runtime_dir = str(BOOTSTRAP.parent)
    environment = {"PYTHONPATH": runtime_dir, "LAMBDA_RUNTIME_DIR": runtime_dir}
    search_path = await answer(Case(name="default", source=ONLY_PATH, environment=environment), command, tmp_path)
    assert search_path[:3] == [str(tmp_path), f"/opt/python/lib/{PYTHON}/site-packages", "/opt/python"]
    assert runtime_dir not in search_path


async def test_python_path_of_the_function_replaces_that_of_the_layers(tmp_path: Path, command: list[str]) -> None:
    environment = {"PYTHONPATH": "/opt/mine", "LAMBDA_RUNTIME_DIR": str(BOOTSTRAP.parent)}
    search_path = await answer(Case(name="own", source=ONLY_PATH, environment=environment), command, tmp_path)
    assert search_path[:2] == [str(tmp_path), "/opt/mine"]
    assert "/opt/python" not in search_path


async def test_path_files_beside_the_code_count(tmp_path: Path, command: list[str]) -> None:
    files = {"vendored.pth": "vendored\n", "vendored/inner.py": "PLACE = 'vendored'\n"}
    source = "import inner\ndef handler(event, context):\n    return inner.PLACE\n"
    assert await answer(Case(name="path file", source=source, files=files), command, tmp_path) == "vendored"


async def test_restore_library_is_there_without_being_installed(tmp_path: Path) -> None:
    case = Case(name="bundled", source=HOOKS, environment=SNAP_START)
    calls = await answer(case, [sys.executable, "-S", str(BOOTSTRAP)], tmp_path)
    assert calls == ["before 2", "before 1", "after 1", "after 2"]


async def test_restore_library_of_the_function_wins(tmp_path: Path) -> None:
    source = "import snapshot_restore_py as found\ndef handler(event, context):\n    return found.PLACE\n"
    case = Case(name="own library", source=source, files={"snapshot_restore_py.py": "PLACE = 'task'\n"})
    assert await answer(case, own_command(), tmp_path) == "task"


async def test_official_client_that_is_not_installed_is_asked_for(tmp_path: Path) -> None:
    case = Case(name="missing client", source=ONLY_PATH)
    write_code(case, tmp_path)
    outcome = await run_case(case, official_in_its_place("-S"), tmp_path)
    assert outcome.end == 1
    assert "pip install awslambdaric" in outcome.stderr
