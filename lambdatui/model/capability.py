"""What a sandbox backend can enforce on this machine, and what it cannot, with reasons for people."""

from dataclasses import dataclass
from enum import StrEnum


class Capability(StrEnum):
    OWN_TMP = "own /tmp"
    READ_ONLY_CODE = "/var/task read-only, /opt, /var/runtime"
    OWN_PROCESSES = "own process tree"
    OWN_USER = "user sbx_user1051"
    FREEZE = "freeze between invokes"
    KILL_TREE = "nothing survives a kill"
    MEMORY_LIMIT = "memory limit"
    CPU_SHARE = "CPU share by memory"
    TMP_QUOTA = "/tmp quota"
    NETWORK_OFF = "network off"
    ONE_SNAPSHOT = "one SnapStart snapshot for all"
    OWN_PORTS = "own ports and loopback"


class Enforcement(StrEnum):
    ENFORCED = "enforced"
    MEASURED = "measured, not enforced"
    MISSING = "not enforced"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityReport:
    """One row of the table that ``lambdatui doctor`` prints. ``how`` names the mechanism, or why there is none."""

    capability: Capability
    enforcement: Enforcement
    how: str
