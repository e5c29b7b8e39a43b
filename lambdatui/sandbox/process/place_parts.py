"""What a place of processes is made of, and what its runtime is started with."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.limits import EnvironmentLimits
from lambdatui.sandbox.process.snapshots import Snapshot
from lambdatui.sandbox.protocol import RuntimeSpec, SandboxPaths


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceParts:
    """What a place is made of. ``runtime_command`` starts a runtime where the warm one cannot serve (``warm`` is
    False), or must not: under a wrapper script. ``may_be_restored``, as the spec asks and the zygote can, and
    ``why_alone`` where it cannot; with ``snapshot``, which is to be restored in it, ``log_end`` is the writing end of
    its log pipe.
    """

    paths: SandboxPaths
    bytecode: str
    control: socket.socket
    log_fd: int
    cgroup: EnvironmentCgroup | None
    limits: EnvironmentLimits
    namespaced: bool
    runtime_command: tuple[str, ...]
    warm: bool
    may_be_restored: bool = False
    why_alone: str = ""
    snapshot: Snapshot | None = None
    log_end: int = -1

    def command(self, spec: RuntimeSpec) -> Sequence[str] | None:
        """What a runtime is executed as; None is the warm bootstrap."""
        if spec.program is not None:
            return list(spec.program)
        if wrapper(spec) is None and self.warm:
            return None
        interpreter, *arguments = self.runtime_command
        # Without the warmed loader, bytecode would lie beside the code, and one of a young file could hide a save.
        return [interpreter, "-B", *arguments]


def wrapper(spec: RuntimeSpec) -> str | None:
    """The script that the program of a runtime is an argument of."""
    return spec.environ.get("AWS_LAMBDA_EXEC_WRAPPER") or None if spec.obeys_wrapper else None
