"""Pane 4: what functions and the platform said. A window on the log ring that holds still when it was scrolled up."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.strip import Strip

from lambdatui.model.ids import RequestId
from lambdatui.model.views import Span
from lambdatui.telemetry.log_query import LogQuery
from lambdatui.tui import actions, figures
from lambdatui.tui.actions import Scope
from lambdatui.tui.log_lines import LogLine, lay_out
from lambdatui.tui.log_ring import LogRing, LogSelection
from lambdatui.tui.messages import OlderLinesWanted
from lambdatui.tui.older_lines import first_instant, unseen
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.search import mark
from lambdatui.tui.spans import Line, flow
from lambdatui.tui.time_window import Moment
from lambdatui.tui.widgets.filter_bar import FilterBar
from lambdatui.tui.widgets.line_view import LineView
from lambdatui.tui.widgets.pane import Pane

NARROW = 84
LINES_BEFORE = 4
"""Of the view's rows one in so many shows what was said before a picked moment."""
CACHED_STRIPS = 1024


class LogView(LineView):
    """Rows are laid out when they are drawn, at most once per width, theme and filter."""

    def __init__(self, ring: LogRing) -> None:
        super().__init__(id="log-view")
        self._ring = ring
        self._scene = Scene()
        self._selection = LogSelection(ring, None)
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(CACHED_STRIPS)
        self._widest = 0
        self._note: tuple[Line, ...] = ()
        self._older: tuple[LogLine, ...] = ()
        self.request_id: RequestId | None = None
        self.query_text = LogQuery()
        self.following = True
        self.unseen = 0

    def show(self, scene: Scene) -> None:
        """Take in what the ring got since the last frame."""
        before, self._scene = self._scene, scene
        if _about(before) == _about(scene):
            self.sync()
            if before.moment != scene.moment:
                self.refresh()
            return
        self.select_anew()
        if scene.moment is not None:
            self._hold_at(scene.moment)

    def _hold_at(self, moment: Moment) -> None:
        """Stand still where the lines of the moment are, with some before them."""
        first = next((index for index in range(self._count) if self._is_of(moment, self._line(index))), None)
        if first is None:
            first = next((index for index in range(self._count) if self._after(moment, self._line(index))), self._count)
        self.following = False
        top = max(0, min(first - self.size.height // LINES_BEFORE, self._count - self.size.height))
        self.scroll_to(y=top, animate=False, force=True)
        self.refresh()

    def row_tone(self, index: int) -> str | None:
        moment = self._scene.moment
        lit = moment is not None and not self._note and self._is_of(moment, self._line(index))
        return "cursor-blurred" if lit else None

    def _is_of(self, moment: Moment, line: LogLine | None) -> bool:
        """Said in the stretch that was picked: by its request where it has one, else while it lasted."""
        stretch = moment.stretch
        if line is None or stretch is None:
            return False
        if stretch.request_id is not None and stretch.span is Span.INVOKE:
            return line.request_id == stretch.request_id
        return stretch.start_s <= line.time_s <= (line.time_s if stretch.end_s is None else stretch.end_s)

    def _after(self, moment: Moment, line: LogLine | None) -> bool:
        return line is not None and line.time_s >= moment.time_s

    def narrow_to(self, *, request_id: RequestId | None, query: LogQuery) -> None:
        """Show only one request, only what matches, or both."""
        self.request_id = request_id
        self.query_text = query
        self.select_anew()

    def select_anew(self) -> None:
        self._selection = LogSelection(self._ring, self._passes)
        self._older = ()
        self.forget_styles()
        self.following = True
        self.sync()

    def sync(self) -> None:
        added, lost = self._selection.update()
        count = self._count
        self._note = flow(self._empty(), self.room) if count == 0 else ()
        self.set_extent(count or len(self._note), self._widest)
        if self.following:
            self.unseen = 0
            self.scroll_to(y=max(0, count - self.size.height), animate=False, force=True)
        elif lost and self.scroll_offset.y >= len(self._older):
            self.scroll_to(y=max(len(self._older), self.scroll_offset.y - lost), animate=False)
        if not self.following:
            self.unseen += added
        if added or lost or not count:
            self.refresh()

    def row(self, index: int, room: int) -> Line:
        if self._note:
            return self._note[index] if index < len(self._note) else ()
        line = self._line(index)
        if line is None:
            return ()
        return mark(lay_out(line, room, short=room < NARROW), self.query_text.needles)

    def drawn(self, index: int, room: int) -> Strip:
        at = index - len(self._older)
        if self._note or at >= len(self._selection):
            return super().drawn(index, room)
        key = (self._selection[at] if at >= 0 else at, room)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = super().drawn(index, room)
            if strip.cell_length > max(self._widest, room):
                self._widest = strip.cell_length
                self.call_next(self.set_extent, self.extent, self._widest)
        return strip

    def forget_styles(self) -> None:
        self._strips.clear()
        self._widest = 0
        super().forget_styles()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        at_end = new_value >= self.max_scroll_y
        if at_end or new_value < old_value:
            self.following = at_end
            if at_end:
                self.unseen = 0

    def on_resize(self) -> None:
        if self.following:
            self.scroll_to(y=max(0, self.extent - self.size.height), animate=False, force=True)

    def follow(self) -> None:
        self.following = True
        self.sync()

    def bottom_request(self) -> RequestId | None:
        """The request of the lowest visible row that belongs to one."""
        last = min(self._count, self.scroll_offset.y + max(1, self.size.height)) - 1
        for index in range(last, max(-1, last - 500), -1):
            line = self._line(index)
            if line is not None and line.request_id is not None:
                return line.request_id
        return None

    def visible_text(self) -> str:
        """What ``copy`` takes where nothing is selected: the visible lines as they were written."""
        top = self.scroll_offset.y
        lines = [self._line(index) for index in range(top, min(self._count, top + self.size.height))]
        return "\n".join(clean(line.text) for line in lines if line is not None)

    def beginning(self) -> tuple[LogLine, ...]:
        """The first lines of what this view could show, whether or not they match; see ``first_instant``."""
        return first_instant(self._older or self._ring)

    def show_older(self, lines: Iterable[LogLine]) -> int:
        """Put those that match before what is shown, which stays in its place. Returns how many came."""
        fresh = tuple(filter(self._passes, lines))
        if not fresh:
            return 0
        top = self.scroll_offset.y
        self._older = (*fresh, *self._older)
        self.following = False
        self.sync()
        self.scroll_to(y=top + len(fresh), animate=False, force=True)
        return len(fresh)

    @property
    def older(self) -> int:
        """How many lines stand here that the history gave back."""
        return len(self._older)

    @property
    def _count(self) -> int:
        return len(self._older) + len(self._selection)

    def _line(self, index: int) -> LogLine | None:
        if index < len(self._older):
            return self._older[index]
        index -= len(self._older)
        return self._ring.get(self._selection[index]) if index < len(self._selection) else None

    def _passes(self, line: LogLine) -> bool:
        if self._scene.moment is not None and not self._is_of_environment(line):
            return False
        if line.function is not None and not self._scene.shows(line.function):
            return False
        if self.request_id is not None and line.request_id != self.request_id:
            return False
        return self.query_text.matches_line(
            line.text, request_id=line.request_id, environment=line.environment, function=line.function
        )

    def _is_of_environment(self, line: LogLine) -> bool:
        """Said by the selected one. Every engine numbers its environments anew, and the log has lines of older ones."""
        return line.environment == self._scene.environment and line.time_s >= self._scene.views.engine.started_s

    def _empty(self) -> tuple[Line, ...]:
        if self._scene.loading:
            return (((self._scene.loading_text, "dim"),),)
        if self._scene.moment is not None:
            return (
                (
                    ("Nothing was logged here by ", "dim"),
                    (clean(self._scene.environment or "it"), "plain"),
                    (".", "dim"),
                ),
                (("esc", "accent bold"), (" shows everything again", "dim")),
            )
        if self.request_id is not None or self.query_text.terms:
            return (
                (("Nothing here matches.", "dim"),),
                (("o", "accent bold"), (" looks in the history    ", "dim"), ("esc", "accent bold"),
                 (" shows everything again", "dim")),
            )  # fmt: skip
        if not self._scene.views.functions:
            return ((("What functions print, and what the platform says of it, appears here.", "dim"),),)
        return (
            (("No output yet.", "dim"),),
            (),
            (("Lines appear as the handler prints them, with START, END and REPORT around them.", "dim"),),
            (("i", "accent bold"), (" invoke    ", "dim"), ("a", "accent bold"), (" logs of all functions", "dim")),
        )


def _about(scene: Scene) -> tuple[object, ...]:
    """What decides which lines are shown, and where."""
    moment = scene.moment
    if moment is None:
        return scene.function, scene.all_functions
    began_s = None if moment.stretch is None else moment.stretch.start_s
    return scene.function, scene.all_functions, scene.environment, moment.time_s, began_s


class LogsPane(Pane):
    NUMBER = 4
    TITLE = "Logs"
    SCOPE = Scope.LOGS
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.LOGS)

    def __init__(self, ring: LogRing) -> None:
        super().__init__(id="logs")
        self._view = LogView(ring)
        self._filter = FilterBar("text, !text, level:error, req:7f3c, env:e1a")

    def compose(self) -> ComposeResult:
        yield self._view
        yield self._filter

    def on_mount(self) -> None:
        self.watch(self._view, "scroll_y", self._scrolled, init=False)

    def draw(self, scene: Scene) -> None:
        self._view.show(scene)
        self._retitle()

    def open_filter(self) -> None:
        self._filter.open(self._view.query_text.text)

    def close_filter(self) -> bool:
        """One step back: True when there was a filter or a request to leave."""
        if not (self._filter.display or self._view.query_text.text or self._view.request_id):
            return False
        self._filter.dismiss()
        self._narrow(None, "")
        self._view.focus()
        return True

    def only(self, request_id: RequestId | None) -> None:
        """Show one request, or all of them."""
        self._narrow(request_id, self._view.query_text.text)

    def only_bottom_request(self) -> None:
        """Narrow to the request at the bottom of the view, or widen again."""
        self.only(None if self._view.request_id else self._view.bottom_request())

    def follow(self) -> None:
        self._view.follow()
        self._retitle()

    def want_older(self, *, quiet: bool = False) -> None:
        """Ask for what was logged before all that is here, as narrowly as this pane shows it."""
        view = self._view
        function = None if self.scene.all_functions else self.scene.function
        beginning = view.beginning()
        self.post_message(OlderLinesWanted(function, view.request_id, view.query_text.text, beginning, quiet))

    def show_older(self, wanted: OlderLinesWanted, lines: Sequence[LogLine]) -> int:
        """What came of it, unless something else is wanted by now. Returns how many lines were new."""
        view = self._view
        if (view.request_id, view.query_text.text) != (wanted.request_id, wanted.text):
            return 0
        came = view.show_older(unseen(lines, wanted.beginning))
        self._retitle()
        return came

    def go_to_top(self) -> None:
        self._view.scroll_home(animate=False)

    def copy(self) -> str:
        return self.screen.get_selected_text() or self._view.visible_text()

    def _narrow(self, request_id: RequestId | None, text: str) -> None:
        self._view.narrow_to(request_id=request_id, query=LogQuery.parse(text))
        self._retitle()

    def _scrolled(self) -> None:
        self._retitle()

    def _retitle(self) -> None:
        view = self._view
        state = "PAUSED" if self.scene.paused else "FOLLOW" if view.following else f"HELD +{view.unseen:,}"
        request = f"only {view.request_id[:8]}" if view.request_id else ""
        text = f"/{view.query_text.text}" if view.query_text.text else ""
        older = f"{view.older:,} older" if view.older else ""
        moment = self.scene.moment
        about = self.scene.scope if self.scene.views.functions else ""
        if moment is not None:
            about, state = f"{self.scene.environment} AT {figures.clock(moment.time_s)}", "esc now"
        self.entitle(about, request, text, older, state)

    @on(FilterBar.Typed)
    def _typed(self, message: FilterBar.Typed) -> None:
        message.stop()
        self._narrow(self._view.request_id, message.text)

    @on(FilterBar.Done)
    def _done(self, message: FilterBar.Done) -> None:
        message.stop()
        self._view.focus()
        if self._view.query_text.terms:
            self.want_older(quiet=True)
