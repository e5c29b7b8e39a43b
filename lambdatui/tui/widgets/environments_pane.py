"""Pane 2: every execution environment on one time axis, and the queue of asynchronous events under it."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import Phase
from lambdatui.model.views import EnvironmentView
from lambdatui.tui import actions, figures, moments, time_axis, timeline
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import EnvironmentOpened, EnvironmentSelected, WindowMoved
from lambdatui.tui.moments import Place
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, Span, cells, flow, left, right, width
from lambdatui.tui.time_window import USUAL_S, Grid, TimeWindow
from lambdatui.tui.troubles import first_error
from lambdatui.tui.widgets.answer_line import AnswerLine
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.queue_line import QueueLine
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
SPARE_ROWS = 50
WHEEL_PART = 0.1
"""Of the row, that a notch of the wheel pans."""
PROVISIONED = "provisioned "
_WORDS = {Phase.PROVISIONING: "START", Phase.RESETTING: "RESET", Phase.SHUTDOWN: "SHUTDOWN"}


class EnvironmentRows(RowList):
    """One line-API widget for all rows; ``tick`` moves time on without a new picture. Only what is seen is computed."""

    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.ENVIRONMENTS)

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="environment-rows")
        self._wall = wall
        self._now_s = 0.0
        self._scene = Scene()
        self._shown: tuple[EnvironmentView, ...] = ()
        self._failed = self._scene.failed_requests()
        self._drawn: dict[EnvironmentId, tuple[EnvironmentView, Grid, Line]] = {}
        self._columns = (4, 0, 11)
        """Cells for identities, for function names and for facts; the rest is time."""

    def show(self, scene: Scene) -> None:
        if scene.views.reports is not self._scene.views.reports:
            self._failed = scene.failed_requests()
            self._drawn.clear()
        self._scene = scene
        self.tick()

    @property
    def place(self) -> Place:
        """Where the user is in time."""
        return self._place_of(self._scene.environment_view)

    def _place_of(self, view: EnvironmentView | None) -> Place:
        return Place(
            window=self._scene.window, width=self._axis_room, now_s=self._now_s, view=view, failed=self._failed
        )

    def looking(self, scene: Scene) -> TimeWindow:
        """The window of a scene that comes next: the picked moment as the selected environment lived it."""
        if scene.moment is None:
            return scene.window
        view = scene.environment_view
        place = replace(self._place_of(view), window=scene.window)
        return moments.moved_to(place) if scene.environment != self._scene.environment else moments.kept(place)

    def travelled(self, where: str) -> TimeWindow:
        """The window after one move; ``where`` is what the table of keys says."""
        place, window = self.place, self._scene.window
        match where:
            case "left" | "right":
                return moments.stepped(place, -1 if where == "left" else 1)
            case "previous" | "next":
                return moments.jumped(place, -1 if where == "previous" else 1)
            case "in" | "out":
                return moments.zoomed(place, 1 if where == "in" else -1)
            case "back" | "on":
                return window.panned(-0.5 if where == "back" else 0.5, self._now_s)
            case "usual":
                return TimeWindow()
        raise ValueError(where)

    def tick(self) -> None:
        self._now_s = self._wall()
        self._shown = self._scene.environments(self._now_s)
        keys = [view.id for view in self._shown]
        self._columns = self._laid_out(self.room)
        if len(self._drawn) > 2 * len(keys) + SPARE_ROWS:
            self._drawn.clear()
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
        names, owners, facts = self._columns
        view = self._shown[index]
        name = left(clean(view.id), names)
        owner = ((left(clean(view.function), owners - 1) + " ", "dim"),) if owners else ()
        cells_of = self._cells(view)
        return (
            (name, "faint" if view.phase is Phase.DEAD else "plain"),
            *owner,
            *cells_of,
            *self._facts(view, facts),
        )

    def _cells(self, view: EnvironmentView) -> Line:
        window = self._scene.window
        grid = window.grid(self._now_s, self._axis_room)
        line = self._drawn_cells(view, grid)
        if window.moment is None:
            return line
        here = view.id == self._scene.environment
        return time_axis.pointed(line, grid.cell(window.moment.time_s), "reverse" if here else "underline")

    def _drawn_cells(self, view: EnvironmentView, grid: Grid) -> Line:
        """Only what works changes within a cell of time; every other row is drawn once per cell."""
        drawn = self._drawn.get(view.id)
        if drawn is not None and drawn[0] is view and drawn[1] == grid and view.phase not in _ACTIVE:
            return drawn[2]
        line = timeline.row(view.segments, self._now_s, grid.width, self._failed, grid)
        self._drawn[view.id] = (view, grid, line)
        return line

    def _foot(self, room: int) -> tuple[Line, ...]:
        """Under the rows: the ruler, the selected environment in words where the rows have no room for it, glyphs."""
        names, owners, _ = self._columns
        margin: Span = (" " * (names + owners), "plain")
        view = self._scene.environment_view
        told = view is not None and view in self._shown and room < TRAIL_FROM and self._scene.moment is None
        trail = ((left(clean(view.id), names), "faint"), *self._trail(view)) if view is not None and told else ()
        axis = time_axis.axis(self.place.grid, self._scene.window)
        legend = timeline.legend(room - names - owners)
        return ((margin, (axis, "faint")), *((trail,) if trail else ()), *((margin, *line) for line in legend))

    def _trail(self, view: EnvironmentView) -> Line:
        return timeline.trail(view.segments, self._now_s, self._scene.views.reports[-RECENT_REPORTS:])

    @property
    def _axis_room(self) -> int:
        return max(8, self.room - sum(self._columns))

    def _laid_out(self, room: int) -> tuple[int, int, int]:
        names = min(12, max((4, *(cells(clean(view.id)) + 1 for view in self._shown))))
        return names, self._owners(room), _facts_room(room)

    def _owners(self, room: int) -> int:
        """Cells for function names; none while all rows belong to one function."""
        names = {view.function for view in self._shown}
        return 0 if len(names) < 2 or room < 80 else min(18, max(cells(clean(name)) for name in names) + 1)

    def _facts(self, view: EnvironmentView, room: int) -> tuple[Span, ...]:
        """Phase, request, elapsed against the limit, memory; as many of them as there is room for."""
        word = _WORDS.get(view.phase, view.phase.value.upper())
        if view.frozen:  # between invokes, or by hand in the middle of one
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

    def on_click(self, event: events.Click) -> None:
        """A click on a row selects it; on its time it picks the moment, too."""
        super().on_click(event)
        cell = event.x - self._columns[0] - self._columns[1]
        index = event.y + self.scroll_offset.y
        if 0 <= cell < self._axis_room and 0 <= index < len(self._shown):
            self.post_message(WindowMoved(moments.picked(self._place_of(self._shown[index]), cell)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._wheel(event, 1, pan=True)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._wheel(event, -1, pan=True)

    def _wheel(self, event: events.MouseEvent, steps: int, *, pan: bool = False) -> None:
        """Over the time: shift pans, ctrl zooms; so does the bare wheel where there is nothing to scroll."""
        cell = event.x - self._columns[0] - self._columns[1]
        scrolls = self.max_scroll_y > 0 and not (event.ctrl or event.shift or pan)
        if scrolls or not 0 <= cell < self._axis_room:
            return
        event.prevent_default()
        event.stop()
        if event.shift or pan:
            window = self._scene.window.panned(-WHEEL_PART * steps, self._now_s)
        else:
            window = moments.zoomed(self.place, steps, cell=cell)
        self.post_message(WindowMoved(window))

    def _init_timeout_s(self, view: EnvironmentView) -> float:
        function = self._scene.views.functions.get(view.function)
        return view.initialization_type.init_timeout_s(function.timeout_s if function is not None else 0)

    def when(self) -> tuple[str, ...]:
        """For the title: the picked moment and what the selected environment did then, or how far back the row ends."""
        window = self._scene.window
        if window.moment is not None:
            stretch, at_s = window.moment.stretch, window.moment.time_s
            doing = "nothing" if stretch is None else stretch.span.value
            request = figures.short_id(stretch.request_id) if stretch is not None else ""
            said = f"{self._scene.environment or ''} {doing} {request}".strip()
            return f"AT {figures.clock(at_s)}, {figures.age(self._now_s - at_s)} ago", said, "esc now"
        if window.end_s is not None:
            return f"until {figures.clock(window.end_s)}", "esc now"
        return (time_axis.span(window.span_s),) if window.span_s != USUAL_S else ()

    def _note(self, room: int) -> tuple[Line, ...]:
        return flow(self._empty(), room)

    def _empty(self) -> tuple[Line, ...]:
        scene = self._scene
        if scene.loading:
            return (((scene.loading_text, "dim"),),)
        if not scene.views.functions:
            return ((("Environments appear here once there is a function to invoke.", "dim"),),)
        if (trouble := first_error(scene)) is not None:
            return (
                (("No environment of ", "dim"), (clean(scene.scope), "plain"), (", and there will be none:", "dim")),
                trouble.line,
                (("!", "accent bold"), (" read all problems", "dim")),
            )
        return (
            (("No environment of ", "dim"), (clean(scene.scope), "plain"), (".", "dim")),
            (),
            (("The first invoke starts one: a cold start. It stays, frozen, for the next invoke.", "dim"),),
            (("i", "accent bold"), (" invoke now    ", "dim"), ("b", "accent bold"), (" choose an event", "dim")),
        )


def _facts_room(room: int) -> int:
    return TRAIL_CELLS if room >= TRAIL_FROM else 40 if room >= 100 else 35 if room >= 62 else 11


class EnvironmentsPane(Pane):
    NUMBER = 2
    TITLE = "Environments"
    SCOPE = Scope.ENVIRONMENTS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.ENVIRONMENTS)

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="environments")
        self._rows = EnvironmentRows(wall)
        self.answer = AnswerLine()
        self._queue = QueueLine(wall)

    def compose(self) -> ComposeResult:
        yield self._rows
        yield self.answer
        yield self._queue

    def draw(self, scene: Scene) -> None:
        self._rows.show(scene)
        self._queue.show(scene)
        self._retitle()

    def _retitle(self) -> None:
        scene, count = self.scene, len(self._rows.keys)
        if scene.moment is not None:
            self.entitle(*self._rows.when())
            return
        about = scene.scope if scene.views.functions else ""
        self.entitle(about, f"{count}" if count else "", *self._rows.when())

    @property
    def busy(self) -> bool:
        """Something moves on its own: ticking has to be fine."""
        return self._rows.busy or self.scene.window.fine

    def tick(self) -> None:
        self._rows.tick()
        self._queue.refresh()
        if not self.scene.window.live:
            self._retitle()

    def travelled(self, where: str) -> TimeWindow:
        """The window after one move through time, by key."""
        return self._rows.travelled(where)

    def looking(self, scene: Scene) -> TimeWindow:
        """The window of a scene that is about to be shown."""
        return self._rows.looking(scene)

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self.post_message(EnvironmentSelected(EnvironmentId(message.key)))

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.post_message(EnvironmentOpened(EnvironmentId(message.key)))
