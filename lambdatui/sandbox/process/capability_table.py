"""What the process backend can enforce, row by row, from what was found out about this machine."""

import sys
from dataclasses import dataclass

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement

_ENFORCED = Enforcement.ENFORCED
_MISSING = Enforcement.MISSING
_MEASURED = Enforcement.MEASURED
_NETWORK = "environments share the host's network, and reach what listens on it, other Runtime APIs included"
_SHARED_PORTS = "two that listen at one port are in each other's way, and what listens on this machine is theirs, too"
_LOOKED_AT = "the engine looks every 20 ms, counts neither /tmp nor cached files, and kills who is over"

_OWN_SNAPSHOTS = "each environment takes a snapshot of its own, so what is unique in one is unique"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """``refusal`` is why there are no namespaces, or None, and ``advice`` what to do about it; ``cgroup_path`` where
    groups can be made, or None and why not; ``shared_user`` is why functions have the engine's user, or None, and
    ``as_root`` whether that is the machine's user 0; ``closed_user`` whether functions can make no namespaces. The
    others name the group that limits something, or are None where there is none.
    """

    refusal: str | None
    cgroup_path: str | None
    cgroup_refusal: str
    as_root: bool
    advice: str | None = None
    shared_user: str | None = None
    closed_user: bool = True
    memory_group: str | None = None
    cpu_group: str | None = None
    processes_group: str | None = None


def report(findings: Findings) -> tuple[CapabilityReport, ...]:
    """One row for every capability there is."""
    isolation = (
        _namespaced_rows(findings) if findings.refusal is None else _plain_rows(findings.refusal, findings.advice)
    )
    return tuple(
        CapabilityReport(capability=capability, enforcement=enforcement, how=how)
        for capability, enforcement, how in (
            *isolation,
            (Capability.FREEZE, _ENFORCED, _freezer(findings)),
            (Capability.KILL_TREE, *_kill(findings)),
            (Capability.MEMORY_LIMIT, *_memory(findings)),
            (Capability.CPU_SHARE, *_cpu(findings)),
        )
    )


def _namespaced_rows(findings: Findings) -> tuple[tuple[Capability, Enforcement, str], ...]:
    shown = "only programs and libraries of this machine are shown"
    most = findings.processes_group or "no group that counts them"
    return (
        (Capability.OWN_TMP, _ENFORCED, "mount namespace; the project's state, with the others' /tmp, is hidden"),
        (Capability.READ_ONLY_CODE, _ENFORCED, f"mount namespace: nothing but /tmp can be written; {shown}"),
        (Capability.OWN_PROCESSES, _ENFORCED, f"process namespace; at most 1024 processes and threads: {most}"),
        (Capability.OWN_USER, *_user(findings)),
        (Capability.TMP_QUOTA, _ENFORCED, "a tmpfs of the function's size: ENOSPC past it; files are limited too"),
        (
            Capability.NETWORK_OFF,
            _ENFORCED,
            "network namespace with Runtime API, X-Ray and telemetry only, for functions that ask for it",
        ),
        (Capability.ONE_SNAPSHOT, *_snapshot(findings)),
        (Capability.OWN_PORTS, _MISSING, f"{_SHARED_PORTS}; network = false gives a function its own, and no way out"),
    )


def _plain_rows(refusal: str, advice: str | None) -> tuple[tuple[Capability, Enforcement, str], ...]:
    because = f"no namespaces: {refusal}"
    remedy = "" if advice is None else f"; {advice}"
    return (
        (Capability.OWN_TMP, _MISSING, f"TMPDIR only, /tmp itself is shared ({because}){remedy}"),
        (Capability.READ_ONLY_CODE, _MISSING, f"code runs where it is, and may change it ({because})"),
        (Capability.OWN_PROCESSES, _MISSING, f"functions can see and signal processes of this user ({because})"),
        (Capability.OWN_USER, _MISSING, f"functions run with all rights of this user ({because})"),
        (Capability.TMP_QUOTA, _MISSING, f"/tmp is a directory of the host: its free space is the limit ({because})"),
        (Capability.NETWORK_OFF, _MISSING, f"{_NETWORK} ({because})"),
        (Capability.ONE_SNAPSHOT, _MISSING, f"{_OWN_SNAPSHOTS} ({because})"),
        (Capability.OWN_PORTS, _MISSING, f"{_SHARED_PORTS} ({because})"),
    )


def _snapshot(findings: Findings) -> tuple[Enforcement, str]:
    if findings.shared_user is not None:
        return _MISSING, f"{_OWN_SNAPSHOTS} (no user namespace: {findings.shared_user})"
    return _ENFORCED, "Python: the snapshot's process is forked for each; READY says why where it cannot be"


def _user(findings: Findings) -> tuple[Enforcement, str]:
    outside = "user 0" if findings.as_root else "this user"
    if findings.shared_user is None:
        more = "; it makes no namespaces" if findings.closed_user else ""
        return _ENFORCED, f"user namespace: 993 inside, {outside} without privileges outside{more}"
    return _MISSING, f"functions run as {outside}, without privileges (no user namespace: {findings.shared_user})"


def _freezer(findings: Findings) -> str:
    if findings.cgroup_path is not None:
        return f"cgroup v2 freezer below {findings.cgroup_path}{_tampering(findings)}"
    if findings.refusal is None or sys.platform == "linux":
        return f"SIGSTOP to every process ({findings.cgroup_refusal})"
    return "SIGSTOP to the process group; a process that starts a session of its own goes on"


def _tampering(findings: Findings) -> str:
    if findings.refusal is not None:
        return "; user code may change it wherever this user may"
    if findings.shared_user is not None or not findings.closed_user:
        return "; code that makes user and cgroup namespaces can reach the settings of its own group"
    return ""


def _kill(findings: Findings) -> tuple[Enforcement, str]:
    if findings.refusal is None:
        return _ENFORCED, "process namespace: the kernel ends everything with its first process"
    if findings.cgroup_path is not None:
        return _ENFORCED, "cgroup.kill, and all descendants of the environment's init process"
    if sys.platform == "linux":
        return _ENFORCED, "all descendants of the environment's init process, as long as user code does not kill that"
    return _MISSING, "SIGKILL to the process group; a process that starts a session of its own survives"


def _memory(findings: Findings) -> tuple[Enforcement, str]:
    if sys.platform != "linux":
        return _MEASURED, "peak resident size of the runtime, known after it has ended (ru_maxrss)"
    if findings.memory_group is not None:
        return _ENFORCED, f"{findings.memory_group}; {_LOOKED_AT}"
    advice = (
        "a group with a memory controller, as systemd-run --user --scope -p Delegate=yes makes, would stop it at once"
    )
    return _ENFORCED, f"{_LOOKED_AT}; {advice}"


def _cpu(findings: Findings) -> tuple[Enforcement, str]:
    if findings.cpu_group is not None:
        return _MEASURED, f"full speed; memory / 1769 MB of a processor where asked for, by {findings.cpu_group}"
    return _MISSING, "full speed: there is no group with a cpu controller that this user may write"
