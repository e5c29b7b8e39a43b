"""The line under pane 2: the queue of asynchronous events, and where the engine listens."""

from collections.abc import Callable

from lambdatui.model.views import QueuedEventView
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, Span, spread
from lambdatui.tui.widgets.row_list import RowList


class QueueLine(RowList):
    """The asynchronous queue in one row: waiting, running, failed, and when the next attempt is due."""

    can_focus = False

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="queue-line")
        self._wall = wall
        self._events: tuple[QueuedEventView, ...] = ()
        self._url = ""

    def show(self, scene: Scene) -> None:
        self._events = scene.queue()
        self._url = clean(scene.views.engine.url)
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        by_state = {state: [event for event in self._events if event.state == state] for state in
                    ("waiting", "running", "failed", "succeeded")}  # fmt: skip
        spans: list[Span] = [("async queue ", "faint")]
        if not any(by_state.values()):
            return spread((*spans, ("empty", "faint")), ((self._url, "faint"),), room)
        now_s = self._wall()
        if waiting := by_state["waiting"]:
            due = [event for event in waiting if event.due_s is not None]
            spans.append((f"{len(waiting)} waiting", "warn"))
            if due:
                first = min(due, key=lambda event: event.due_s or 0.0)
                spans.append((f" (attempt {first.attempt} in {figures.age((first.due_s or 0.0) - now_s)})", "dim"))
            spans.append(("  ", "plain"))
        if by_state["running"]:
            spans.append((f"{len(by_state['running'])} running  ", "invoke"))
        if failed := by_state["failed"]:
            last = failed[-1]
            spans.append((f"{len(failed)} failed", "bad"))
            spans.append((f" (last {figures.short_id(last.request_id)} {clean(last.error_type or '')})  ", "dim"))
        if by_state["succeeded"]:
            spans.append((f"{len(by_state['succeeded'])} done", "dim"))
        return spread(tuple(spans), ((self._url, "faint"),), room)
