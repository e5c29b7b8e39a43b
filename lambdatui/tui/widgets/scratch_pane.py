"""Pane 6: the /tmp of the selected environment, live."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.model.phase import Phase
from lambdatui.model.records import ScratchFile
from lambdatui.model.views import EnvironmentView
from lambdatui.telemetry.scratch_changes import ScratchChanges, changes
from lambdatui.tui import actions, figures
from lambdatui.tui.actions import Scope
from lambdatui.tui.messages import FileOpened
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import Line, Span, cut, flow, left, right
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.row_list import RowList

FRESH_S = 10.0
TIMES_FROM = 36
"""Cells from which on there is room for the time of the last change."""


class ScratchRows(RowList):
    """The fill bar, what the last invoke changed, the tree of files, folders first at every level, what was deleted."""

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="scratch-rows")
        self._wall = wall
        self._scene = Scene()
        self._files: dict[str, ScratchFile] = {}
        self._changes = ScratchChanges()

    def show(self, scene: Scene) -> None:
        self._scene = scene
        view = scene.environment_view
        gone = view is None or view.phase is Phase.DEAD
        files = () if view is None or gone else view.files
        self._files = {file.path: file for file in sorted(files, key=_tree_order)}
        self._changes = ScratchChanges() if view is None or gone else changes(view)
        told = view is not None and view.files_since is not None
        self.head = 0 if gone or self._scene.loading else 2 if told else 1
        note = 0 if self._files else len(self._note(self.room))
        self.set_keys(list(self._files), tail=note + len(self._changes.deleted))

    def room_changed(self) -> None:
        self.show(self._scene)

    def _note(self, room: int) -> tuple[Line, ...]:
        return flow([((text, "dim"),) for text in self._empty()], room)

    def file(self, path: str) -> ScratchFile:
        return self._files[path]

    def row(self, index: int, room: int) -> Line:
        view = self._scene.environment_view
        if self.head and index == 0 and view is not None:
            return _fill(view.files_bytes, self._limit_mb(), room)
        if self.head == 2 and index == 1 and view is not None:
            return cut(_told(view, self._changes), room)
        index -= self.head
        if index >= len(self.keys):
            return self._below(index - len(self.keys), room)
        file = self._files[self.keys[index]]
        depth = file.path.count("/")
        name = clean(file.path.rsplit("/", 1)[-1]) + ("/" if file.is_dir else "")
        fresh = self._wall() - file.modified_s < FRESH_S
        timed = room >= TIMES_FROM
        room_for_name = max(6, room - (22 if timed else 12))
        return (
            self._mark(file.path),
            (left("  " * depth + ("▾ " if file.is_dir else "  ") + name, room_for_name),
             "accent" if fresh else "info" if file.is_dir else "plain"),
            (right("" if file.is_dir else figures.size(file.size_bytes), 10), "dim"),
            ("  " + figures.day_time(file.modified_s) if timed else "", "accent" if fresh else "faint"),
        )  # fmt: skip

    def _mark(self, path: str) -> Span:
        if path in self._changes.created:
            return ("+ ", "ok bold")
        return ("~ ", "warn bold") if path in self._changes.modified else ("  ", "plain")

    def _below(self, index: int, room: int) -> Line:
        """Under the files: that there are none, and those that are no more."""
        note = () if self._files else self._note(room)
        if index < len(note):
            return note[index]
        gone = self._changes.deleted[index - len(note) : index - len(note) + 1]
        return ((left(f"− {clean(gone[0].path)}", room), "faint"),) if gone else ()

    def _limit_mb(self) -> int:
        """The function's EphemeralStorage; 0 where the engine does not say."""
        view = self._scene.environment_view
        function = None if view is None else self._scene.views.functions.get(view.function)
        return 0 if function is None else function.ephemeral_storage_mb

    def _empty(self) -> tuple[str, ...]:
        scene, view = self._scene, self._scene.environment_view
        if scene.loading:
            return (scene.loading_text,)
        if view is None:
            return ("No environment is selected.", "", "Files a handler writes to /tmp show up here as they appear.")
        if view.phase is Phase.DEAD:
            return ("This environment is gone; its /tmp was deleted with it.",)
        return ("/tmp is empty.", "What is written here stays for the next invoke, until this environment ends.")


def _fill(used_bytes: int, limit_mb: int, room: int) -> Line:
    if not limit_mb:
        return ((figures.size(used_bytes), "dim"),)
    part = used_bytes / (limit_mb * 1024 * 1024)
    text = f"{figures.size(used_bytes)} of {limit_mb} MB "
    bar_room = max(4, min(40, room - len(text) - 3))
    tone = "bad" if part > 0.9 else "warn" if part > 0.7 else "info"
    return ((text, "dim"), ("▕", "faint"), (figures.bar(part, bar_room), tone), ("▏", "faint"))


def _told(view: EnvironmentView, found: ScratchChanges) -> Line:
    """What the last invoke did to /tmp; the last ones, where they follow each other faster than anybody looks."""
    one = view.files_invokes == 1
    who = f"{figures.short_id(view.files_since)} " if one else f"last {view.files_invokes:,} invokes "
    if not found:
        return ((who, "dim"), ("changed nothing", "faint"))
    parts: list[Span] = [(who, "dim")]
    for count, word, tone in (
        (len(found.created), "created", "ok"),
        (len(found.modified), "changed", "warn"),
        (len(found.deleted), "deleted", "bad"),
    ):
        parts += [(f"{count} {word}  ", tone)] if count else []
    return tuple(parts)


def _count(files: int, more: str) -> str:
    return "1 file" if files == 1 else f"{files}{more} files"


def _tree_order(file: ScratchFile) -> tuple[tuple[bool, str], ...]:
    *folders, name = file.path.split("/")
    return (*((False, folder) for folder in folders), (not file.is_dir, name))


class ScratchPane(Pane):
    NUMBER = 6
    TITLE = "/tmp"
    SCOPE = Scope.SCRATCH
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.SCRATCH)

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="scratch")
        self._rows = ScratchRows(wall)

    def compose(self) -> ComposeResult:
        yield self._rows

    def draw(self, scene: Scene) -> None:
        self._rows.show(scene)
        view = scene.environment_view
        more = "+" if view and view.files_truncated else ""
        count = _count(len(view.files), more) if view and view.files else ""
        self.entitle(view.id if view else "", count, "as it is now" if scene.moment is not None else "")

    def copy(self) -> str:
        return "" if self._rows.key is None else f"/tmp/{self._rows.key}"

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        environment = self.scene.environment
        if environment is not None and not self._rows.file(message.key).is_dir:
            self.post_message(FileOpened(environment, message.key))
