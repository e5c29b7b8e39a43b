"""What the kernel tells of an environment's processes, from /proc: who they are, what they hold, what they see mounted.

Reads files, which may block; whoever ends while we look is left out. Knows Linux only.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from lambdatui.model.environment_detail import Descriptor, Mount, ProcessFacts
from lambdatui.sandbox.process.limits_processes import descendants

MOST_DESCRIPTORS = 200
_STATES = {
    "R": "runs", "S": "sleeps", "D": "waits for a disk", "T": "stopped", "t": "traced", "Z": "ended", "I": "idle",
}  # fmt: skip
_ESCAPED = re.compile(r"\\([0-7]{3})")


def readable() -> bool:
    """Whether there is anything to read here."""
    return Path("/proc/self/stat").exists()


def processes_below(first_pid: int, roles: Mapping[int, str]) -> Iterator[ProcessFacts]:
    """``first_pid`` and every process below it, parents before their children; and whoever else has one of ``roles``,
    as what was restored from a snapshot, which descends from another environment's first process.
    """
    others = (pid for pid in roles for pid in (pid, *descendants(pid)))
    for pid in dict.fromkeys((first_pid, *descendants(first_pid), *others)):
        with suppress(OSError, ValueError, KeyError, IndexError):
            yield _process(pid, "init" if pid == first_pid else roles.get(pid, ""))


def descriptors_of(pid: int) -> tuple[Descriptor, ...]:
    """The first ones by number; none where we may not look."""
    found = []
    for number in sorted(_descriptor_numbers(pid) or ())[:MOST_DESCRIPTORS]:
        with suppress(OSError):
            found.append(Descriptor(number=number, target=os.readlink(f"/proc/{pid}/fd/{number}")))
    return tuple(found)


def mounts_of(pid: int) -> tuple[Mount, ...] | None:
    """What is mounted for it, later mounts over earlier ones; None where it sees what everybody sees."""
    try:
        if os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt"):
            return None
        text = Path(f"/proc/{pid}/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    seen = {mount.path: mount for mount in map(_mount, text.splitlines())}
    return tuple(seen[path] for path in sorted(seen))


def _process(pid: int, role: str) -> ProcessFacts:
    stat = _stat(pid)
    status = _status(pid)
    command = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
    numbers = _descriptor_numbers(pid)
    ticks = int(stat[11]) + int(stat[12])
    return ProcessFacts(
        pid=pid,
        parent_pid=int(stat[1]),
        pid_inside=int(status.get("NSpid", str(pid)).split()[-1]),
        role=role,
        command=command or f"[{status['Name']}]",
        state=_STATES.get(stat[0], stat[0]),
        threads=int(stat[17]),
        memory_kb=_kb(status.get("VmRSS")),
        peak_kb=_kb(status.get("VmHWM")),
        cpu_s=ticks / os.sysconf("SC_CLK_TCK"),
        descriptors=None if numbers is None else len(numbers),
    )


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold anything."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return text[text.rindex(")") + 2 :].split()


def _status(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    return {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def _kb(text: str | None) -> int:
    return int(text.split()[0]) if text else 0


def _descriptor_numbers(pid: int) -> list[int] | None:
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return None


def _mount(line: str) -> Mount:
    """As proc(5) has it: id, parent, device, root, path, options, optional fields, -, kind, source, options of it."""
    ours, _, theirs = line.partition(" - ")
    _, _, _, root, path, options, *_ = ours.split(" ")
    kind, source, of_kind = theirs.split(" ", 2)
    bound = _unescaped(root)
    # Of what is bound from a disk the directory matters, of what is made in memory only what it is.
    from_disk = source.startswith("/") and kind not in ("proc", "sysfs", "tmpfs", "devtmpfs")
    return Mount(
        path=_unescaped(path),
        source=bound if from_disk else _unescaped(source),
        kind=kind,
        read_only="ro" in options.split(","),
        options=",".join(each for each in of_kind.split(",") if kind == "tmpfs" and each.startswith("size=")),
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
