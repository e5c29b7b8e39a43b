"""Pane 3 while a moment of the past is picked: the event and the answer of the invoke that ran then."""

from lambdatui.model.history import InvocationDetail
from lambdatui.model.ids import RequestId
from lambdatui.tui import history_text
from lambdatui.tui.calls import Refusal
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import EMPTY, Line, flow
from lambdatui.tui.widgets.line_view import LineView


class PastInvoke(LineView):
    """``look`` tells which invoke is wanted, ``take`` is given what the history has of it. Hidden while it is now."""

    def __init__(self) -> None:
        super().__init__(id="past-invoke")
        self.display = False
        self._about: tuple[RequestId | None, float | None] = (None, None)
        self._environment = ""
        self._doing = ""
        self._seen: object = None
        self._found: InvocationDetail | Refusal | None = None
        self._rows: tuple[Line, ...] = ()

    @property
    def detail(self) -> InvocationDetail | None:
        """The invoke that is shown."""
        return self._found if self.display and isinstance(self._found, InvocationDetail) else None

    def look(self, scene: Scene) -> RequestId | None:
        """At the moment that is picked in this scene, if any is. Returns the invoke that has to be asked for."""
        moment = scene.moment
        stretch = None if moment is None else moment.stretch
        about = (None, None) if stretch is None else (stretch.request_id, stretch.end_s)
        environment = scene.environment or ""
        doing = "" if stretch is None else f": {stretch.span}"
        seen = (moment is not None, environment, about, doing)
        if seen == self._seen:
            return None  # a long event is not laid out anew for every picture
        wanted = about[0] if about != self._about else None  # also when it ended meanwhile: it has an answer by then
        if about[0] != self._about[0]:
            self._found = None
            self.scroll_home(animate=False)
        self.display = moment is not None
        self._seen = seen
        self._environment, self._about, self._doing = environment, about, doing
        self._lay_out()
        return wanted

    def take(self, request_id: RequestId, found: InvocationDetail | Refusal) -> None:
        """What the history says of an invoke, unless another one is looked at by now."""
        if request_id == self._about[0]:
            self._found = found
            self._lay_out()

    def room_changed(self) -> None:
        self._lay_out()

    def row(self, index: int, room: int) -> Line:
        return self._rows[index] if index < len(self._rows) else ()

    def _lay_out(self) -> None:
        self._rows = flow(self._told(), self.room) if self.display else ()
        self.set_extent(len(self._rows))
        self.refresh()

    def _told(self) -> tuple[Line, ...]:
        found = self._found
        if self._about[0] is None:
            return (
                ((clean(self._environment or "Nothing"), "plain"), (f" ran no invoke then{self._doing}.", "dim")),
                EMPTY,
                (("[ ]", "accent bold"), (" in pane 2: the invoke before, after    ", "dim"), *_ESCAPE),
            )
        if found is None:
            return ((("asking the history…", "dim"),),)
        if isinstance(found, Refusal):
            return ((("✖ ", "bad"), (clean(found.message), "plain")), ((clean(found.hint), "dim"),))
        event, response = history_text.exchange_rows(found)  # events are long: the answer comes first
        return (*history_text.facts(found), (*_TAKE, *_ESCAPE), *response, *event)


_TAKE: Line = (("⏎", "accent bold"), (" take this event over    ", "dim"))
_ESCAPE: Line = (("esc", "accent bold"), (" back to now", "dim"))
