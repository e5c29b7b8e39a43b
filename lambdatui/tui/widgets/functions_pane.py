"""Pane 1: what can be invoked, and how each function is doing. Selecting one drives every other pane."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import Phase, ProvisionedStatus
from lambdatui.model.views import EnvironmentView, FunctionView, ProvisionedView
from lambdatui.telemetry.log_query import LogQuery
from lambdatui.tui import actions
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import FunctionSelected
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import LinkState, Scene, alive
from lambdatui.tui.spans import Line, Span, cut, flow, left, spread
from lambdatui.tui.troubles import Trouble, count, troubles, unlisted
from lambdatui.tui.widgets.filter_bar import FilterBar
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.row_list import RowList

FLASH_S = 3.0
_ALL_PROBLEMS: Line = (("!", "accent bold"), (" shows all", "dim"))


class FunctionList(RowList):
    """One row per function; below, why the selected one cannot run, or what to do where there is none."""

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="function-list")
        self._wall = wall
        self._scene = Scene()
        self._notes: tuple[Line, ...] = ()
        self._failing: frozenset[FunctionName | None] = frozenset()
        self._living: dict[FunctionName, list[EnvironmentView]] = {}
        self.query_text = LogQuery()

    def show(self, scene: Scene) -> None:
        self._scene = scene
        shown = [name for name in scene.views.functions if self.query_text.matches(name)]
        self._failing = frozenset(trouble.function for trouble in troubles(scene) if trouble.error)
        self._living = {}
        for environment in filter(alive, scene.views.environments.values()):
            self._living.setdefault(environment.function, []).append(environment)
        self._notes = self._notes_for(scene, shown)
        self.set_keys(shown, selected=scene.function, tail=len(self._notes))

    def room_changed(self) -> None:
        self.show(self._scene)

    def row(self, index: int, room: int) -> Line:
        if index >= len(self.keys):
            return self._notes[index - len(self.keys)]
        view = self._scene.views.functions[FunctionName(self.keys[index])]
        glyph, tone, word = self._state(view)
        reload = self._reload(view)
        name_room = max(8, room - len(word) - len(reload[0]) - 4)
        start: Line = ((f"{glyph} ", tone), (left(clean(view.name), name_room), "plain"))
        return spread(start, ((word, tone if glyph in "✖◐" else "dim"), reload), room)

    def _state(self, view: FunctionView) -> tuple[str, str, str]:
        living = self._living.get(view.name, [])
        if view.reload is not None and view.reload.broken:
            return "✖", "bad", "broken"
        if view.name in self._failing and not living:
            return "✖", "bad", "cannot run"
        if any(env.phase in (Phase.INIT, Phase.PROVISIONING) for env in living):
            return "◐", "init", "init"
        if view.metrics.in_flight:
            return "●", "invoke", f"{view.metrics.in_flight} running"
        if living:
            return "●", "ok", f"{len(living)} env"
        return "○", "faint", "no env"

    def _reload(self, view: FunctionView) -> tuple[str, str]:
        if not self._scene.views.engine.reloading:
            return ("", "faint")
        fresh = view.reload is not None and self._wall() - view.reload.changed_s < FLASH_S
        return (" ⟳", "accent bold" if fresh else "faint")

    def _notes_for(self, scene: Scene, shown: Sequence[str]) -> tuple[Line, ...]:
        if scene.loading:
            word = "no engine" if scene.link.state is LinkState.LOST else "asking the engine…"
            return (((word, "dim"),),)
        broken = unlisted(scene)
        missing = tuple(self._missing(trouble) for trouble in broken)
        if not scene.views.functions:
            return self._all_broken(scene, missing) if broken else flow(_nothing_found(scene), self.room)
        if not shown:
            return ((("nothing matches the filter", "dim"),), (("esc clears it", "faint"),))
        view = scene.function_view
        if view is None:
            return missing
        notes: list[Line] = [
            (),
            _configuration(view),
            ((clean(view.handler), "faint"),),
        ]
        if view.provisioned is not None:
            notes.append(_provisioned(view.provisioned))
        notes += [trouble.line for trouble in troubles(scene) if trouble.function == view.name][:4]
        return (*missing, *flow(notes, self.room))

    def _all_broken(self, scene: Scene, missing: Sequence[Line]) -> tuple[Line, ...]:
        """Where there is nothing to invoke because of what is wrong with all of it."""
        found = troubles(scene)
        head: Line = ((count(found), "bad bold"), ("  ", "plain"), *_ALL_PROBLEMS)
        return (head, *missing, *flow([row for one in found for row in ((), one.line)], self.room))

    def _missing(self, trouble: Trouble) -> Line:
        """A row like those of functions, for one that could not be listed."""
        if trouble.function is None:
            return cut(trouble.line, self.room)
        start: Line = ((trouble.glyph, trouble.tone), (left(clean(trouble.function), max(8, self.room - 14)), "plain"))
        return spread(start, (("cannot run", trouble.tone),), self.room)


def _configuration(view: FunctionView) -> Line:
    """Runtime, memory, timeout; what is the session's alone stands out."""

    def tone(*keys: str) -> str:
        return "accent bold" if any(key in view.session for key in keys) else "faint"

    spans: list[Span] = [
        (f"{clean(view.runtime)} · ", "faint"),
        (f"{view.memory_mb} MB", tone("memory_mb")),
        (" · ", "faint"),
        (f"{view.timeout_s} s", tone("timeout_s")),
    ]
    if view.session:
        changed = f"{len(view.session)} changed" if len(view.session) > 1 else "changed"
        spans.append((f" · {changed} for this session", "accent"))
    return tuple(spans)


def _nothing_found(scene: Scene) -> tuple[Line, ...]:
    return (
        (("No functions yet.", "plain"),),
        (),
        (("lambdatui looked for template.yaml, lambdatui.toml and handlers in ", "dim"),
         (clean(scene.views.engine.root) or "this directory", "accent")),
        (),
        (("Write one and save it:", "dim"),),
        (("def handler(event, context):", "info"),),
        (("    return event", "info"),),
        *(((), *(one.line for one in found), _ALL_PROBLEMS) if (found := troubles(scene)) else ()),
    )  # fmt: skip


def _provisioned(view: ProvisionedView) -> Line:
    """Of the selected function: how much of its provisioned concurrency is there."""
    counted = f"provisioned {view.available} of {view.requested}"
    if view.spillover:
        counted += f", {view.spillover} spilled over"
    if view.status is ProvisionedStatus.FAILED:
        return ((f"{counted}: {clean(view.reason or 'failed')}", "bad"),)
    return ((counted, "init" if view.status is ProvisionedStatus.IN_PROGRESS else "faint"),)


class FunctionsPane(Pane):
    NUMBER = 1
    TITLE = "Functions"
    SCOPE = Scope.FUNCTIONS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.FUNCTIONS)

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="functions")
        self._list = FunctionList(wall)
        self._filter = FilterBar("filter functions: text or !text")

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._filter

    def draw(self, scene: Scene) -> None:
        self._list.show(scene)
        text = self._list.query_text.text
        missing = len(unlisted(scene))
        self.entitle(
            str(len(scene.views.functions) or ""), f"✖ {missing}" if missing else "", f"/{text}" if text else ""
        )

    def open_filter(self) -> None:
        self._filter.open(self._list.query_text.text)

    def close_filter(self) -> bool:
        """One step back: True when there was a filter to leave."""
        if not (self._filter.display or self._list.query_text.text):
            return False
        self._filter.dismiss()
        self._apply("")
        self._list.focus()
        return True

    def copy(self) -> str:
        return self._list.key or ""

    def _apply(self, text: str) -> None:
        self._list.query_text = LogQuery.parse(text)
        self.draw(self.scene)

    @on(FilterBar.Typed)
    def _typed(self, message: FilterBar.Typed) -> None:
        message.stop()
        self._apply(message.text)

    @on(FilterBar.Done)
    def _done(self, message: FilterBar.Done) -> None:
        message.stop()
        self._list.focus()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self.post_message(FunctionSelected(FunctionName(message.key)))
