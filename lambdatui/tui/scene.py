"""One picture of everything on the screen: the views, the link to the engine, and what is selected. Pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from lambdatui.model.function import Problem
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.views import EnvironmentView, FunctionView, QueuedEventView, ReportView, Views
from lambdatui.tui.time_window import Moment, TimeWindow

_GONE = frozenset({Phase.DEAD, Phase.SHUTDOWN})


class LinkState(StrEnum):
    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The line to the engine. ``message`` and ``hint`` say why there is none and what to do, or what is new about it.

    ``since_s`` is the time of the message.
    """

    state: LinkState = LinkState.CONNECTING
    message: str = ""
    hint: str = ""
    since_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What every pane draws from. ``function`` and ``environment`` are the selected ones, None when there are none."""

    views: Views = field(default_factory=Views)
    link: Link = field(default_factory=Link)
    problems: tuple[Problem, ...] = ()
    """What the engine knows of the project's problems beyond their sentences."""
    function: FunctionName | None = None
    environment: EnvironmentId | None = None
    all_functions: bool = False
    paused: bool = False
    window: TimeWindow = field(default_factory=TimeWindow)

    @property
    def moment(self) -> Moment | None:
        """The moment that was picked: panes that can look back show it, None for now."""
        return self.window.moment

    @property
    def loading(self) -> bool:
        """No picture of an engine has arrived yet."""
        return self.link.state is not LinkState.LIVE and self.views.seq == 0 and not self.views.functions

    @property
    def loading_text(self) -> str:
        """What a pane says while ``loading``; the notice above says why there is no engine."""
        return "no engine yet" if self.link.state is LinkState.LOST else "attaching…"

    def looks_like(self, other: "Scene") -> bool:
        """Whether only the log can differ. Cheap: the reducer shares every view that no event touched."""
        return replace(self, views=replace(self.views, seq=other.views.seq)) == other

    @property
    def function_view(self) -> FunctionView | None:
        return self.views.functions.get(self.function) if self.function else None

    @property
    def environment_view(self) -> EnvironmentView | None:
        return self.views.environments.get(self.environment) if self.environment else None

    @property
    def scope(self) -> str:
        """What the panes on the right are about, for their titles."""
        return "all functions" if self.all_functions or self.function is None else self.function

    def shows(self, function: FunctionName | None) -> bool:
        return self.all_functions or self.function is None or function == self.function

    def functions(self) -> tuple[FunctionView, ...]:
        """The shown functions: all of them, or the selected one."""
        return tuple(view for view in self.views.functions.values() if self.shows(view.name))

    def environments(self, now_s: float) -> tuple[EnvironmentView, ...]:
        """The shown environments, oldest first; the dead stay for as long as their end is on the time axis."""
        start_s = self.window.start_s(now_s)
        return tuple(
            view
            for view in self.views.environments.values()
            if self.shows(view.function) and (view.phase is not Phase.DEAD or view.since_s > start_s)
        )

    def reports(self) -> tuple[ReportView, ...]:
        """The shown reports, newest first."""
        return tuple(report for report in reversed(self.views.reports) if self.shows(report.function))

    def queue(self) -> tuple[QueuedEventView, ...]:
        return tuple(event for event in self.views.queue.values() if self.shows(event.function))

    def failed_requests(self) -> frozenset[RequestId]:
        return frozenset(report.request_id for report in self.views.reports if report.status is not Status.SUCCESS)


def alive(view: EnvironmentView) -> bool:
    return view.phase not in _GONE


def pick_function(views: Views, wanted: FunctionName | None) -> FunctionName | None:
    """``wanted`` while it exists, else the first function."""
    if wanted in views.functions:
        return wanted
    return next(iter(views.functions), None)


def pick_environment(scene: Scene, wanted: EnvironmentId | None) -> EnvironmentId | None:
    """``wanted`` while it is shown and exists, else the living environment of the selection that moved last."""
    held = scene.views.environments.get(wanted) if wanted else None
    if held is not None and scene.shows(held.function):
        return held.id
    shown = [view for view in scene.views.environments.values() if scene.shows(view.function)]
    living = [view for view in shown if alive(view)]
    return max(living or shown, key=lambda view: view.since_s).id if shown else None
