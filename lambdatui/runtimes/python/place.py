"""Where an environment's directories are, as its own processes see them, and what its processes may do."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict

    from .powers import Powers


class Entered:
    """What a first process holds after it has entered its place; -1 where there is no such thing.

    `namespaces` are this process's, by the names that /proc has for them, where others are to enter them.
    `bytecode_fd` is the directory of the bytecode, writable, where its path is not. The others are for the engine:
    `scratch_fd` is a /tmp that cannot be seen from outside, `runtime_api_fd` and `xray_fd` are sockets in a network
    that cannot be reached from outside.
    """

    __slots__ = ("bytecode_fd", "namespaces", "runtime_api_fd", "scratch_fd", "xray_fd")

    def __init__(self) -> None:
        self.bytecode_fd = self.scratch_fd = self.runtime_api_fd = self.xray_fd = -1
        self.namespaces: Dict[str, int] = {}

    def for_engine(self) -> Dict[str, int]:
        """By the name that the engine knows it by."""
        named = {"scratch": self.scratch_fd, "runtime_api": self.runtime_api_fd, "xray": self.xray_fd}
        return {**{name: fd for name, fd in named.items() if fd >= 0}, **self.namespaces}


class Place:
    """What every start of a runtime in one environment has in common."""

    __slots__ = ("bytecode", "bytecode_fd", "for_engine", "is_restored", "opt", "powers", "runtime_dir", "task_root")

    def __init__(self, paths: Dict[str, str], powers: Powers, entered: Entered) -> None:
        self.task_root = paths["task_root"]
        self.opt = paths["opt"]
        self.runtime_dir = paths["runtime_dir"]
        self.bytecode = paths["bytecode"]
        self.bytecode_fd = entered.bytecode_fd
        self.for_engine = entered.for_engine()
        self.is_restored = bool(entered.namespaces)
        self.powers = powers
