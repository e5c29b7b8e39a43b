"""Pane 5: the last REPORTs and what they add up to."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Status
from lambdatui.model.views import MetricsView, ReportView
from lambdatui.tui import actions, figures
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import RequestSelected
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, Span, left
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.row_list import RowList

_COLUMNS = (("time", 8, False), ("req", 4, False), ("duration", 9, True), ("billed", 9, True), ("init", 9, True),
            ("memory", 11, True), ("status", 8, False))  # fmt: skip


class ReportRows(RowList):
    """Two rows of totals, one of headings, then a row per finished invoke, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.REPORTS)

    def __init__(self) -> None:
        super().__init__(id="report-rows")
        self._scene = Scene()
        self._reports: tuple[ReportView, ...] = ()

    def show(self, scene: Scene) -> None:
        self._scene = scene
        self._reports = scene.reports()
        self.head = 3 if self._reports else 0
        self.set_keys([report.request_id for report in self._reports], tail=0 if self._reports else 4)

    def row(self, index: int, room: int) -> Line:
        if not self._reports:
            return self._empty(index)
        if index == 0:
            return self._counts(self._metrics())
        if index == 1:
            return self._sparks(self._metrics(), room)
        if index == 2:
            return ((self._table_row([name for name, _, _ in _COLUMNS], room), "faint"),)
        return self._report(self._reports[index - self.head], room)

    def _metrics(self) -> MetricsView:
        view = self._scene.function_view
        return view.metrics if view is not None else MetricsView()

    def _counts(self, metrics: MetricsView) -> Line:
        errors_tone = "bad bold" if metrics.errors else "dim"
        return (
            (f"{metrics.invocations}", "plain"), (" invokes  ", "dim"),
            (f"{metrics.cold_starts}", "init"), (" cold  ", "dim"),
            (f"{metrics.errors}", errors_tone), (" errors  ", "dim"),
            ("p50 ", "dim"), (figures.duration(metrics.p50_ms), "plain"),
            ("  p95 ", "dim"), (figures.duration(metrics.p95_ms), "plain bold"),
        )  # fmt: skip

    def _sparks(self, metrics: MetricsView, room: int) -> Line:
        half = max(4, (room - 22) // 2)
        spans: list[Span] = [("duration ", "faint"), (figures.sparkline(metrics.durations_ms, half), "invoke")]
        if metrics.init_durations_ms:
            spans += [("  init ", "faint"), (figures.sparkline(metrics.init_durations_ms, half // 2), "init")]
        return tuple(spans)

    def _report(self, report: ReportView, room: int) -> Line:
        failed = report.status is not Status.SUCCESS
        used = "–" if report.max_memory_used_mb is None else str(report.max_memory_used_mb)
        status = report.error_type or report.status.value
        cells = [
            figures.day_time(report.time_s),
            figures.short_id(report.request_id),
            figures.duration(report.duration_ms),
            f"{report.billed_duration_ms} ms",
            figures.duration(report.init_duration_ms) if report.cold else "–",
            f"{used}/{report.memory_size_mb} MB",
            ("✖ " if failed else "") + clean(status),
        ]
        tones = ["dim", "dim", "bad" if failed else "plain", "dim", "init" if report.cold else "faint", "dim",
                 "bad" if failed else "ok"]  # fmt: skip
        return tuple(zip(self._cells(cells, room), tones, strict=False))

    def _table_row(self, cells: list[str], room: int) -> str:
        return "".join(self._cells(cells, room))

    def _cells(self, cells: list[str], room: int) -> list[str]:
        """Cells padded to their columns; narrow panes leave the billed time and the request away."""
        padded: list[str] = []
        for cell, (name, cell_room, at_right) in zip(cells, _COLUMNS, strict=True):
            if (name == "req" and room < 56) or (name == "billed" and room < 64) or (name == "time" and room < 46):
                padded.append("")
            elif name == "status":
                padded.append(cell)
            else:
                padded.append((cell.rjust(cell_room) if at_right else left(cell, cell_room)) + "  ")
        return padded

    def _empty(self, index: int) -> Line:
        if self._scene.loading:
            return (("attaching…", "dim"),) if index == 0 else ()
        rows: tuple[Line, ...] = (
            (("Numbers start with the first REPORT.", "dim"),),
            (),
            (("i", "accent bold"), (" invoke: once cold, once warm, and compare", "dim")),
        )
        return rows[index] if index < len(rows) else ()


class ReportsPane(Pane):
    NUMBER = 5
    TITLE = "Reports"
    SCOPE = Scope.REPORTS

    def __init__(self) -> None:
        super().__init__(id="reports")
        self._rows = ReportRows()

    def compose(self) -> ComposeResult:
        yield self._rows

    def watch_scene(self, scene: Scene) -> None:
        self._rows.show(scene)
        self.entitle(scene.scope if scene.views.functions else "")

    def action_copy(self) -> None:
        if self._rows.key:
            self.app.copy_to_clipboard(self._rows.key)
            self.notify("Copied the request id", timeout=1.5, markup=False)

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.post_message(RequestSelected(RequestId(message.key)))
