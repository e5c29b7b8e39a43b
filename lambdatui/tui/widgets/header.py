"""The first line: whose engine this is, how it does, what was reloaded last. Under it, what is wrong, if anything."""

from collections.abc import Callable

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.views import EngineView, FunctionView, ReloadView, Views
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.scene import LinkState, Scene
from lambdatui.tui.spans import Line, Span, spread, width
from lambdatui.tui.widgets.line_view import LineView

_ISOLATION = (Capability.OWN_TMP, Capability.READ_ONLY_CODE, Capability.OWN_PROCESSES, Capability.KILL_TREE)
RECENT_S = 30.0


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

    def __init__(self) -> None:
        super().__init__(id="notice")
        self._line: Line = ()

    def show(self, scene: Scene) -> None:
        self._line = notice(scene)
        self.display = bool(self._line)
        self.set_extent(1)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        return self._line


def notice(scene: Scene) -> Line:
    """The most important trouble there is."""
    if scene.link.state is LinkState.LOST:
        return ((f" ✖ {clean(scene.link.message)}", "bad bold"), (f"  {clean(scene.link.hint)}", "dim"))
    view = scene.function_view
    broken = [view] if view is not None and view.reload is not None and view.reload.broken else _broken(scene.views)
    if broken and broken[0].reload is not None and broken[0].reload.broken:
        text = " ".join(clean_rows(broken[0].reload.broken))
        return ((f" ✖ {clean(broken[0].name)}: ", "bad bold"), (text, "bad"), ("  the last good code stays", "dim"))
    engine = scene.views.engine
    if engine.problems:
        more = f"  (+{len(engine.problems) - 1} more)" if len(engine.problems) > 1 else ""
        return ((" ⚠ ", "warn bold"), (" ".join(clean_rows(engine.problems[0])), "warn"), (more, "dim"))
    missing = not_isolated(engine)
    if missing:
        names = ", ".join(report.capability.value for report in missing)
        return ((" ⚠ not isolated: ", "warn bold"), (names, "warn"), (f"  {clean(missing[0].how)}", "dim"))
    return ()


def not_isolated(engine: EngineView) -> tuple[CapabilityReport, ...]:
    """What keeps environments apart on other machines, and does not on this one."""
    return tuple(report for report in engine.capabilities
                 if report.capability in _ISOLATION and report.enforcement is Enforcement.MISSING)  # fmt: skip


def last_reload(views: Views) -> ReloadView | None:
    reloads = [view.reload for view in views.functions.values() if view.reload is not None]
    return max(reloads, key=lambda reload: reload.changed_s, default=None)


def _broken(views: Views) -> list[FunctionView]:
    return [view for view in views.functions.values() if view.reload is not None and view.reload.broken]


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
