"""What is asked of a zygote: which directories of the host appear where in a place, and what else it is to be like."""

import os
from pathlib import Path

from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.protocol import SandboxPaths, SandboxSpec

NAMESPACED_PATHS = SandboxPaths(task_root="/var/task", opt="/opt", runtime_dir="/var/runtime", tmp="/tmp")
NAMESPACED_BYTECODE = "/var/.bytecode"


def description(parts: PlaceParts, spec: SandboxSpec) -> dict[str, object]:
    """What the zygote needs to know of the place that it is to make."""
    paths = parts.paths
    return {
        "place": {
            "tmp": os.path.realpath(spec.tmp_dir),
            "tmp_mb": spec.ephemeral_storage_mb,
            "network": spec.network,
            "own_processes": not parts.may_be_restored,
            "restores": parts.snapshot is not None,
            "runtime_ahead": spec.bootstrap_first and parts.warm,
            "code": os.path.realpath(spec.code_dir),
            "bytecode": os.path.realpath(spec.bytecode_dir),
            "layers": None if spec.layers_dir is None else os.path.realpath(spec.layers_dir),
            "private": list(dict.fromkeys(map(os.path.realpath, spec.private_dirs))),
            "runtime": None if spec.runtime_dir is None else os.path.realpath(spec.runtime_dir),
            "interpreter": _folders_of(*([] if parts.warm else [spec.interpreter]), *spec.executables),
        },
        "paths": {
            "task_root": paths.task_root,
            "opt": paths.opt,
            "runtime_dir": paths.runtime_dir,
            "bytecode": parts.bytecode,
        },
    }


def _folders_of(*executables: str) -> list[str]:
    """What programs need to be visible: their folders, and what is installed around those."""
    folders = []
    for executable in executables:
        named, real = Path(executable).absolute(), Path(executable).resolve()
        folders += [named.parent, real.parent]
        if (named.parents[1] / "pyvenv.cfg").exists():
            folders.append(named.parents[1])
        if real.parent.name == "bin" and (real.parents[1] / "lib").is_dir():
            folders.append(real.parents[1])
    return [str(folder) for folder in dict.fromkeys(folders)]


def real_paths(spec: SandboxSpec, runtime_dir: Path) -> SandboxPaths:
    """Without a mount namespace everything is where it is."""
    return SandboxPaths(
        task_root=str(spec.code_dir),
        opt=str(spec.layers_dir) if spec.layers_dir is not None else NAMESPACED_PATHS.opt,
        runtime_dir=str(spec.runtime_dir or runtime_dir),
        tmp=str(spec.tmp_dir),
    )
