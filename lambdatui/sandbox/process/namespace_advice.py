"""What a person can do where the kernel refuses namespaces: the settings of this machine that are known to forbid them.

Only looks; what it looks at are files that exist, or do not, below ``root``.
"""

from pathlib import Path

_CONTAINER_MARKS = (".dockerenv", "run/.containerenv")
_CONTAINER = (
    "this is a container: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--cap-add SYS_ADMIN to have them"
)
_FORBIDDING = (
    ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
    ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
)
"""Files below /proc/sys, the content that forbids, and the setting that allows."""


def how_to_allow(root: Path = Path("/")) -> str | None:
    """In words, with what to type; None where nothing is known that would help."""
    if any((root / mark).exists() for mark in _CONTAINER_MARKS):
        return _CONTAINER
    for name, forbids, setting in _FORBIDDING:
        if _content(root / "proc/sys" / name) == forbids:
            return f"sudo sysctl {setting} allows them"
    return None


def _content(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
