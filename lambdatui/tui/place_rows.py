"""What one environment runs in, in rows: its processes with what they hold, what is mounted, what is enforced. Pure."""

from lambdatui.model.capability import CapabilityReport, Enforcement
from lambdatui.model.environment_detail import EnvironmentDetail, Mount, ProcessFacts
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, Span, left

_LAMBDAS = frozenset({"/var/task", "/opt", "/var/runtime", "/tmp"})
"""What Lambda mounts; the rest is what programs need, and what is hidden of this machine."""
_ZYGOTE = "/zygote.py "
_ENFORCED = {
    Enforcement.ENFORCED: ("● ", "ok"),
    Enforcement.MEASURED: ("◐ ", "warn"),
    Enforcement.MISSING: ("○ ", "bad"),
}


def processes(detail: EnvironmentDetail) -> tuple[Line, ...]:
    """The tree, then what the runtime has open."""
    if not detail.processes:
        return (((clean(detail.processes_unknown) or "No process runs.", "dim"),),)
    head = "    PID INSIDE    MEMORY      PEAK  CPU s THR FDS  "
    rows: list[Line] = [((head, "faint"), ("PROCESS", "faint"))]
    depths: dict[int, int] = {}
    for process in detail.processes:
        depths[process.pid] = depth = depths.get(process.parent_pid, -1) + 1
        rows.append(_process(process, depth))
    if detail.descriptors:
        rows += [EMPTY, (("Open files of the runtime", "accent"),)]
        rows += [((f"{each.number:>4} ", "dim"), (clean(each.target), "plain")) for each in detail.descriptors]
    return tuple(rows)


def place(detail: EnvironmentDetail) -> tuple[Line, ...]:
    """What is mounted, and what is enforced around it."""
    own = sorted(detail.mounts, key=lambda mount: mount.path not in _LAMBDAS)
    rows: list[Line] = [_mount(each) for each in own]
    if not detail.mounts:
        rows.append(((clean(detail.mounts_unknown), "dim"),))
    rows += [EMPTY, *(_capability(each) for each in detail.capabilities)]
    return tuple(rows)


def _process(process: ProcessFacts, depth: int) -> Line:
    count = "?" if process.descriptors is None else str(process.descriptors)
    numbers = (
        f"{process.pid:>7} {process.pid_inside:>6} {figures.size(process.memory_kb * 1024):>9} "
        f"{figures.size(process.peak_kb * 1024):>9} {process.cpu_s:>6.2f} {process.threads:>3} {count:>3}  "
    )
    state = "" if process.state in ("sleeps", "runs") else f" ({process.state})"
    what: Span = (f"{process.role}  ", "accent") if process.role else ("", "plain")
    return ((numbers, "plain"), ("  " * depth, "plain"), what, (clean(_command(process.command)) + state, "dim"))


def _command(command: str) -> str:
    """A process that was forked from a warmed interpreter still bears that one's arguments."""
    program, forked, _ = command.partition(_ZYGOTE)
    return f"{program.split()[0].rsplit('/', 1)[-1]}, forked from its zygote" if forked else command


def _mount(mount: Mount) -> Line:
    return (
        ("ro " if mount.read_only else "rw ", "dim" if mount.read_only else "warn"),
        (left(clean(mount.path), 26) + " ", "plain"),
        (left(clean(mount.kind), 9) + " ", "dim"),
        (clean(mount.source) + (f" {clean(mount.options)}" if mount.options else ""), "dim"),
    )


def _capability(report: CapabilityReport) -> Line:
    glyph, tone = _ENFORCED[report.enforcement]
    return ((glyph, tone), (left(report.capability, 26) + " ", "plain"), (report.how, "dim"))
