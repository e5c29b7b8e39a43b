"""What a `nodejs*` function runs as: an installed Node of that major version, with the options that Lambda gives it.

Looks where Node and its version managers install. Never a shim (volta, asdf, mise, nodenv): those cost tens of
milliseconds at every start. Nothing is downloaded or installed.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime, names_in
from lambdatui.runtimes.node import ENTRY_POINT

OLDEST_MAJOR = 18
DEFAULT_MEMORY_MB = 128
_MAX_HEADER_BYTES = 81_920
_ASK_TIMEOUT_S = 10
_SHIM_FOLDERS = frozenset({"shims", ".volta"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Experiment:
    """An experiment of Node's that is on by default in some release and off on Lambda."""

    name: str
    known_since: Mapping[int, tuple[int, int]]  # per major version: the first minor and patch that know the option


# Majors and options: the developer guide's table of disabled features; releases: Node's own change logs.
_DISABLED_EXPERIMENTS = (
    _Experiment(name="require-module", known_since={20: (17, 0), 22: (0, 0), 24: (0, 0)}),
    _Experiment(name="detect-module", known_since={22: (0, 0), 24: (0, 0)}),
)

# Folders below which a version manager keeps one Node per folder named like its version; `{…}` is an environment
# variable with the manager's default, relative to HOME.
_MANAGERS = (
    ("nvm", "NVM_DIR", ".nvm", "versions/node", "bin/node"),
    ("fnm", "FNM_DIR", ".local/share/fnm", "node-versions", "installation/bin/node"),
    ("fnm", "FNM_DIR", ".fnm", "node-versions", "installation/bin/node"),
    ("volta", "VOLTA_HOME", ".volta", "tools/image/node", "bin/node"),
    ("n", "N_PREFIX", "/usr/local", "n/versions/node", "bin/node"),
    ("asdf", "ASDF_DATA_DIR", ".asdf", "installs/nodejs", "bin/node"),
    ("mise", "MISE_DATA_DIR", ".local/share/mise", "installs/node", "bin/node"),
    ("nodenv", "NODENV_ROOT", ".nodenv", "versions", "bin/node"),
)
_INSTALL_COMMANDS = (
    ("fnm", "fnm install {major}"),
    ("volta", "volta fetch node@{major}"),
    ("mise", "mise install node@{major}"),
    ("asdf", "asdf install nodejs latest:{major}"),
    ("n", "n install {major}"),
    ("brew", "brew install node@{major}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An installed Node: the real file, its version, and which tool or variable led to it."""

    executable: str
    version: tuple[int, int, int]
    found_by: str


def runtime_major(runtime: str) -> int:
    """``"nodejs20.x"`` → 20. Raises UnsupportedRuntime for other languages and for Nodes before 18."""
    match = re.fullmatch(r"nodejs(\d+)\.x", runtime)
    if match is None:
        raise UnsupportedRuntime(runtime, "this is not a Node.js runtime; those are called nodejs18.x, nodejs20.x, …")
    if int(match[1]) < OLDEST_MAJOR:
        raise UnsupportedRuntime(runtime, f"the oldest Node.js that can be run here is {OLDEST_MAJOR}")
    return int(match[1])


def node_program(
    runtime: str,
    project_root: Path,
    *,
    memory_mb: int = DEFAULT_MEMORY_MB,
    node_options: str = "",
    runtime_dir: str = "/var/runtime",
    environ: Mapping[str, str] | None = None,
) -> tuple[str, tuple[str, ...]]:
    """The executable on this machine, and the argument list inside the place (its first element is the executable).

    ``runtime_dir`` is where ``lambdatui.runtimes.node.RUNTIME_FOLDER`` appears. ``node_options`` is the function's
    NODE_OPTIONS: what it enables is not disabled. Raises UnsupportedRuntime or InterpreterNotFound.
    """
    node = find_node(runtime, project_root, environ)
    options = (*_memory_options(memory_mb), *_disabled_experiments(node.version, node_options))
    return node.executable, (node.executable, *options, f"{runtime_dir}/{ENTRY_POINT}")


def node_path(
    runtime: str, *, opt: str = "/opt", runtime_dir: str = "/var/runtime", task_root: str = "/var/task"
) -> str:
    """NODE_PATH of the function: where `require` finds what layers and the function itself bring."""
    major = runtime_major(runtime)
    layers = (f"{opt}/nodejs/node{major}/node_modules", f"{opt}/nodejs/node_modules")
    return os.pathsep.join((*layers, f"{runtime_dir}/node_modules", runtime_dir, task_root))


def find_node(runtime: str, project_root: Path, environ: Mapping[str, str] | None = None) -> Node:
    """An installed Node of the runtime's major version. Raises UnsupportedRuntime or InterpreterNotFound.

    ``environ`` (by default this process's) is asked for NODE_HOME, PATH, HOME and the version managers' own variables.
    Cheap enough to repeat for every start of an environment: a Node installed since is found.
    """
    search = _Search(runtime_major(runtime), os.environ if environ is None else environ)
    seen: set[Path] = set()
    for found_by, executable in search.candidates(project_root):
        if executable.resolve() in seen:
            continue
        seen.add(executable.resolve())
        version = _version_of(executable)
        if version is not None and version[0] == search.major:
            return Node(executable=str(executable.resolve()), version=version, found_by=found_by)
        search.passed_over(executable, version)
    raise InterpreterNotFound(runtime, tuple(search.looked), search.how_to_install())


class _Search:
    """Yields executables that may be the wanted Node, and keeps a list of the places that were looked at."""

    def __init__(self, major: int, environ: Mapping[str, str]) -> None:
        self.major = major
        self.looked: list[str] = []
        self._environ = environ
        self._home = Path(environ.get("HOME") or Path.home())

    def candidates(self, project_root: Path) -> Iterator[tuple[str, Path]]:
        if home := self._environ.get("NODE_HOME"):
            self.looked.append(f"NODE_HOME={home}")
            yield from self._programs("NODE_HOME", Path(home) / "bin" / "node", Path(home) / "node")
        self.looked.append("node on PATH, shims left out")
        for folder in self._path_folders():
            yield from self._programs("PATH", folder / "node", folder / "nodejs")
        packaged = project_root / "node_modules" / "node" / "bin" / "node"
        yield from self._programs("node_modules", packaged)
        for manager, variable, default, versions, program in _MANAGERS:
            root = Path(self._environ.get(variable) or self._home / default)
            self.looked.append(f"{manager} ({root / versions})")
            for folder in self._fitting(root / versions):
                yield from self._programs(manager, folder / program)
        for prefix in ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"):
            yield from self._programs("brew", Path(prefix) / "opt" / f"node@{self.major}" / "bin" / "node")

    def passed_over(self, executable: Path, version: tuple[int, int, int] | None) -> None:
        what = "cannot be run" if version is None else f"is Node {'.'.join(map(str, version))}"
        self.looked.append(f"{executable} ({what})")

    def how_to_install(self) -> str:
        """With what this machine has: a command of a program that is not there helps nobody."""
        if os.path.exists(Path(self._environ.get("NVM_DIR") or self._home / ".nvm") / "nvm.sh"):
            return f"`nvm install {self.major}`"
        for program, command in _INSTALL_COMMANDS:
            if shutil.which(program, path=self._environ.get("PATH", "")) is not None:
                return f"`{command.format(major=self.major)}`"
        return f"Node.js {self.major} from https://nodejs.org/en/download, then set NODE_HOME to its folder"

    def _path_folders(self) -> Iterator[Path]:
        for entry in self._environ.get("PATH", "").split(os.pathsep):
            folder = Path(entry)
            if entry and not _SHIM_FOLDERS.intersection(folder.parts):
                yield folder

    def _fitting(self, versions: Path) -> Iterator[Path]:
        """Folders of the wanted major version, the newest release first."""
        names = names_in(versions)
        matches = (re.fullmatch(rf"v?{self.major}\.(\d+)\.(\d+)", name) for name in names)
        for _, _, name in sorted(((int(m[1]), int(m[2]), m[0]) for m in matches if m), reverse=True):
            yield versions / name

    def _programs(self, found_by: str, *paths: Path) -> Iterator[tuple[str, Path]]:
        return ((found_by, path) for path in paths if os.path.isfile(path) and os.access(path, os.X_OK))


def _memory_options(memory_mb: int) -> tuple[str, ...]:
    """A tenth of the memory is for young objects, in two halves, and the rest for old ones."""
    young_mb = memory_mb // 10
    return (
        "--expose-gc",
        "--max-http-header-size",
        str(_MAX_HEADER_BYTES),
        f"--max-semi-space-size={young_mb // 2}",
        f"--max-old-space-size={memory_mb - young_mb}",
    )


def _disabled_experiments(version: tuple[int, int, int], node_options: str) -> tuple[str, ...]:
    major, *release = version
    enabled = node_options.split()
    return tuple(
        f"--no-experimental-{experiment.name}"
        for experiment in _DISABLED_EXPERIMENTS
        if f"--experimental-{experiment.name}" not in enabled
        and major in experiment.known_since
        and tuple(release) >= experiment.known_since[major]
    )


def _version_of(executable: Path) -> tuple[int, int, int] | None:
    real = executable.resolve()
    return _asked_version(str(real), real.stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _asked_version(executable: str, _modified_ns: int) -> tuple[int, int, int] | None:
    """What the program says; it does so in milliseconds, before it starts its engine."""
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=_ASK_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None  # not a program that can be run here, so not a Node for anybody
    match = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*", answer.stdout.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
