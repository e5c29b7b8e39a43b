"""Where an environment's directories are, as its own processes see them, and what its processes may do."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict

    from .powers import Powers


class Place:
    """What every start of a runtime in one environment has in common."""

    __slots__ = ("bytecode", "bytecode_fd", "opt", "powers", "runtime_dir", "task_root")

    def __init__(self, paths: Dict[str, str], powers: Powers, bytecode_fd: int) -> None:
        """`bytecode_fd` is the directory of the bytecode, writable, where `paths["bytecode"]` is not; else -1."""
        self.task_root = paths["task_root"]
        self.opt = paths["opt"]
        self.runtime_dir = paths["runtime_dir"]
        self.bytecode = paths["bytecode"]
        self.bytecode_fd = bytecode_fd
        self.powers = powers
