"""Pane 5: the last REPORTs and what they add up to."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Status
from lambdatui.model.views import FunctionView, MetricsView, ReportView
from lambdatui.telemetry import totals
from lambdatui.tui import actions, figures, totals_text
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import RequestSelected
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, flow, left
from lambdatui.tui.time_window import Moment
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.row_list import RowList

_HEAD = 3
_ROOMY_HEAD = 4
_ROOMY_FROM_ROWS = 8
"""Where there are fewer, a report more says more than memory and cost."""
WIDE = 74
"""Cells from which on there is room for every column."""

_COLUMNS = (("time", 8, False, 40), ("req", 4, False, 56), ("function", 12, False, 40),
            ("duration", 8, True, 0), ("billed", 9, True, WIDE),
            ("init", 8, True, 0), ("memory", 11, True, 50), ("status", 8, False, 0))  # fmt: skip
"""Name, cells, whether numbers stand at the right, and how many cells the pane needs to show it at all.

The function is only named where several are shown; then it takes the room of columns that say less.
"""
_NEEDS_BESIDE_FUNCTION = {"time": 54, "req": 90, "memory": 66, "billed": 90}


class ReportRows(RowList):
    """Rows of totals, one of headings, then a row per finished invoke, newest first."""

    def __init__(self) -> None:
        super().__init__(id="report-rows")
        self._scene = Scene()
        self._reports: tuple[ReportView, ...] = ()
        self._total = MetricsView()
        self._functions: tuple[FunctionView, ...] = ()
        self.experiments = False

    def show(self, scene: Scene) -> None:
        picked = scene.moment if scene.moment != self._scene.moment else None
        self._scene = scene
        functions, reports = scene.functions(), scene.reports()
        if functions != self._functions or reports != self._reports:
            self._total = totals.together(functions, reports[::-1])
        self._functions, self._reports = functions, reports
        self.head = 0 if not self._reports else _ROOMY_HEAD if self.size.height >= _ROOMY_FROM_ROWS else _HEAD
        wanted = self._report_at(picked) if picked is not None else None
        self.set_keys([report.request_id for report in self._reports], selected=wanted, tail=0 if self._reports else 4)
        if wanted is not None:
            self.reveal(self.head + self.cursor)

    def _report_at(self, moment: Moment) -> str | None:
        """The request of the picked stretch, or else the last one its environment had finished by then."""
        if moment.stretch is not None and moment.stretch.request_id is not None:
            return moment.stretch.request_id
        done = (report for report in self._reports if report.environment == self._scene.environment)
        return next((report.request_id for report in done if report.time_s <= moment.time_s), None)

    def room_changed(self) -> None:
        self.show(self._scene)

    def row(self, index: int, room: int) -> Line:
        if not self._reports:
            rows = flow(self._empty(), room)
            return rows[index] if index < len(rows) else ()
        if index == 0:
            return totals_text.counts(self._metrics(), room)
        if index == 1:
            return totals_text.sparks(self._metrics(), room)
        if index == 2 and self.head == _ROOMY_HEAD:
            return totals_text.memory_and_cost(self._functions, room)
        if index == self.head - 1:
            return ((self._table_row([name for name, *_ in _COLUMNS], room), "faint"),)
        return self._report(self._reports[index - self.head], room)

    def _metrics(self) -> MetricsView:
        metrics, overall = self._total, self._total.overall
        if not self.experiments or overall is None:
            return metrics
        return replace(
            metrics,
            durations_ms=overall.durations_ms,
            p50_ms=overall.p50_ms,
            p95_ms=overall.p95_ms,
            p99_ms=overall.p99_ms,
        )

    def _report(self, report: ReportView, room: int) -> Line:
        failed = report.status is not Status.SUCCESS
        used = "–" if report.max_memory_used_mb is None else str(report.max_memory_used_mb)
        status = report.error_type or report.status.value
        if report.experiment is not None:
            status = f"{status} · {report.experiment}"
        cells = [
            figures.day_time(report.time_s),
            figures.short_id(report.request_id),
            clean(report.function),
            figures.duration(report.duration_ms),
            f"{report.billed_duration_ms} ms",
            figures.duration(report.start_duration_ms) if report.cold else "–",
            f"{used}/{report.memory_size_mb} MB" if room >= WIDE else f"{used} MB",
            ("✖ " if failed else "") + clean(status),
        ]
        tones = ["dim", "dim", "plain", "bad" if failed else "plain", "dim", "init" if report.cold else "faint", "dim",
                 "bad" if failed else "ok"]  # fmt: skip
        return tuple(zip(self._cells(cells, room), tones, strict=False))

    def _table_row(self, cells: list[str], room: int) -> str:
        return "".join(self._cells(cells, room))

    def _cells(self, cells: list[str], room: int) -> list[str]:
        """Cells padded to their columns; narrow panes leave away what other panes say too."""
        padded: list[str] = []
        for cell, (name, cell_room, at_right, needs) in zip(cells, _COLUMNS, strict=True):
            needed = _NEEDS_BESIDE_FUNCTION.get(name, needs) if len(self._functions) > 1 else needs
            if room < needed or (name == "function" and len(self._functions) < 2):
                padded.append("")
            elif name == "status":
                padded.append(cell)
            elif name == "memory" and room < WIDE:
                padded.append(cell.rjust(6) + "  ")
            else:
                padded.append((cell.rjust(cell_room) if at_right else left(cell, cell_room)) + "  ")
        return padded

    def _empty(self) -> tuple[Line, ...]:
        if self._scene.loading:
            return (((self._scene.loading_text, "dim"),),)
        if not self._scene.views.functions:
            return ((("Every invoke ends in a REPORT; they are listed and added up here.", "dim"),),)
        return (
            (("Numbers start with the first REPORT.", "dim"),),
            (),
            (("i", "accent bold"), (" invoke: once cold, once warm, and compare", "dim")),
        )


class ReportsPane(Pane):
    NUMBER = 5
    TITLE = "Reports"
    SCOPE = Scope.REPORTS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.REPORTS)

    def __init__(self) -> None:
        super().__init__(id="reports")
        self._rows = ReportRows()

    def compose(self) -> ComposeResult:
        yield self._rows

    def draw(self, scene: Scene) -> None:
        self._rows.show(scene)
        self.entitle(scene.scope + self._apart(scene) if scene.views.functions else "")

    def turn_experiments(self) -> None:
        """Percentiles with the invokes of experiments, or without."""
        self._rows.experiments = not self._rows.experiments
        self._rows.refresh()
        self.draw(self.scene)

    def _apart(self, scene: Scene) -> str:
        """Which invokes the times are without, and that they are not."""
        count = sum(view.metrics.experiments for view in scene.functions())
        if not count:
            return ""
        return f" · p50, p95 {'with' if self._rows.experiments else 'without'} {count} of experiments (x)"

    def copy(self) -> str:
        return self._rows.key or ""

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.post_message(RequestSelected(RequestId(message.key)))
