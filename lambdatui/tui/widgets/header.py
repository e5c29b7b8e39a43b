"""The first line: whose engine this is, how it does, what was reloaded last. Under it, what is wrong, if anything."""

from collections.abc import Callable

from lambdatui.model.views import ReloadView, Views
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import LinkState, Scene
from lambdatui.tui.spans import Line, Span, cut, spread, width
from lambdatui.tui.troubles import troubles
from lambdatui.tui.widgets.line_view import LineView

RECENT_S = 30.0
NEWS_S = 20.0
"""How long it is said that the engine is another one."""


class Header(LineView):
    """Drops what matters least until the rest fits."""

    can_focus = False

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="header")
        self._wall = wall
        self._scene = Scene()

    def show(self, scene: Scene) -> None:
        self._scene = scene
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        start: list[Span] = [(" λ ", "accent bold"), ("lambdatui", "plain bold")]
        end = self._right()
        for part in self._parts(short=room < 100):
            separator: Span = (" · ", "faint") if len(start) > 2 else ("  ", "plain")
            if width(start) + width(part) + width(end) + 4 > room:
                continue
            start += [separator, *part]
        return spread(tuple(start), end, room)

    def _parts(self, *, short: bool) -> list[Line]:
        """Most important first."""
        scene, engine = self._scene, self._scene.views.engine
        if scene.link.state is LinkState.CONNECTING:
            return [(("attaching to the engine…", "dim"),)]
        parts: list[Line] = [((clean(engine.project), "plain"),)] if engine.project else []
        if scene.paused:
            parts.append((("PAUSED", "warn bold"), (" p goes on", "dim")))
        parts.append(_totals(scene.views, short=short))
        slowest = scene.function_view
        if slowest is not None and slowest.metrics.p95_ms is not None:
            parts.append((("p95 ", "dim"), (figures.duration(slowest.metrics.p95_ms), "plain")))
        if engine.backend:
            parts.append(((f"{clean(engine.backend)}", "dim"),))
        if engine.started_s:
            parts.append((("up ", "faint"), (figures.uptime(self._wall() - engine.started_s), "dim")))
        if engine.speed != 1.0:
            parts.append(((f"clock ×{engine.speed:g}", "warn"),))
        return parts

    def _right(self) -> Line:
        scene = self._scene
        if scene.link.state is LinkState.LOST:
            return (("✖ engine lost ", "bad bold"),)
        if scene.link.state is LinkState.CONNECTING:
            return ()
        if not scene.views.engine.reloading:
            return (("reload off ", "dim"),)
        last = last_reload(scene.views)
        if last is None or (self._wall() - last.changed_s > RECENT_S and not last.broken):
            return (("⟳ watching ", "dim"),)
        files = clean(last.files[0].rsplit("/", 1)[-1]) if last.files else "code"
        if last.broken:
            return ((f"✖ {files} is broken ", "bad bold"),)
        if last.save_to_ready_ms is None:
            return ((f"⟳ {files} saved ", "accent"),)
        return ((f"⟳ {files} → ready in {figures.duration(last.save_to_ready_ms)} ", "accent"),)


class Notice(LineView):
    """One line of trouble that stays until it is over: no engine, broken code, no isolation, unreadable project."""

    can_focus = False

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="notice")
        self._wall = wall
        self._line: Line = ()
        self._end: Line = ()

    def show(self, scene: Scene) -> None:
        """Also called as time passes: some news grow old."""
        shown = notice(scene, self._wall())
        if shown == (self._line, self._end):
            return
        self._line, self._end = shown
        self.display = bool(self._line)
        self.set_extent(1)
        self.refresh()

    def on_mount(self) -> None:
        super().on_mount()
        self.display = bool(self._line)

    def row(self, index: int, room: int) -> Line:
        return spread(cut(self._line, room - width(self._end) - 1), self._end, room)


def notice(scene: Scene, now_s: float) -> tuple[Line, Line]:
    """The most important trouble there is, and how to see the rest of it."""
    link = scene.link
    if link.state is LinkState.LOST:
        return ((" ✖ ", "bad bold"), (clean(link.message), "bad bold"), (f"  {clean(link.hint)}", "dim")), ()
    if link.message and now_s - link.since_s < NEWS_S:
        return ((" ● ", "accent bold"), (clean(link.message), "accent")), ()
    found = troubles(scene)
    loud = next((one for one in found if one.error or one.function not in scene.views.functions), None)
    if loud is None:
        return (), ()
    name: Line = ((f"{clean(loud.function)}: ", f"{loud.tone} bold"),) if loud.function else ()
    glyph, *text = loud.line
    more = f"+{len(found) - 1} more  " if len(found) > 1 else ""
    key = "all" if more else "read"
    return ((" ", "plain"), glyph, *name, *text), ((more, "dim"), ("!", "accent bold"), (f" {key} ", "dim"))


def last_reload(views: Views) -> ReloadView | None:
    reloads = [view.reload for view in views.functions.values() if view.reload is not None]
    return max(reloads, key=lambda reload: reload.changed_s, default=None)


def _totals(views: Views, *, short: bool) -> Line:
    metrics = [view.metrics for view in views.functions.values()]
    invokes = sum(one.invocations for one in metrics)
    errors = sum(one.errors for one in metrics)
    throttles = sum(one.throttles for one in metrics)
    words = ("inv", "err", "thr") if short else ("invokes", "errors", "throttled")
    spans: list[Span] = [(_count(invokes, words[0]), "dim")]
    if errors:
        spans.append((", " + _count(errors, words[1]), "bad"))
    if throttles:
        spans.append((f", {throttles} {words[2]}", "warn"))
    return tuple(spans)


def _count(number: int, word: str) -> str:
    return f"{number} {word.removesuffix('s') if number == 1 else word}"
