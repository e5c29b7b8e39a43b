"""A scrolling view that draws rows of spans: the base of every pane that shows live data.

A subclass says how many rows there are and what is in row ``index``; tones become styles here and nowhere else.
"""

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import TONES, Line, plain, width

_EXTRAS = {
    "bold": Style(bold=True),
    "italic": Style(italic=True),
    "reverse": Style(reverse=True),
    "underline": Style(underline=True),
}


TONE_CLASSES = {f"tone--{tone}" for tone in TONES}
"""What a screen that holds line views declares as COMPONENT_CLASSES: once per screen, for styling each costs time."""


class LineView(ScrollView, can_focus=True):
    """Call ``set_extent`` when the number of rows changes and ``refresh`` when their content does."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, classes=classes)
        self._styles: dict[str, Style] = {}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.forget_styles())

    def forget_styles(self) -> None:
        """The theme changed: look every tone up anew."""
        self._styles.clear()
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        """Row ``index`` for a view ``room`` cells wide."""
        raise NotImplementedError

    def row_tone(self, index: int) -> str | None:
        """A tone under the whole row, such as the cursor's."""
        return None

    @property
    def room(self) -> int:
        """Cells of a row that can be seen; a scrollbar takes its own."""
        return self.scrollable_content_region.width

    @property
    def extent(self) -> int:
        """How many rows there are."""
        return self.virtual_size.height

    def on_resize(self) -> None:
        self.room_changed()

    def watch_show_vertical_scrollbar(self) -> None:
        """A scrollbar takes cells from the rows, and no resize tells of it."""
        self.call_later(self.room_changed)

    def room_changed(self) -> None:
        """Lay out anew what depends on ``room``."""

    def set_extent(self, rows: int, widest: int = 0) -> None:
        size = Size(widest, rows)
        if size != self.virtual_size:
            self.virtual_size = size

    def tone(self, name: str) -> Style:
        """The style of a tone, with its extras; read from the style sheet once per theme."""
        style = self._styles.get(name)
        if style is None:
            tone, *extras = name.split()
            style = self.screen.get_component_rich_style(f"tone--{tone}", partial=True)
            for extra in extras:
                style += _EXTRAS[extra]
            self._styles[name] = style
        return style

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def _base(self) -> Style:
        """The view's own style; composing it from all ancestors is too slow to be done for every row."""
        style = self._styles.get("")
        if style is None:
            style = self._styles[""] = self.rich_style
        return style

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        index = y + scroll_y
        room = self.room
        base = self._base()
        if not 0 <= index < self.extent:
            return Strip.blank(room, base)
        under = self.row_tone(index)
        if under is not None:
            base += self.tone(under)
        strip = self.drawn(index, room)
        strip = self._with_selection(strip, index)
        if strip.cell_length > scroll_x + room:
            strip = Strip.join([strip.crop(0, scroll_x + room - 1), Strip([Segment("›", self.tone("faint"))], 1)])
        return strip.crop_extend(scroll_x, scroll_x + room, base).apply_style(base).apply_offsets(scroll_x, index)

    def drawn(self, index: int, room: int) -> Strip:
        """The whole row as a strip, before scrolling and cursor; the last gate for what must not reach a terminal."""
        line = [(text if text.isprintable() else clean(text), tone) for text, tone in self.row(index, room)]
        return Strip([Segment(text, self.tone(tone)) for text, tone in line], width(line))

    def _with_selection(self, strip: Strip, index: int) -> Strip:
        selection = self.text_selection
        span = None if selection is None else selection.get_span(index)
        if span is None:
            return strip
        start, end = span
        end = strip.cell_length if end == -1 else min(end, strip.cell_length)
        style = self.screen.get_component_rich_style("screen--selection")
        chosen = strip.crop(start, end)
        marked = Strip([Segment(part.text, (part.style or Style()) + style) for part in chosen], chosen.cell_length)
        return Strip.join([strip.crop(0, start), marked, strip.crop(end, strip.cell_length)])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, row by row; only the selected rows are laid out."""
        first = selection.start.y if selection.start is not None else 0
        last = selection.end.y if selection.end is not None else self.extent - 1
        rows: list[str] = []
        for index in range(max(0, first), min(last, self.extent - 1) + 1):
            text = plain(self.row(index, self.room))
            span = selection.get_span(index)
            if span is not None:
                start, end = span
                rows.append(text[start : None if end == -1 else end].rstrip())
        return ("\n".join(rows), "\n") if rows else None

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()
