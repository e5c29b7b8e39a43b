"""The panel of the demo: which step it is, what to press next, and what has just been seen."""

from lambdatui.model.views import Views
from lambdatui.tui.demo_script import CLOSING, STEPS, Step
from lambdatui.tui.spans import Line, flow, spread
from lambdatui.tui.widgets.line_view import LineView

ROWS = 4


class Guide(LineView):
    """``look`` is given every new picture and says whether the step has just been completed."""

    can_focus = False
    DEFAULT_CSS = "Guide { height: 4; background: $panel; overflow: hidden hidden; }"

    def __init__(self, place: str) -> None:
        super().__init__(id="guide")
        self._place = place
        self._number = 0
        self._since = Views()
        self._ready = False
        self._seen = False

    @property
    def step(self) -> Step | None:
        """None after the last one."""
        return STEPS[self._number] if self._number < len(STEPS) else None

    @property
    def seen(self) -> bool:
        return self._seen

    def begin(self, views: Views, *, number: int | None = None) -> None:
        """The next step, or the named one, counts from this picture on; it is offered once ``ready`` is called."""
        self._number = self._number + 1 if number is None else number
        self._since, self._ready, self._seen = views, False, False
        self._draw()

    def ready(self) -> None:
        self._ready = True
        self._draw()

    def look(self, views: Views) -> bool:
        """True once: when what the step waits for is in the picture."""
        if self._seen or self.step is None or not self.step.happened(views, self._since):
            return False
        self._seen = True
        self._draw()
        return True

    def on_mount(self) -> None:
        super().on_mount()
        self._draw()

    def _draw(self) -> None:
        self.set_extent(ROWS)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        if index == 0:
            return spread(self._head(), self._next(), room)
        rows = flow([((self._text(), "plain"),)], max(8, room - 2))
        return (("  ", "plain"), *rows[index - 1]) if index <= len(rows) else ()

    def _head(self) -> Line:
        step = self.step
        name = "The end" if step is None else step.title
        count = "" if step is None else f" {self._number + 1}/{len(STEPS)}"
        return ((" DEMO ", "accent reverse bold"), (count, "dim"), (f"  {name}", "plain bold"))

    def _next(self) -> Line:
        step = self.step
        if step is None:
            return ()
        number = f"{self._number + 1}/{len(STEPS)}"
        if self._seen:
            return ((f"✔ seen {number} ", "ok"), (" ^n ", "accent bold"), ("next ", "dim"))
        if not self._ready:
            return (("… ", "dim"),)
        return ((f"▶ {number} press ", "dim"), (f" {step.press} ", "accent bold"))

    def _text(self) -> str:
        step = self.step
        if step is None:
            return CLOSING
        if self._seen:
            return step.after
        return step.before + (self._place if step.before.endswith(": ") else "")
