"""Which directories have to be watched for a project's code, and whom a change in one of them concerns."""

import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Function, Project, Source
from lambdatui.model.ids import FunctionName
from lambdatui.project.places import CONFIG_NAMES, IGNORED_DIRECTORIES

_EDITOR_SUFFIXES = ("~", ".swp", ".swx", ".swo", ".tmp", ".pyc", ".pyo", ".kate-swp", "___jb_tmp___", "___jb_old___")
_EDITOR_PREFIXES = (".#", "#", ".goutputstream-", ".unpacking-")
_VIM_PROBE = "4913"
_LONGEST_CHAIN = 20


def is_noise(name: str) -> bool:
    """Whether a file or directory of this name is never part of a save: editors' and tools' own files."""
    return (
        name in IGNORED_DIRECTORIES
        or name == _VIM_PROBE
        or name.endswith(_EDITOR_SUFFIXES)
        or name.startswith(_EDITOR_PREFIXES)
    )


@dataclass(slots=True)
class _Directory:
    """``shown`` is the path the project reaches the directory by; links may make it differ from the real one.

    ``of_layer``: a layer's node_modules are what the layer is for, not what a tool keeps there.
    """

    shown: Path
    functions: set[FunctionName] = field(default_factory=set)
    of_layer: bool = False

    def leaves_out(self, name: str) -> bool:
        return is_noise(name) and not (self.of_layer and name == "node_modules")


class WatchedTree:
    """A snapshot of the directories below every function's code and layers, following links, leaving out what is noise.

    Keys are real paths, because that is what the operating system reports.
    """

    def __init__(self, project: Project) -> None:
        self._directories: dict[str, _Directory] = {}
        self._entries: defaultdict[str, set[FunctionName]] = defaultdict(set)
        """Single paths that concern functions: zips, the directories of code and layers themselves, links to them."""
        self._outer: set[str] = set()
        """Directories watched only for entries of theirs that are listed one by one."""
        self._config = {entry for file in project.config_files for entry in self._chain(file)}
        self._config |= {self._entry(project.root / name) for name in CONFIG_NAMES}
        self._modules = _discovered_modules(project)
        for function in project.functions:
            self._add(function)
        if self._modules is not None:
            self._descend(_Directory(project.root), None)
        known = {*self._config, *self._entries, *(self._modules or ())}
        self._there = frozenset(path for path in known if os.path.lexists(path))
        """Of the paths that mean something by themselves, those that are not missing."""

    @property
    def paths(self) -> list[str]:
        """Every directory to watch, each without its subdirectories."""
        return sorted(path for path in {*self._directories, *self._outer} if _is_watchable(path))

    def is_config(self, path: str) -> bool:
        return path in self._config

    def functions_at(self, path: str) -> frozenset[FunctionName]:
        """Whose code a change of ``path`` changes; nobody's when it is noise or a configuration file."""
        if path in self._entries:
            return frozenset(self._entries[path]) | self._owners(path)
        if path in self._config or is_noise(os.path.basename(path)):
            return frozenset()
        if path not in self._directories and os.path.isdir(path):
            return frozenset()  # a new directory changes nothing until it holds a file
        return self._owners(path)

    def _owners(self, path: str) -> frozenset[FunctionName]:
        directory = self._directories.get(os.path.dirname(path))
        return frozenset(directory.functions) if directory else frozenset()

    def changes_discovery(self, path: str) -> bool:
        """Whether a handler that was found in the source files came, went or changed its name with this save."""
        if self._modules is None or not path.endswith(".py") or os.path.dirname(path) not in self._directories:
            return False
        if is_noise(os.path.basename(path)):
            return False
        if _is_empty(path):
            return False  # a save in progress: the content follows with the next batch
        from lambdatui.project.discover import find_handler  # only projects without a template need it

        found, _ = find_handler(Path(path), path)
        return (found.name if found else None) != self._modules.get(path)

    def shown(self, path: str) -> Path:
        """``path`` as the project reaches it."""
        parent, name = os.path.split(path)
        directory = self._directories.get(parent)
        return directory.shown / name if directory else Path(path)

    def changes_shape(self, path: str) -> bool:
        """Whether a change of ``path`` may add, remove or replace directories to watch."""
        if path in self._directories or path in self._entries:
            return True
        parent, name = os.path.split(path)
        directory = self._directories.get(parent)
        if directory is None or directory.leaves_out(name):
            return False
        return os.path.isdir(path) or os.path.islink(path)

    def files_missing_in(self, older: "WatchedTree") -> list[str]:
        """Files of directories that ``older`` did not know: they may have been written before anybody watched.

        That includes all code of a function that is new: a needless reload is better than stale code.
        """
        found = []
        for path in self._directories.keys() - older._directories.keys():
            try:
                with os.scandir(path) as entries:
                    found += [entry.path for entry in entries if entry.is_file() and not is_noise(entry.name)]
            except OSError:
                continue  # gone again: its parent's watch tells
        return found

    def gone(self) -> list[str]:
        """Configuration, zips, links and the like that were there when this was read, and are no more."""
        return [path for path in self._there if not os.path.lexists(path)]

    def changed_within(self, age_s: float) -> list[str]:
        """What was written or moved into watched directories of late; a directory itself where entries went."""
        since_s = time.time() - age_s  # noqa: TID251 - the clock of the files' own times
        found = []
        for path in self.paths:
            try:
                with os.scandir(path) as entries:
                    changed = [entry.path for entry in entries if _changed_at_s(entry) >= since_s]
                found += changed or ([path] if os.stat(path).st_ctime >= since_s else [])
            except OSError:
                continue  # gone again: its parent's watch tells
        return found

    def _add(self, function: Function) -> None:
        # The path itself and what it links to may be replaced: a build that swaps directories, a current -> v2 link.
        for path in (function.code_path, *function.layers):
            for entry in self._chain(path):
                self._entries[entry].add(function.name)
        if function.inline_code is None and function.code_path.is_dir():
            self._descend(_Directory(function.code_path), function.name)
        for layer in function.layers:
            if layer.is_dir():
                self._descend(_Directory(layer, of_layer=True), function.name)

    def _chain(self, path: Path) -> list[str]:
        """``path`` and, where it is a link, everything on the way to its end."""
        chain = [self._entry(path)]
        while os.path.islink(chain[-1]) and len(chain) < _LONGEST_CHAIN:
            chain.append(self._entry(Path(os.path.dirname(chain[-1]), os.readlink(chain[-1]))))
        return chain

    def _entry(self, path: Path) -> str:
        """The path under its real parent, which is watched from now on."""
        parent = os.path.realpath(path.parent)
        self._outer.add(parent)
        return os.path.join(parent, path.name)

    def _descend(self, top: _Directory, name: FunctionName | None) -> None:
        pending, seen = [top.shown], set[str]()
        while pending:
            shown = pending.pop()
            real = os.path.realpath(shown)
            if real in seen:
                continue
            seen.add(real)
            directory = self._directories.setdefault(real, _Directory(shown))
            directory.of_layer |= top.of_layer
            if name is not None:
                directory.functions.add(name)
            pending += self._below(shown, top, name)

    def _below(self, shown: Path, top: _Directory, name: FunctionName | None) -> list[Path]:
        directories = []
        try:
            with os.scandir(shown) as entries:
                for entry in entries:
                    if top.leaves_out(entry.name):
                        continue
                    if entry.is_dir():
                        directories.append(shown / entry.name)
                    elif entry.is_symlink() and name is not None:
                        for step in self._chain(Path(entry.path))[1:]:
                            self._entries[step].add(name)
        except OSError:
            return []  # unreadable, or gone again: its parent's watch tells
        return directories


def _is_watchable(path: str) -> bool:
    try:
        path.encode()  # the watcher takes no name that is not UTF-8
    except UnicodeEncodeError:
        return False
    return os.path.isdir(path) and os.access(path, os.R_OK)


def _changed_at_s(entry: os.DirEntry[str]) -> float:
    """Not when it was modified: anybody may date that back, or into the future, where it would be new for ever."""
    try:
        return entry.stat(follow_symlinks=False).st_ctime
    except FileNotFoundError:
        return 0.0


def _is_empty(path: str) -> bool:
    try:
        return os.stat(path).st_size == 0
    except OSError:
        return False


def _discovered_modules(project: Project) -> dict[str, str] | None:
    """Real path of each module with a discovered handler, and its name; None when files name the functions."""
    modules = {}
    for function in project.functions:
        origin = function.origins.get("handler")
        if origin and origin.source is Source.DISCOVERED and origin.file:
            modules[os.path.realpath(project.root / origin.file)] = function.handler.rpartition(".")[2]
    named = any(file.suffix not in ("", ".py") for file in project.config_files)
    return modules if modules or not (project.functions or named) else None
