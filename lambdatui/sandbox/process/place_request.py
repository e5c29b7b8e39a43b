"""What is asked of a zygote: which directories of the host appear where in a place, and what else it is to be like."""

import functools
import os
from pathlib import Path

from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.protocol import SandboxPaths, SandboxSpec

NAMESPACED_PATHS = SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp")
NAMESPACED_BYTECODE = "/var/.bytecode"
# Linux alone has it, and /proc; elsewhere this opens the file, and the second attempt is made.
_PATH_ONLY: int = getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC


def description(parts: PlaceParts, spec: SandboxSpec) -> dict[str, object]:
    """What the zygote needs to know of the place that it is to make."""
    paths = parts.paths
    return {
        "place": {
            "tmp": _real(spec.tmp_dir),
            "tmp_mb": spec.ephemeral_storage_mb,
            "network": spec.network,
            "own_processes": not parts.may_be_restored,
            "restores": parts.snapshot is not None,
            "runtime_ahead": spec.bootstrap_first and parts.warm,
            "code": _real(spec.code_dir),
            "bytecode": _real(spec.bytecode_dir),
            "layers": None if spec.layers_dir is None else _real(spec.layers_dir),
            "private": list(dict.fromkeys(map(_real, spec.private_dirs))),
            "runtime": None if spec.runtime_dir is None else _real(spec.runtime_dir),
            "interpreter": _folders_of(*([] if parts.warm else [spec.interpreter]), *spec.executables),
        },
        "paths": {
            "task_root": paths.task_root,
            "opt": paths.opt,
            "runtime_dir": paths.runtime_dir,
            "bytecode": parts.bytecode,
        },
    }


def _real(path: str | Path) -> str:
    """Where its links lead. The kernel knows that at once, and ``realpath`` asks it for each part of the path."""
    try:
        fd = os.open(path, _PATH_ONLY)
    except OSError:
        return os.path.realpath(path)
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return os.path.realpath(path)
    finally:
        os.close(fd)


def _folders_of(*executables: str) -> list[str]:
    """What programs need to be visible: their folders, and what is installed around those."""
    folders: list[str] = []
    for executable in dict.fromkeys(executables):
        folders += _folders_around(executable, _real(executable))
    return list(dict.fromkeys(folders))


@functools.lru_cache(maxsize=64)
def _folders_around(executable: str, target: str) -> tuple[str, ...]:
    """Where links lead elsewhere, ``target`` is another one."""
    named, real = Path(executable).absolute(), Path(target)
    folders = [named.parent, real.parent]
    if (named.parents[1] / "pyvenv.cfg").exists():
        folders.append(named.parents[1])
    if real.parent.name == "bin" and (real.parents[1] / "lib").is_dir():
        folders.append(real.parents[1])
    return tuple(map(str, folders))


def real_paths(spec: SandboxSpec, runtime_dir: Path) -> SandboxPaths:
    """Without a mount namespace everything is where it is."""
    return SandboxPaths(
        task_root=str(spec.code_dir),
        opt=str(spec.layers_dir) if spec.layers_dir is not None else NAMESPACED_PATHS.opt,
        runtime_dir=str(spec.runtime_dir or runtime_dir),
        tmp=str(spec.tmp_dir),
    )
