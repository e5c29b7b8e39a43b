"""What one environment runs in, in rows: its processes with what they hold, what is mounted, what is enforced. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lambdatui.model.capability import CapabilityReport, Enforcement
from lambdatui.model.environment_detail import EnvironmentDetail, Mount, ProcessFacts
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, Span, left, right

_LAMBDAS = frozenset({"/var/task", "/opt", "/var/runtime", "/tmp"})
"""What Lambda mounts; the rest is what programs need, and what is hidden of this machine."""
_PATH, _SHORT_PATH, _WIDE = 26, 14, 90
_ZYGOTE = "/zygote.py "
_ENFORCED = {
    Enforcement.ENFORCED: ("● ", "ok"),
    Enforcement.MEASURED: ("◐ ", "warn"),
    Enforcement.MISSING: ("○ ", "bad"),
}


def processes(detail: EnvironmentDetail, room: int) -> tuple[Line, ...]:
    """The tree, then what the runtime has open. Little ``room`` has fewer columns."""
    if not detail.processes:
        return (((clean(detail.processes_unknown) or "No process runs.", "dim"),),)
    columns = tuple(each for each in _COLUMNS if room >= each.from_room)
    rows: list[Line] = [((_joined(columns, [each.title for each in columns]) + "PROCESS", "faint"),)]
    depths: dict[int, int] = {}
    for process in detail.processes:
        depths[process.pid] = depth = depths.get(process.parent_pid, -1) + 1
        rows.append(_process(process, depth, columns))
    if detail.descriptors:
        rows += [EMPTY, (("Open files of the runtime", "accent"),)]
        rows += [((f"{each.number:>4} ", "dim"), (clean(each.target), "plain")) for each in detail.descriptors]
    return tuple(rows)


def place(detail: EnvironmentDetail, room: int) -> tuple[Line, ...]:
    """What is mounted, and what is enforced around it."""
    own = sorted(detail.mounts, key=lambda mount: mount.path not in _LAMBDAS)
    path_cells = _PATH if room >= _WIDE else _SHORT_PATH
    rows: list[Line] = [_mount(each, path_cells) for each in own]
    if not detail.mounts:
        rows.append(((clean(detail.mounts_unknown), "dim"),))
    rows += [EMPTY, *(_capability(each) for each in detail.capabilities)]
    return tuple(rows)


class _Column(NamedTuple):
    """``from_room`` is the least room in which it is shown."""

    title: str
    cells: int
    from_room: int
    text: Callable[[ProcessFacts], str]


_COLUMNS = (
    _Column("PID", 7, 0, lambda process: str(process.pid)),
    _Column("INSIDE", 6, 90, lambda process: str(process.pid_inside)),
    _Column("MEMORY", 9, 0, lambda process: figures.size(process.memory_kb * 1024)),
    _Column("PEAK", 9, 76, lambda process: figures.size(process.peak_kb * 1024)),
    _Column("CPU s", 6, 60, lambda process: f"{process.cpu_s:.2f}"),
    _Column("THR", 3, 90, lambda process: str(process.threads)),
    _Column("FDS", 3, 0, lambda process: "?" if process.descriptors is None else str(process.descriptors)),
)


def _joined(columns: Sequence[_Column], texts: Iterable[str]) -> str:
    return " ".join(right(text, each.cells) for each, text in zip(columns, texts, strict=True)) + "  "


def _process(process: ProcessFacts, depth: int, columns: Sequence[_Column]) -> Line:
    numbers = _joined(columns, (each.text(process) for each in columns))
    state = "" if process.state in ("sleeps", "runs") else f" ({process.state})"
    what: Span = (f"{process.role}  ", "accent") if process.role else ("", "plain")
    return ((numbers, "plain"), ("  " * depth, "plain"), what, (clean(_command(process.command)) + state, "dim"))


def _command(command: str) -> str:
    """A process that was forked from a warmed interpreter still bears that one's arguments."""
    program, forked, _ = command.partition(_ZYGOTE)
    return f"{program.split()[0].rsplit('/', 1)[-1]}, forked warm" if forked else command


def _mount(mount: Mount, path_cells: int) -> Line:
    return (
        ("ro " if mount.read_only else "rw ", "dim" if mount.read_only else "warn"),
        (left(clean(mount.path), path_cells) + " ", "plain"),
        (left(clean(mount.kind), 9) + " ", "dim"),
        (clean(figures.path(mount.source)) + (f" {clean(mount.options)}" if mount.options else ""), "dim"),
    )


def _capability(report: CapabilityReport) -> Line:
    glyph, tone = _ENFORCED[report.enforcement]
    return ((glyph, tone), (left(report.capability, 26) + " ", "plain"), (report.how, "dim"))
