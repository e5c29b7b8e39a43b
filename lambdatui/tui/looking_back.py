"""How the history is searched for what was picked on the time line. Pure."""

from dataclasses import dataclass
from datetime import datetime

from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.tui.scene import Scene

_AFTER_S = 0.001
"""Searches are written with whole milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSearch:
    """``text`` finds what ``environment`` had been given by ``time_s``; ``request_id`` is what it did just then."""

    text: str
    environment: EnvironmentId
    time_s: float
    request_id: RequestId | None = None


def usual_search(scene: Scene) -> str:
    return "" if scene.function is None else f"fn:{scene.function}"


def search(scene: Scene) -> PastSearch | None:
    """None while it is now. Environments are numbered anew by every engine: older ones are left out."""
    moment = scene.moment
    if moment is None or scene.environment is None:
        return None
    stretch = moment.stretch
    until_s = moment.time_s if stretch is None else max(moment.time_s, stretch.start_s)
    since = f"since:{_time(scene.views.engine.started_s)} " if scene.views.engine.started_s else ""
    return PastSearch(
        text=f"env:{scene.environment} {since}until:{_time(until_s + _AFTER_S)}",
        environment=scene.environment,
        time_s=moment.time_s,
        request_id=None if stretch is None else stretch.request_id,
    )


def _time(time_s: float) -> str:
    return datetime.fromtimestamp(time_s).astimezone().isoformat(timespec="milliseconds")
