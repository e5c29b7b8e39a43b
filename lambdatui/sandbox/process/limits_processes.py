"""Memory and descent of single processes, from /proc: what there is where no control group counts."""

import os
from collections.abc import Iterable

_STATM_BYTES = 256
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_STATUS_BYTES = 4096
_ROLLUP_BYTES = 4096


def resident_kb(pid: int) -> int:
    """All of its resident memory, files included; 0 when the process is gone."""
    content = _content_of(f"/proc/{pid}/statm", _STATM_BYTES)
    return int(content.split()[1]) * _PAGE_KB if content else 0


def unshared_kb(pid: int) -> int:
    """Resident memory that is not the content of files on a disk; 0 when the process is gone."""
    return _sum_of(f"/proc/{pid}/status", _STATUS_BYTES, (b"RssAnon:", b"RssShmem:"))


def shared_kb(pid: int) -> int:
    """The part of it that lies in a tmpfs or in shared memory and is mapped; 0 when the process is gone."""
    return _sum_of(f"/proc/{pid}/status", _STATUS_BYTES, (b"RssShmem:",))


def together_kb(pids: Iterable[int]) -> int:
    """The same for several processes, with what they share (after a fork) counted once. Much slower."""
    return sum(_proportional_kb(pid) for pid in pids)


def descendants(pid: int) -> list[int]:
    """Every process below ``pid``; empty where the kernel does not list children."""
    found = _children(pid)
    for child in found:
        found.extend(_children(child))
    return found


def _proportional_kb(pid: int) -> int:
    found = _sum_of(f"/proc/{pid}/smaps_rollup", _ROLLUP_BYTES, (b"Pss_Anon:", b"Pss_Shmem:"))
    return found or unshared_kb(pid)


def _children(pid: int) -> list[int]:
    children: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as listing:
                children.extend(map(int, listing.read().split()))
    except OSError:
        # It has ended meanwhile.
        return children
    return children


def _sum_of(path: str, size: int, keys: tuple[bytes, ...]) -> int:
    content = _content_of(path, size)
    return sum(int(line.split()[1]) for line in content.splitlines() if line.startswith(keys))


def _content_of(path: str, size: int) -> bytes:
    """Empty when the process is gone."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(fd, size)
        finally:
            os.close(fd)
    except OSError:
        return b""
