"""What engines that died without closing have left: groups, of any version and controller, told by their names.

A group is named after the process that made it: its process namespace, its number there and when it was started. Only
what surely belongs to nobody any more is removed.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "lambdatui"
_NAME = re.compile(rf"{_PREFIX}-pidns-(\d+)-(\d+)-(\d+)-")
_DEEPEST = 8
"""Nobody starts an engine in a group further below; a walk must come to an end."""
_FIRST_NAMESPACE = 0xEFFFFFFC
"""The number that the kernel gives the one in which all processes of the machine are seen."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that a group is named after. ``start_time`` is in ticks since boot."""

    namespace: int
    pid: int
    start_time: str


def prefix_of_this_process() -> str:
    """What the names of its groups begin with."""
    pid = os.getpid()
    return f"{_PREFIX}-pidns-{_namespace_of('self')}-{pid}-{_start_time(pid)}-"


def owner_of(name: str) -> Owner | None:
    """None for a name that no engine gives."""
    found = _NAME.match(name)
    return Owner(int(found[1]), int(found[2]), found[3]) if found else None


def sweep(parent: Path) -> None:
    """Directly in ``parent``; of engines that had the process numbers of this one."""
    own = _namespace_of("self")
    for path in parent.glob(f"{_PREFIX}-pidns-*"):
        owner = owner_of(path.name)
        if owner is not None and owner.namespace == own and _start_time(owner.pid) != owner.start_time:
            _remove_left_over(path)


def sweep_hierarchies(mount_points: Iterable[Path]) -> None:
    """Everywhere below, wherever an engine was started, and of ended process namespaces as well. For a thread."""
    own, alive = _namespace_of("self"), _namespaces_alive()
    for mount_point in mount_points:
        for path, owner in list(_engine_groups(mount_point, _DEEPEST)):
            if owner.namespace == own:
                over = _start_time(owner.pid) != owner.start_time
            else:
                over = alive is not None and owner.namespace not in alive
            if over:
                _remove_left_over(path)


def kill_group(group: Path) -> None:
    # Linux before 5.14 has no such file, nor has version 1; then the init process of the environment is the only way.
    with contextlib.suppress(OSError):
        fd = os.open(group / "cgroup.kill", os.O_WRONLY)
        try:
            os.write(fd, b"1")
        finally:
            os.close(fd)


def remove_group(group: Path) -> None:
    """Raises OSError while there are processes in it."""
    try:
        group.rmdir()
    except OSError:
        # User code with a cgroup namespace of its own can make groups in its group.
        for nested, _, _ in os.walk(group, topdown=False):
            Path(nested).rmdir()


def _remove_left_over(path: Path) -> None:
    # A process that is still dying keeps its group, as does one that another user owns; the next start tries again.
    with contextlib.suppress(OSError):
        for group in [*(inner for inner in path.iterdir() if inner.is_dir()), path]:
            kill_group(group)
            with contextlib.suppress(OSError):
                remove_group(group)


def _engine_groups(folder: Path, depth: int) -> Iterator[tuple[Path, Owner]]:
    try:
        with os.scandir(folder) as entries:
            inner = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for name in inner:
        if (owner := owner_of(name)) is not None:
            yield folder / name, owner
        elif depth:
            yield from _engine_groups(folder / name, depth - 1)


def _namespaces_alive() -> frozenset[int] | None:
    """Of all processes of the machine; None where not all of them may be seen."""
    if os.geteuid() != 0 or _namespace_of("self") != _FIRST_NAMESPACE:
        return None
    found = set()
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            found.add(_namespace_of(process))
        except FileNotFoundError:
            continue
        except PermissionError:
            if not _is_in_first_namespace(process):
                return None
    return frozenset(found)


def _is_in_first_namespace(process: str) -> bool:
    """It has one number only; or it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return line.split() == ["NSpid:", process]
    return True


def _namespace_of(process: str) -> int:
    return os.stat(f"/proc/{process}/ns/pid").st_ino


def _start_time(pid: int) -> str | None:
    """When a living process was started, in ticks since boot: tells it from a later one of the same number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[19]
