"""The two rows above the sections of one environment: who it is and what it does, and its last minute."""

from collections.abc import Callable

from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.ids import RequestId
from lambdatui.model.views import EnvironmentView
from lambdatui.tui import figures, timeline
from lambdatui.tui.calls import Refusal
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, Span, cut, width
from lambdatui.tui.widgets.line_view import LineView

_TONES = {"init": "init", "invoke": "invoke", "resetting": "reset", "reset": "reset", "shutdown": "shutdown"}


class EnvironmentHead(LineView):
    can_focus = False

    def __init__(self, wall: Callable[[], float]) -> None:
        super().__init__(id="environment-head")
        self._wall = wall
        self._view: EnvironmentView | None = None
        self._detail: EnvironmentDetail | None = None
        self._refusal: Refusal | None = None
        self._failed: frozenset[RequestId] = frozenset()

    def show(
        self,
        view: EnvironmentView | None,
        detail: EnvironmentDetail | None,
        refusal: Refusal | None,
        failed: frozenset[RequestId],
    ) -> None:
        """``refusal`` is why nothing newer is known; ``failed`` requests are drawn as errors."""
        self._view, self._detail, self._refusal, self._failed = view, detail, refusal, failed
        self.set_extent(2)
        self.refresh()

    def row(self, index: int, room: int) -> Line:
        if index == 0:
            return cut(self._said(room), room)
        if self._view is None:
            return ()
        return timeline.row(self._view.segments, self._wall(), room, self._failed)

    def _said(self, room: int) -> Line:
        if self._refusal is not None:
            return ((" ✖ ", "bad"), (clean(self._refusal.message), "bad"), (f"  {clean(self._refusal.hint)}", "dim"))
        if self._detail is None:
            return ((" asking the engine…", "dim"),)
        found, spans = self._detail.machine, list[Span]()
        spans += [(f" {found.phase.upper()}", f"{_TONES.get(found.phase, 'plain')} bold")]
        if found.frozen_s is not None:
            spans.append((f" frozen {figures.age(found.frozen_s)}", "frozen"))
        if found.invoke_s is not None:
            spans.append((f" {figures.short_id(found.request_id)} {figures.duration(found.invoke_s * 1000)}", "invoke"))
        stage: Span = (f"   {clean(found.stage)}", "plain")
        choices = ((*spans, *(((f"   {fact}", "dim")) for fact in facts), stage) for facts in self._facts(self._detail))
        return next((line for line in choices if width(line) <= room), (*spans, stage))

    def _facts(self, detail: EnvironmentDetail) -> tuple[tuple[str, ...], ...]:
        """All of them, then fewer and fewer: what the machine does has to be read wholly in a small terminal, too."""
        used = "–" if detail.memory_used_mb is None else str(detail.memory_used_mb)
        count = 0 if self._view is None else self._view.invokes
        invokes, memory = f"{count} invoke{'' if count == 1 else 's'}", f"{used}/{detail.memory_mb} MB"
        return (f"generation {detail.machine.generation}", invokes, memory), (invokes, memory), (invokes,)
