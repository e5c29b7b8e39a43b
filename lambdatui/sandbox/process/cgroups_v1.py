"""Control groups of version 1 for limits: one hierarchy, and so one group of an environment, for each controller.

Moving a process takes the kernel up to 10 ms when nobody has done so for a while, so all of this is made for a thread;
freezing stays with version 2.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambdatui.sandbox.process import cgroups, cgroups_sweep
from lambdatui.sandbox.process.cgroups_limits import Controller


class V1Groups:
    """The groups of one environment, by controller."""

    def __init__(self, paths: Mapping[Controller, Path]) -> None:
        self.paths = dict(paths)
        for path in self.paths.values():
            path.mkdir()

    def join(self, pids: Iterable[int]) -> None:
        """Processes that have ended meanwhile are left out."""
        for path in self.paths.values():
            fd = os.open(path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
            try:
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.write(fd, str(pid).encode())
            finally:
                os.close(fd)

    def pids(self) -> list[int]:
        path = next(iter(self.paths.values()))
        return [int(pid) for pid in (path / "cgroup.procs").read_text().split()]

    def remove(self) -> None:
        """Every process must be gone; what one that is still dying keeps is swept at a later start."""
        for path in self.paths.values():
            with contextlib.suppress(OSError):
                path.rmdir()


class V1EngineGroups:
    """Above all environments of one backend: a group in each hierarchy that this user may write."""

    def __init__(self, parents: Mapping[Controller, Path]) -> None:
        """Sweeps first. Raises OSError."""
        for parent in parents.values():
            cgroups_sweep.sweep(parent)
        self._paths = {controller: cgroups.make_engine_directory(parent) for controller, parent in parents.items()}
        self._environments = 0

    @property
    def controllers(self) -> frozenset[Controller]:
        return frozenset(self._paths)

    def new_environment(self, controllers: Iterable[Controller]) -> V1Groups:
        """Those of ``controllers`` that there are. Raises OSError."""
        self._environments += 1
        wanted = [controller for controller in controllers if controller in self._paths]
        return V1Groups({controller: self._paths[controller] / str(self._environments) for controller in wanted})

    def remove(self) -> None:
        for path in self._paths.values():
            with contextlib.suppress(OSError):
                path.rmdir()


def find_v1_parents() -> dict[Controller, Path]:
    """This process's own group in every hierarchy of version 1 where it may make groups."""
    found = {}
    own = _own_groups()
    for controllers, mount_point in _hierarchies():
        for controller in controllers:
            parent = mount_point / own.get(controller, "/").lstrip("/")
            if os.access(parent, os.W_OK) and os.access(parent / "cgroup.procs", os.W_OK):
                found[controller] = parent
    return found


def mount_points() -> list[Path]:
    """Of the hierarchies in which engines make groups."""
    return [mount_point for controllers, mount_point in _hierarchies() if controllers]


def _own_groups() -> dict[Controller, str]:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return {}
    named = [line.split(":", 2) for line in lines]
    return {Controller(name): path for _, names, path in named for name in names.split(",") if name in list(Controller)}


def _hierarchies() -> list[tuple[list[Controller], Path]]:
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in mounts:
        _, mount_point, kind, options, *_ = line.split(" ")
        if kind == "cgroup":
            controllers = [Controller(name) for name in options.split(",") if name in list(Controller)]
            found.append((controllers, Path(mount_point.replace("\\040", " "))))
    return found
