"""Which interpreter is chosen for a runtime, in made-up homes and projects."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambdatui.runtimes.interpreters import (
    Interpreter,
    InterpreterNotFound,
    Source,
    UnsupportedRuntime,
    find_interpreter,
    runtime_minor,
)

# No interpreter that runs the tests has this version, so only what a test makes can be found.
MINOR = "3.97"
RUNTIME = f"python{MINOR}"


def _program(path: Path, says: str = "nothing") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def _venv(folder: Path, version: str, key: str = "version") -> Path:
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\n{key} = {version}\n")
    return _program(folder / "bin" / "python")


class Machine:
    """A project, a home and a PATH that start out empty."""

    def __init__(self, root: Path) -> None:
        self.project = root / "project"
        self.home = root / "home"
        self.path = root / "bin"
        for folder in (self.project, self.home, self.path):
            folder.mkdir()
        self.environ = {"HOME": str(self.home), "PATH": str(self.path)}

    def find(self, runtime: str = RUNTIME) -> Interpreter:
        return find_interpreter(runtime, self.project, self.environ)

    def add_uv(self, patch: int) -> Path:
        name = f"cpython-{MINOR}.{patch}-linux-x86_64-gnu"
        return _program(self.home / ".local/share/uv/python" / name / "bin" / f"python{MINOR}")

    def add_pyenv(self, version: str) -> Path:
        return _program(self.home / ".pyenv/versions" / version / "bin" / f"python{MINOR}")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(("runtime", "minor"), [("python3.9", "3.9"), ("python3.12", "3.12"), ("python3.14", "3.14")])
def test_python_runtime_names_its_version(runtime: str, minor: str) -> None:
    assert runtime_minor(runtime) == minor


@pytest.mark.parametrize("runtime", ["nodejs20.x", "provided.al2023", "python", "python3", "python3.12.1", "python3.x"])
def test_other_runtimes_are_refused(runtime: str) -> None:
    with pytest.raises(UnsupportedRuntime, match="not a Python runtime"):
        runtime_minor(runtime)


@pytest.mark.parametrize("runtime", ["python2.7", "python3.8"])
def test_runtimes_older_than_the_bootstrap_are_refused(runtime: str) -> None:
    with pytest.raises(UnsupportedRuntime, match=r"oldest .* is 3\.9"):
        runtime_minor(runtime)


@pytest.mark.parametrize("key", ["version", "version_info"])
def test_venv_of_the_project_comes_first(machine: Machine, key: str) -> None:
    python = _venv(machine.project / ".venv", f"{MINOR}.4.final.0", key)
    packages = machine.project / ".venv/lib" / f"python{MINOR}" / "site-packages"
    packages.mkdir(parents=True)
    machine.add_uv(9)
    assert machine.find() == Interpreter(
        executable=str(python),
        minor=MINOR,
        source=Source.VENV,
        prefix=str(machine.project / ".venv"),
        site_packages=(str(packages),),
    )


def test_venv_python_is_not_resolved_because_it_would_lose_the_packages(machine: Machine) -> None:
    python = _venv(machine.project / ".venv", f"{MINOR}.0")
    python.unlink()
    python.symlink_to(machine.add_pyenv(f"{MINOR}.0"))
    assert machine.find().executable == str(python)


def test_folder_called_venv_is_used_when_dot_venv_has_another_version(machine: Machine) -> None:
    _venv(machine.project / ".venv", "3.10.1")
    python = _venv(machine.project / "venv", f"{MINOR}.1")
    assert machine.find().executable == str(python)


def test_active_venv_is_used_after_those_of_the_project(machine: Machine) -> None:
    elsewhere = machine.home / "envs" / "mine"
    python = _venv(elsewhere, f"{MINOR}.1")
    machine.environ["VIRTUAL_ENV"] = str(elsewhere)
    assert (machine.find().executable, machine.find().source) == (str(python), Source.VENV)


def test_venv_without_a_program_is_passed_over_and_named(machine: Machine) -> None:
    _venv(machine.project / ".venv", f"{MINOR}.1").unlink()
    with pytest.raises(InterpreterNotFound) as failure:
        machine.find()
    assert failure.value.looked[0].endswith(f".venv (has Python {MINOR}, but no bin/python that can be run)")


def test_newest_patch_of_uv_comes_before_pyenv(machine: Machine) -> None:
    machine.add_uv(9)
    newest = machine.add_uv(10)
    machine.add_pyenv(f"{MINOR}.11")
    assert (machine.find().executable, machine.find().source) == (str(newest), Source.UV)


def test_uv_directory_can_be_elsewhere(machine: Machine) -> None:
    root = machine.home / "pythons"
    python = _program(root / f"cpython-{MINOR}.1-macos-aarch64-none" / "bin" / "python")
    machine.environ["UV_PYTHON_INSTALL_DIR"] = str(root)
    assert machine.find().executable == str(python)


def test_newest_patch_of_pyenv_is_used(machine: Machine) -> None:
    for version in (f"{MINOR}.2", f"miniconda3-{MINOR}.99", "3.9.30", f"{MINOR}.dev"):
        machine.add_pyenv(version)
    newest = machine.add_pyenv(f"{MINOR}.10")
    found = machine.find()
    assert (found.executable, found.source, found.prefix) == (str(newest), Source.PYENV, str(newest.parent.parent))


def test_pyenv_root_can_be_elsewhere(machine: Machine) -> None:
    root = machine.home / "elsewhere"
    python = _program(root / "versions" / f"{MINOR}.1" / "bin" / "python")
    machine.environ["PYENV_ROOT"] = str(root)
    assert machine.find().executable == str(python)


def test_name_on_path_tells_the_version_without_starting_it(machine: Machine) -> None:
    python = _program(machine.path / f"python{MINOR}", says="never asked; exit 1")
    assert (machine.find().executable, machine.find().source) == (str(python), Source.PATH)


def test_python3_on_path_is_asked_for_its_version(machine: Machine) -> None:
    other = machine.path.parent / "other"
    _program(machine.path / "python3", says="3.10")
    python = _program(other / "python3", says=MINOR)
    machine.environ["PATH"] += f":{other}"
    assert machine.find().executable == str(python)


def test_shims_are_never_used(machine: Machine) -> None:
    shims = machine.home / ".pyenv" / "shims"
    _program(shims / f"python{MINOR}", says=MINOR)
    machine.environ["PATH"] = str(shims)
    with pytest.raises(InterpreterNotFound):
        machine.find()


def test_file_on_path_that_is_no_program_is_passed_over(machine: Machine) -> None:
    _program(machine.path / "python3", says=MINOR).write_bytes(b"\x7fnot a program")
    with pytest.raises(InterpreterNotFound):
        machine.find()


def test_running_interpreter_is_the_last_resort(machine: Machine) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = machine.find(f"python{version}")
    assert (found.executable, found.source) == (sys.executable, Source.CURRENT)


def test_nothing_found_names_every_place_in_order_and_the_command_that_helps(machine: Machine) -> None:
    _program(machine.path / "uv")
    _venv(machine.project / ".venv", "3.10.2")
    with pytest.raises(InterpreterNotFound) as failure:
        machine.find()
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert failure.value.looked == (
        f"{machine.project}/.venv (has Python 3.10)",
        f"{machine.project}/venv (not a virtual environment)",
        f"{machine.home}/.local/share/uv/python (Python {MINOR}.x)",
        f"{machine.home}/.pyenv/versions (Python {MINOR}.x)",
        f"python{MINOR}, python3 and python on PATH, shims left out",
        f"{sys.executable} (runs lambdatui, is Python {running})",
    )
    assert failure.value.hint == f"`uv python install {MINOR}`"
    assert f"Install one: `uv python install {MINOR}`" in str(failure.value)


def test_who_has_only_pyenv_is_told_to_use_it(machine: Machine) -> None:
    (machine.home / ".pyenv").mkdir()
    with pytest.raises(InterpreterNotFound) as failure:
        machine.find()
    assert failure.value.hint == f"`pyenv install {MINOR}`"


@pytest.mark.parametrize(
    ("programs", "hint"),
    [
        (("uv", "pyenv", "brew"), f"`uv python install {MINOR}`"),
        (("pyenv", "brew"), f"`pyenv install {MINOR}`"),
        (("brew",), f"`brew install python@{MINOR}`"),
        (("apt-get",), f"`apt-get install python{MINOR}` where the distribution has it, else Python {MINOR} from "),
        (("dnf",), f"`dnf install python{MINOR}` where the distribution has it, else Python {MINOR} from "),
        ((), f"Python {MINOR} from https://www.python.org/downloads/"),
    ],
)
def test_only_programs_that_are_there_are_suggested(machine: Machine, programs: tuple[str, ...], hint: str) -> None:
    for program in programs:
        _program(machine.path / program)
    with pytest.raises(InterpreterNotFound) as failure:
        machine.find()
    assert failure.value.hint.startswith(hint)
