"""Control groups (version 2): one group per environment, below a group named after this engine.

Freezing, listing and killing need no controller, a directory that this user may write is enough; limits need those that
`CONTROLLERS` names, where they were delegated. The version 1 freezer is not used: it takes 50 times as long.
"""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lambdatui.sandbox.process.cgroups_sweep import kill_group, prefix_of_this_process, remove_group

CONTROLLERS = ("memory", "cpu", "pids")
_PAGE_BYTES = 4096
"""The kernel hands out a list of processes by the page; half a page is surely all of it."""


class EnvironmentCgroup:
    """The group of one environment's processes, its init process excepted: that one must answer while others are
    frozen.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError, and leaves nothing then."""
        self._path = path
        path.mkdir()
        with contextlib.ExitStack() as undone:
            undone.callback(path.rmdir)
            self._freeze_fd = os.open(path / "cgroup.freeze", os.O_WRONLY | os.O_CLOEXEC)
            undone.callback(os.close, self._freeze_fd)
            self._processes_fd = os.open(path / "cgroup.procs", os.O_RDONLY | os.O_CLOEXEC)
            undone.pop_all()
        self._frozen = False
        self._listed = b""
        self._pids: Sequence[int] = ()

    @property
    def path(self) -> Path:
        return self._path

    def open_directory(self) -> int:
        """A descriptor to start processes in the group with; the caller closes it."""
        return os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def freeze(self) -> None:
        if not self._frozen:
            os.write(self._freeze_fd, b"1")
            self._frozen = True

    def thaw(self) -> None:
        if self._frozen:
            os.write(self._freeze_fd, b"0")
            self._frozen = False

    def pids(self) -> Sequence[int]:
        # Asked at the end of every invoke: a descriptor that stays open costs a tenth of opening the file again.
        listed = page = os.pread(self._processes_fd, _PAGE_BYTES, 0)
        while len(page) > _PAGE_BYTES // 2:
            page = os.pread(self._processes_fd, _PAGE_BYTES, len(listed))
            listed += page
        if listed != self._listed:
            # The number 0 is of a process that has none here; to signal it would be to signal oneself.
            self._listed, self._pids = listed, [int(pid) for pid in listed.split() if pid != b"0"]
        return self._pids

    def kill(self) -> None:
        kill_group(self._path)

    def remove(self) -> None:
        """Every process of the group must be gone. Idempotent."""
        if self._freeze_fd >= 0:
            os.close(self._freeze_fd)
            os.close(self._processes_fd)
            self._freeze_fd = -1
            remove_group(self._path)


class EngineCgroup:
    """The group above all environments of one backend of this process."""

    def __init__(self, parent: Path) -> None:
        self._path = make_engine_directory(parent)
        self._environments = 0
        for controller in controllers_below(parent):
            # Another user of the group may have taken one of them away again: then its limits are not there.
            with contextlib.suppress(OSError):
                (self._path / "cgroup.subtree_control").write_text(f"+{controller}")

    def new_environment(self) -> EnvironmentCgroup:
        self._environments += 1
        return EnvironmentCgroup(self._path / str(self._environments))

    def remove(self) -> None:
        """A group that could not be emptied keeps it; it is swept at a later start."""
        with contextlib.suppress(OSError):
            self._path.rmdir()


def make_engine_directory(parent: Path) -> Path:
    """Named after this process, so that a later one can tell whether it still runs. Raises OSError."""
    # The random part tells apart several backends of one process.
    return Path(tempfile.mkdtemp(prefix=prefix_of_this_process(), dir=parent))


def find_parent() -> tuple[Path | None, str]:
    """Where groups may be made, and that in words; or None and why not.

    It is the group of this process or, because a group with processes of its own cannot hand on a memory limit, the
    nearest one above it that this user may write too and that does hand it on.
    """
    mount_point = unified_mount_point()
    if mount_point is None:
        return None, "there is no cgroup v2 file system"
    own = mount_point / _own_group().lstrip("/")
    if not _is_writable(own):
        return None, f"{own} may not be written by this user"
    _hand_on_controllers(own)
    above = [group for group in own.parents if group.is_relative_to(mount_point)]
    for parent in (own, *above):
        if not _is_writable(parent):
            break
        if "memory" in controllers_below(parent):
            return parent, str(parent)
    return own, str(own)


def controllers_below(parent: Path) -> list[str]:
    """Which of CONTROLLERS a group made in ``parent`` has."""
    try:
        handed_on = (parent / "cgroup.subtree_control").read_text().split()
    except OSError:
        return []
    return [controller for controller in CONTROLLERS if controller in handed_on]


def _is_writable(group: Path) -> bool:
    return os.access(group / "cgroup.procs", os.W_OK) and os.access(group, os.W_OK)


def _hand_on_controllers(group: Path) -> None:
    """Ask for what is not there yet; refused, as a rule, because this process is in the group."""
    for controller in set(CONTROLLERS) - set(controllers_below(group)):
        with contextlib.suppress(OSError):
            (group / "cgroup.subtree_control").write_text(f"+{controller}")


def _own_group() -> str:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return line[3:]
    return "/"


def unified_mount_point() -> Path | None:
    """Where the file system of version 2 is, or None."""
    try:
        mounts = Path("/proc/self/mounts").read_text()
    except OSError:
        return None
    for line in mounts.splitlines():
        _, mount_point, kind, *_ = line.split(" ")
        if kind == "cgroup2":
            return Path(mount_point.replace("\\040", " "))
    return None
