"""Pane 2: every execution environment on one time axis, and the queue of asynchronous events under it."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import Phase
from lambdatui.model.views import EnvironmentView, QueuedEventView
from lambdatui.tui import actions, figures, timeline
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import EnvironmentOpened, EnvironmentSelected
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, Span, cells, flow, left, right, spread, width
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.row_list import RowList

_ACTIVE = frozenset({Phase.PROVISIONING, Phase.INIT, Phase.INVOKE, Phase.RESETTING, Phase.SHUTDOWN})
_TONES = {
    Phase.PROVISIONING: "provision",
    Phase.INIT: "init bold",
    Phase.READY: "idle",
    Phase.INVOKE: "invoke bold",
    Phase.RESETTING: "reset bold",
    Phase.RESET: "reset",
    Phase.SHUTDOWN: "shutdown",
    Phase.DEAD: "faint",
}
TRAIL_FROM = 130
"""Cells of a row from which on its end has room for the last phases in words, which takes TRAIL_CELLS."""
TRAIL_CELLS = 70
RECENT_REPORTS = 64
PROVISIONED = "provisioned "
_WORDS = {Phase.PROVISIONING: "START", Phase.RESETTING: "RESET", Phase.SHUTDOWN: "SHUTDOWN"}


class EnvironmentRows(RowList):
    """One line-API widget for all rows; ``tick`` moves time on without a new picture."""

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="environment-rows")
        self._wall = wall
        self._now_s = 0.0
        self._scene = Scene()
        self._shown: tuple[EnvironmentView, ...] = ()
        self._failed = self._scene.failed_requests()

    def show(self, scene: Scene) -> None:
        self._scene = scene
        self._failed = scene.failed_requests()
        self.tick()

    def tick(self) -> None:
        self._now_s = self._wall()
        self._shown = self._scene.environments(self._now_s)
        keys = [view.id for view in self._shown]
        self.set_keys(
            keys, selected=self._scene.environment, tail=len(self._foot(self.room) if keys else self._note(self.room))
        )

    def room_changed(self) -> None:
        self.tick()

    @property
    def busy(self) -> bool:
        return any(view.phase in _ACTIVE for view in self._shown)

    def row(self, index: int, room: int) -> Line:
        if not self._shown:
            rows = self._note(room)
            return rows[index] if index < len(rows) else ()
        if index >= len(self._shown):
            foot = self._foot(room)
            return foot[index - len(self._shown)] if index - len(self._shown) < len(foot) else ()
        names, owners, facts = self._columns(room)
        axis = max(8, room - names - owners - facts)
        view = self._shown[index]
        name = left(clean(view.id), names)
        owner = ((left(clean(view.function), owners - 1) + " ", "dim"),) if owners else ()
        cells_of = timeline.row(view.segments, self._now_s, axis, self._failed)
        return (
            (name, "faint" if view.phase is Phase.DEAD else "plain"),
            *owner,
            *cells_of,
            *self._facts(view, facts),
        )

    def _foot(self, room: int) -> tuple[Line, ...]:
        """Under the rows: the ruler, the selected environment in words where the rows have no room for it, glyphs."""
        names, owners, facts = self._columns(room)
        margin: Span = (" " * (names + owners), "plain")
        view = self._scene.environment_view
        told = view is not None and view in self._shown and room < TRAIL_FROM
        trail = ((left(clean(view.id), names), "faint"), *self._trail(view)) if view is not None and told else ()
        axis = timeline.axis(max(8, room - names - owners - facts))
        legend = timeline.legend(room - names - owners)
        return ((margin, (axis, "faint")), *((trail,) if trail else ()), *((margin, *line) for line in legend))

    def _trail(self, view: EnvironmentView) -> Line:
        return timeline.trail(view.segments, self._now_s, self._scene.views.reports[-RECENT_REPORTS:])

    def _columns(self, room: int) -> tuple[int, int, int]:
        """Cells for identities, for function names and for facts; the rest is time."""
        names = min(12, max(4, *(cells(clean(view.id)) + 1 for view in self._shown)))
        return names, self._owners(room), _facts_room(room)

    def _owners(self, room: int) -> int:
        """Cells for function names; none while all rows belong to one function."""
        names = {view.function for view in self._shown}
        return 0 if len(names) < 2 or room < 80 else min(18, max(cells(clean(name)) for name in names) + 1)

    def _facts(self, view: EnvironmentView, room: int) -> tuple[Span, ...]:
        """Phase, request, elapsed against the limit, memory; as many of them as there is room for."""
        word = _WORDS.get(view.phase, view.phase.value.upper())
        if view.phase is Phase.READY and view.frozen:
            word = "FROZEN"
        memory = "–" if view.memory_used_mb is None else f"{view.memory_used_mb} MB"
        tone = "frozen" if word == "FROZEN" else _TONES[view.phase]
        spans: list[Span] = [("  ", "plain"), (left(word, 8), tone), (" ", "plain")]
        detail, detail_tone = self._detail(view)
        if room >= 40:
            spans.append((left(figures.short_id(view.request_id), 5), "dim"))
        if room >= TRAIL_CELLS and view.phase is Phase.READY:
            trail = self._trail(view)
            if view.is_provisioned and width(trail) + len(PROVISIONED) <= room - 23:
                trail = ((PROVISIONED, "dim"), *trail)
            spans += [*trail, (" " * (room - 23 - width(trail)), "plain")]
        else:
            spans.append((left(detail, room - 23 if room >= 40 else 17), detail_tone))
        spans.append((right(memory, 7), "dim"))
        return tuple(spans) if room >= 35 else tuple(spans[:3])

    def _detail(self, view: EnvironmentView) -> tuple[str, str]:
        spent_s = max(0.0, self._now_s - view.since_s)
        if view.phase is Phase.INVOKE:
            function = self._scene.views.functions.get(view.function)
            limit = f" / {function.timeout_s} s" if function is not None and function.timeout_s else ""
            late = function is not None and function.timeout_s and spent_s > 0.8 * function.timeout_s
            return figures.duration(spent_s * 1000) + limit, "warn bold" if late else "plain"
        if view.reason:
            return clean(view.reason), "bad" if view.phase in (Phase.RESET, Phase.RESETTING, Phase.DEAD) else "dim"
        if view.phase is Phase.INIT:
            return f"{figures.duration(spent_s * 1000)} / {self._init_timeout_s(view):g} s", "plain"
        age = figures.age(spent_s)
        return PROVISIONED * view.is_provisioned + age, "dim"

    def _init_timeout_s(self, view: EnvironmentView) -> float:
        function = self._scene.views.functions.get(view.function)
        return view.initialization_type.init_timeout_s(function.timeout_s if function is not None else 0)

    def _note(self, room: int) -> tuple[Line, ...]:
        return flow(self._empty(), room)

    def _empty(self) -> tuple[Line, ...]:
        scene = self._scene
        if scene.loading:
            return ((("attaching…", "dim"),),)
        if not scene.views.functions:
            return ((("Environments appear here once there is a function to invoke.", "dim"),),)
        return (
            (("No environment of ", "dim"), (clean(scene.scope), "plain"), (".", "dim")),
            (),
            (("The first invoke starts one: a cold start. It stays, frozen, for the next invoke.", "dim"),),
            (("i", "accent bold"), (" invoke now    ", "dim"), ("b", "accent bold"), (" choose an event", "dim")),
        )


def _facts_room(room: int) -> int:
    return TRAIL_CELLS if room >= TRAIL_FROM else 40 if room >= 100 else 35 if room >= 62 else 11


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


class EnvironmentsPane(Pane):
    NUMBER = 2
    TITLE = "Environments"
    SCOPE = Scope.ENVIRONMENTS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.ENVIRONMENTS)

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="environments")
        self._rows = EnvironmentRows(wall)
        self._queue = QueueLine(wall)

    def compose(self) -> ComposeResult:
        yield self._rows
        yield self._queue

    def draw(self, scene: Scene) -> None:
        self._rows.show(scene)
        self._queue.show(scene)
        count = len(self._rows.keys)
        self.entitle(scene.scope if scene.views.functions else "", f"{count}" if count else "")

    @property
    def busy(self) -> bool:
        """Something moves on its own: ticking has to be fine."""
        return self._rows.busy

    def tick(self) -> None:
        self._rows.tick()
        self._queue.refresh()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self.post_message(EnvironmentSelected(EnvironmentId(message.key)))

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.post_message(EnvironmentOpened(EnvironmentId(message.key)))
