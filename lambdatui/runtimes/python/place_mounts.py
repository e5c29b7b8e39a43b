"""What one environment has mounted in its private copy of the root: its code, its /tmp, its layers.

Most of it is worked out by the zygote, before it forks the environment's first process, which makes the mounts: memory
that this process writes to is paid for by every environment. Nothing here changes a file of the host.
"""

from __future__ import annotations

import os
from functools import partial

from . import network
from .host_folders import HOST, as_named_and_real, below, on_host, own_folders
from .mount_tree import BYTECODE, EMPTY, OPT, RUNTIME_DIR, TASK_ROOT, TMP, lies_hidden, proc, show, show_entries
from .mounts import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_REC,
    Detached,
    Mount,
    ReadOnly,
    make,
    view,
    writable,
)
from .namespaces import CLONE_NEWIPC, CLONE_NEWNS, unshare
from .place import Entered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

    from .control_channel import Message
    from .mounts import Step

# As many as ext4, which Lambda has there, makes by itself: one for every 16 KB.
_INODES_PER_MB = 64
# A process of user 0 may write these without any capability.
_DANGEROUS_PROC = ("/proc/sys", "/proc/sysrq-trigger")


class Folders:
    """Those that interpreters and programs live of: `all` of them, sorted, and the outermost that the root hides, as a
    rule.
    """

    __slots__ = ("all", "hidden")

    def __init__(self, folders: List[str]) -> None:
        self.all = folders
        self.hidden = [path for path in below("", folders) if lies_hidden(path)]


class Places:
    """Those of one zygote's environments."""

    __slots__ = ("_folders", "_own_folders")

    def __init__(self) -> None:
        # Once: what the zygote looks up for one environment costs memory of the one before, which shared it until then.
        self._own_folders = own_folders()
        self._folders: Dict[Tuple[str, ...], Folders] = {}

    def prepare(self, place: Message) -> PreparedPlace:
        return PreparedPlace(place, self._folders_of(tuple(place["interpreter"])))

    def _folders_of(self, programs: Tuple[str, ...]) -> Folders:
        """Nearly all environments of a zygote are of one interpreter; to look at its folders takes half a millisecond.
        Whoever asks names the folders that links lead to: where a link leads elsewhere, that is another question.
        """
        known = self._folders.get(programs)
        if known is None:
            found = sorted({*self._own_folders, *as_named_and_real(programs)}) if programs else self._own_folders
            known = self._folders[programs] = Folders(found)
        return known


class PreparedPlace:
    """The directories of one environment. `enter` is for process 1 of a new process namespace."""

    __slots__ = ("_bytecode", "_host_tmp", "_network", "_own_tmp", "_restores", "_steps")

    def __init__(self, place: Message, folders: Folders) -> None:
        self._network: bool = place["network"]
        self._restores: bool = place["restores"]
        self._own_tmp = Mount("lambdatui", TMP, "tmpfs", MS_NOSUID | MS_NODEV, _tmp_options(place["tmp_mb"]))
        self._host_tmp = Mount(HOST + place["tmp"], TMP, flags=MS_BIND | MS_REC)
        self._bytecode = HOST + place["bytecode"]
        self._steps = _steps(place, folders)

    def enter(self) -> Entered:
        """Put them in their places. Raises OSError."""
        entered = Entered()
        unshare(CLONE_NEWNS | CLONE_NEWIPC)
        if not self._network:
            entered.runtime_api_fd, entered.xray_fd = network.enter_loopback_only()
        entered.scratch_fd = self._make_scratch()
        # The only way to write there, and not for user code.
        entered.bytecode_fd = os.open(self._bytecode, os.O_RDONLY | os.O_DIRECTORY)
        make(self._steps)
        if self._restores:
            names = ("pid", "ipc", "mnt") if self._network else ("pid", "ipc", "mnt", "net")
            entered.namespaces = {name: os.open("/proc/self/ns/" + name, os.O_RDONLY) for name in names}
        return entered

    def _make_scratch(self) -> int:
        """A /tmp of its own size, for which a descriptor is returned; or the host's directory, and -1."""
        try:
            self._own_tmp()
        except OSError:
            self._host_tmp()
            return -1
        return os.open(TMP, os.O_RDONLY | os.O_DIRECTORY)


def _tmp_options(tmp_mb: int) -> str:
    return "mode=1777,size=%dm,nr_inodes=%d" % (tmp_mb, tmp_mb * _INODES_PER_MB)


def _steps(place: Message, known: Folders) -> List[Step]:
    """In the order in which they are made. What is seldom needed is worked out when it is made."""
    folders = known.all
    steps: List[Step] = [partial(show, path) for path in below(TMP, folders)]
    if place["interpreter"]:
        steps += _programs(known.hidden)
    steps += view(HOST + place["code"], TASK_ROOT)
    steps += view(HOST + place["bytecode"], BYTECODE)
    if place["runtime"]:
        # The files of another runtime than this zygote's own.
        steps += view(HOST + place["runtime"], RUNTIME_DIR)
    layers = place["layers"]
    steps += _opt(layers, below(OPT, folders))
    for path in place["private"]:
        steps.append(_Hiding(path, folders))
        steps += _hiding_inside(place["code"], TASK_ROOT, path, folders)
        if layers:
            steps += _hiding_inside(layers, OPT, path, folders)
    steps.append(proc())
    if os.geteuid() == 0:
        for path in _DANGEROUS_PROC:
            if os.path.exists(path):
                steps += view(path, path)
    steps.append(Detached(HOST))
    return steps


def _programs(folders: List[str]) -> List[Step]:
    """What this environment alone executes. Others get to see its mount points in the root they share, but empty."""
    hidden = [path for path in folders if not _is_shown(path)]
    if not hidden:
        return []
    return [writable("/"), *(partial(show, path) for path in hidden), ReadOnly("/", recursive=False)]


def _is_shown(path: str) -> bool:
    """Whether the root shows it to everybody; else there may still be a mount point of another environment."""
    return os.path.isdir(path) and os.path.samefile(path, on_host(path))


def _opt(layers: str | None, needed: List[str]) -> List[Step]:
    if needed:
        # The interpreter itself lives in /opt: it keeps its place among what the layers bring.
        return [partial(_fill_opt, layers, needed)]
    return view(HOST + layers, OPT) if layers else []


def _fill_opt(layers: str | None, needed: List[str]) -> None:
    Mount("lambdatui", OPT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")()
    for path in needed:
        show(path)
    if layers:
        show_entries(HOST + layers, OPT, {path[len(OPT) + 1 :].split("/")[0] for path in needed})
    ReadOnly(OPT)()


class _Hiding:
    """Prepared: covers a directory, where there is one, except for what an interpreter needs of it."""

    __slots__ = ("_cover", "_needed", "_path")

    def __init__(self, path: str, folders: List[str]) -> None:
        self._path = path
        self._needed = below(path, folders)
        # A bind is cheaper than a file system of its own, and as read-only as the root is.
        self._cover = Mount(EMPTY, path, flags=MS_BIND)

    def __call__(self) -> None:
        if not os.path.isdir(self._path):
            return
        if not self._needed:
            self._cover()
            return
        Mount("lambdatui", self._path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")()
        make(partial(show, folder) for folder in self._needed)
        ReadOnly(self._path)()


def _hiding_inside(source: str, target: str, path: str, folders: List[str]) -> List[Step]:
    """The same for `path` where it is seen below `target`, which shows the host's directory `source`."""
    outer = source.rstrip("/")
    return [_Hiding(target + path[len(outer) :], folders)] if path.startswith(outer + "/") else []
