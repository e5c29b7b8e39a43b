"""Which interpreter runs a `python3.x` function: the project's own when its version fits, else one that is installed.

Reads directory names and pyvenv.cfg; starts a program only for a `python3` on PATH whose name does not say its version.
Never a shim (pyenv, asdf, mise): those cost tens of milliseconds at every start. Nothing is downloaded or installed.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

OLDEST_MINOR = 9
_VENV_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)
_PROBE = "import sys; print('%d.%d' % sys.version_info[:2])"
_PROBE_TIMEOUT_S = 10


class Source(StrEnum):
    """Where an interpreter came from, in the order of preference."""

    VENV = "venv"
    UV = "uv"
    PYENV = "pyenv"
    PATH = "path"
    CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python to run a function with.

    Start ``executable`` as it is written: for a virtual environment it is the environment's own ``bin/python``, and
    resolving that symbolic link would lose the project's packages.
    """

    executable: str
    minor: str
    source: Source
    prefix: str
    site_packages: tuple[str, ...]  # the directories that exist; the interpreter has them on sys.path by itself


class UnsupportedRuntime(ValueError):
    """Not a runtime that a local Python can stand in for."""

    def __init__(self, runtime: str, reason: str) -> None:
        super().__init__(f"{runtime}: {reason}")
        self.runtime = runtime


class InterpreterNotFound(LookupError):
    """No installed Python fits. ``looked`` names the places in order, ``hint`` says how to install one."""

    def __init__(self, runtime: str, looked: tuple[str, ...], hint: str) -> None:
        super().__init__(f"no interpreter for {runtime}. Install one: {hint}. Looked at: {'; '.join(looked)}")
        self.runtime = runtime
        self.looked = looked
        self.hint = hint


def runtime_minor(runtime: str) -> str:
    """``"python3.12"`` → ``"3.12"``. Raises UnsupportedRuntime for other languages and for Pythons before 3.9."""
    match = re.fullmatch(r"python(\d+)\.(\d+)", runtime)
    if match is None:
        raise UnsupportedRuntime(runtime, "this is not a Python runtime; those are called python3.9, python3.10, …")
    if match[1] != "3" or int(match[2]) < OLDEST_MINOR:
        raise UnsupportedRuntime(runtime, f"the oldest Python that can be run here is 3.{OLDEST_MINOR}")
    return f"3.{match[2]}"


def find_interpreter(runtime: str, project_root: Path, environ: Mapping[str, str] | None = None) -> Interpreter:
    """The interpreter for ``runtime`` in the project. Raises UnsupportedRuntime or InterpreterNotFound.

    ``environ`` (by default this process's) is asked for VIRTUAL_ENV, UV_PYTHON_INSTALL_DIR, XDG_DATA_HOME, PYENV_ROOT,
    HOME and PATH. Cheap enough to repeat for every start of an environment: a venv made since is found.
    """
    search = _Search(runtime_minor(runtime), os.environ if environ is None else environ)
    sources: tuple[tuple[Source, Callable[[], Iterator[Path]]], ...] = (
        (Source.VENV, lambda: search.in_virtual_environments(project_root)),
        (Source.UV, search.in_uv),
        (Source.PYENV, search.in_pyenv),
        (Source.PATH, search.on_path),
        (Source.CURRENT, search.running),
    )
    for source, candidates in sources:
        for executable in candidates():
            return _interpreter(executable, search.minor, source)
    raise InterpreterNotFound(runtime, tuple(search.looked), search.how_to_install())


class _Search:
    """Yields executables of the wanted version, and keeps a list of the places that were looked at."""

    def __init__(self, minor: str, environ: Mapping[str, str]) -> None:
        self.minor = minor
        self.looked: list[str] = []
        self._environ = environ
        self._home = Path(environ.get("HOME") or Path.home())

    def in_virtual_environments(self, project_root: Path) -> Iterator[Path]:
        active = self._environ.get("VIRTUAL_ENV")
        for folder in (project_root / ".venv", project_root / "venv", *([Path(active)] if active else [])):
            version = _venv_version(folder)
            self.looked.append(f"{folder} ({f'has Python {version}' if version else 'not a virtual environment'})")
            if version == self.minor:
                yield from self._executables(folder / "bin", "python", f"python{self.minor}")
                self.looked[-1] = f"{folder} (has Python {version}, but no bin/python that can be run)"

    def in_uv(self) -> Iterator[Path]:
        data = Path(self._environ.get("XDG_DATA_HOME") or self._home / ".local" / "share")
        root = Path(self._environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
        yield from self._in_versions(root, rf"cpython-{re.escape(self.minor)}\.(\d+)-.*")

    def in_pyenv(self) -> Iterator[Path]:
        yield from self._in_versions(self._pyenv_root() / "versions", rf"{re.escape(self.minor)}\.(\d+)")

    def on_path(self) -> Iterator[Path]:
        folders = [Path(entry) for entry in self._environ.get("PATH", "").split(os.pathsep) if entry]
        folders = [folder for folder in folders if folder.name != "shims"]
        self.looked.append(f"python{self.minor}, python3 and python on PATH, shims left out")
        for name in (f"python{self.minor}", "python3", "python"):
            for folder in folders:
                for executable in self._executables(folder, name):
                    if _version_of(executable) == self.minor:
                        yield executable

    def running(self) -> Iterator[Path]:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        self.looked.append(f"{sys.executable} (runs lambdatui, is Python {version})")
        if version == self.minor:
            yield Path(sys.executable)

    def how_to_install(self) -> str:
        """With what this machine has: a command of a program that is not there helps nobody."""
        if self._has("uv"):
            return f"`uv python install {self.minor}`"
        if self._has("pyenv") or os.path.isdir(self._pyenv_root()):
            return f"`pyenv install {self.minor}`"
        if self._has("brew"):
            return f"`brew install python@{self.minor}`"
        download = f"Python {self.minor} from https://www.python.org/downloads/"
        for program in ("apt-get", "dnf"):
            if self._has(program):
                return f"`{program} install python{self.minor}` where the distribution has it, else {download}"
        return download

    def _has(self, program: str) -> bool:
        return shutil.which(program, path=self._environ.get("PATH", "")) is not None

    def _pyenv_root(self) -> Path:
        return Path(self._environ.get("PYENV_ROOT") or self._home / ".pyenv")

    def _in_versions(self, root: Path, pattern: str) -> Iterator[Path]:
        """Newest patch first, among folders whose name matches ``pattern`` with the patch as its group."""
        self.looked.append(f"{root} (Python {self.minor}.x)")
        names = names_in(root)
        matches = (re.fullmatch(pattern, name) for name in names)
        for _, name in sorted(((int(match[1]), match[0]) for match in matches if match), reverse=True):
            yield from self._executables(root / name / "bin", f"python{self.minor}", "python")

    def _executables(self, folder: Path, *names: str) -> Iterator[Path]:
        return (folder / name for name in names if os.access(folder / name, os.X_OK) and (folder / name).is_file())


def names_in(folder: Path) -> list[str]:
    """Nothing where there is none, or where this user may not look."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _interpreter(executable: Path, minor: str, source: Source) -> Interpreter:
    prefix = executable.parent.parent
    if source is not Source.VENV and not (prefix / "pyvenv.cfg").exists():
        prefix = executable.resolve().parent.parent
    packages = prefix / "lib" / f"python{minor}" / "site-packages"
    return Interpreter(
        executable=str(executable.absolute()),
        minor=minor,
        source=source,
        prefix=str(prefix.absolute()),
        site_packages=(str(packages),) if packages.is_dir() else (),
    )


def _venv_version(folder: Path) -> str | None:
    try:
        match = _VENV_VERSION.search((folder / "pyvenv.cfg").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return match[1] if match else None


def _version_of(executable: Path) -> str | None:
    """The version that the name of the real file tells, else what the program says when it is asked."""
    real = executable.resolve()
    named = re.fullmatch(r"python(\d+\.\d+)", real.name)
    if named:
        return named[1]
    return _asked_version(str(executable), real.stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _asked_version(executable: str, _modified_ns: int) -> str | None:
    command = [executable, "-I", "-S", "-c", _PROBE]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return None  # not a program that can be run here, so not an interpreter for anybody
    return answer.stdout.strip() if answer.returncode == 0 else None
