"""What the process backend can enforce, row by row, from what was found out about this machine."""

import sys
from dataclasses import dataclass

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement

_ENFORCED = Enforcement.ENFORCED
_MISSING = Enforcement.MISSING
_NETWORK = "environments share the host's network, and reach what listens on it, other Runtime APIs included"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """``refusal`` is why there are no namespaces, or None; ``cgroup_path`` where groups can be made, or None and why
    not; ``as_root`` whether environments have the machine's user 0.
    """

    refusal: str | None
    cgroup_path: str | None
    cgroup_refusal: str
    as_root: bool


def report(findings: Findings) -> tuple[CapabilityReport, ...]:
    """One row for every capability there is."""
    isolation = _namespaced_rows(findings.as_root) if findings.refusal is None else _plain_rows(findings.refusal)
    return tuple(
        CapabilityReport(capability=capability, enforcement=enforcement, how=how)
        for capability, enforcement, how in (
            *isolation,
            (Capability.FREEZE, _ENFORCED, _freezer(findings)),
            (Capability.KILL_TREE, *_kill(findings)),
            (Capability.MEMORY_LIMIT, *_memory()),
            (Capability.CPU_SHARE, _MISSING, "every environment may use all the CPU there is"),
            (Capability.TMP_QUOTA, _MISSING, "/tmp is a directory of the host: its free space is the limit"),
            (Capability.NETWORK_OFF, _MISSING, _NETWORK),
        )
    )


def _namespaced_rows(as_root: bool) -> tuple[tuple[Capability, Enforcement, str], ...]:
    readable = "all of root's too" if as_root else "as far as this user may"
    files = f"the rest of this machine's files can be read, {readable}, except for the project's state and /run"
    return (
        (Capability.OWN_TMP, _ENFORCED, "mount namespace; the project's state, with the others' /tmp, is hidden"),
        (Capability.READ_ONLY_CODE, _ENFORCED, f"mount namespace: nothing but /tmp can be written; {files}"),
        (Capability.OWN_PROCESSES, _ENFORCED, "process namespace"),
    )


def _plain_rows(refusal: str) -> tuple[tuple[Capability, Enforcement, str], ...]:
    because = f"no namespaces: {refusal}"
    return (
        (Capability.OWN_TMP, _MISSING, f"TMPDIR only, /tmp itself is shared ({because})"),
        (Capability.READ_ONLY_CODE, _MISSING, f"code runs where it is, and may change it ({because})"),
        (Capability.OWN_PROCESSES, _MISSING, f"functions can see and signal processes of this user ({because})"),
    )


def _freezer(findings: Findings) -> str:
    if findings.cgroup_path is not None:
        tampering = (
            "code that makes user and cgroup namespaces can reach the settings of its own group"
            if findings.refusal is None
            else "user code may change it wherever this user may"
        )
        return f"cgroup v2 freezer below {findings.cgroup_path}; {tampering}"
    if findings.refusal is None or sys.platform == "linux":
        return f"SIGSTOP to every process ({findings.cgroup_refusal})"
    return "SIGSTOP to the process group; a process that starts a session of its own goes on"


def _kill(findings: Findings) -> tuple[Enforcement, str]:
    if findings.refusal is None:
        return _ENFORCED, "process namespace: the kernel ends everything with its first process"
    if findings.cgroup_path is not None:
        return _ENFORCED, "cgroup.kill, and all descendants of the environment's init process"
    if sys.platform == "linux":
        return _ENFORCED, "all descendants of the environment's init process, as long as user code does not kill that"
    return _MISSING, "SIGKILL to the process group; a process that starts a session of its own survives"


def _memory() -> tuple[Enforcement, str]:
    if sys.platform == "linux":
        return Enforcement.MEASURED, "sum of the processes' peak resident sizes (VmHWM)"
    return Enforcement.MEASURED, "peak resident size of the runtime, known after it has ended (ru_maxrss)"
