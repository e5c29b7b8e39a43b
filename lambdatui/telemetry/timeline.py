"""The time line of one environment: stretches of phases, with frozen as what people must see although it is no phase.

An environment that is cut off while it works ends in ``killed`` instead of ``shutdown``. The line stays short however
busy the environment is: what is long past is told in pieces of a second. In a piece a failure wins, then work, then
waiting, among equals what took longest; so neither a failure nor a short invoke is lost in it. Where a second would
still be too fine for so busy a past, the pieces are longer.
"""

from collections.abc import Iterable, Mapping

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.views import PhaseSegment, Span

KEPT_S = 900.0
"""Stretches that ended longer ago than this are forgotten."""
KEPT_SEGMENTS = 400
"""With more than this, the older half is told coarsely."""
COARSE_S = 1.0
"""How long a piece of what is told coarsely is at least."""
COARSE_PIECES = 80
"""Of twice as many at most the older half consists afterwards, hence it shrinks."""
SLIVER_S = 0.001
"""Idle for less than this on the way into the freezer or out of it is not shown."""

# Looked up once: to look up a member of an enum takes Python 3.11 longer than to call a function.
_DEAD, _SHUTDOWN = Phase.DEAD, Phase.SHUTDOWN
_IDLE, _FROZEN, _KILLED = Span.IDLE, Span.FROZEN, Span.KILLED

_SPANS: Mapping[Phase, Span] = {
    Phase.PROVISIONING: Span.PROVISION,
    Phase.INIT: Span.INIT,
    Phase.READY: Span.IDLE,
    Phase.INVOKE: Span.INVOKE,
    Phase.RESETTING: Span.RESET,
    Phase.RESET: Span.RESET,
    Phase.SHUTDOWN: Span.SHUTDOWN,
}
_WORKING = (Phase.PROVISIONING, Phase.INIT, Phase.INVOKE)
_RANK: Mapping[Span, int] = {Span.KILLED: 3, Span.RESET: 2, Span.IDLE: 0, Span.FROZEN: 0}
"""Everything else is work, 1."""


class TimeLine:
    """The time line of one environment, while events are folded into it.

    The stretch that lasts becomes a PhaseSegment when it is closed or shown; idle slivers, half of them all, never do.
    """

    def __init__(self, segments: Iterable[PhaseSegment] = ()) -> None:
        self._closed = list(segments)
        self._span: Span | None = None
        """Of the stretch that lasts; None where none does."""
        self._start_s = 0.0
        self._request_id: RequestId | None = None
        if self._closed and self._closed[-1].end_s is None:
            last = self._closed.pop()
            self._span, self._start_s, self._request_id = last.span, last.start_s, last.request_id

    def segments(self) -> tuple[PhaseSegment, ...]:
        if self._span is None:
            return tuple(self._closed)
        return (*self._closed, PhaseSegment(span=self._span, start_s=self._start_s, request_id=self._request_id))

    def enter_phase(self, before: Phase | None, phase: Phase, time_s: float, request_id: RequestId | None) -> None:
        """The environment moved from ``before`` (None: it is new) to ``phase``."""
        if phase is _DEAD:
            if before is not _SHUTDOWN and before is not None:
                self.enter(_KILLED, time_s, request_id)
            self._close(time_s)
            self._span = None
        elif phase is _SHUTDOWN and before in _WORKING:
            self.enter(_KILLED, time_s, request_id)
        else:
            self.enter(_SPANS[phase], time_s, request_id)

    def freeze(self, time_s: float) -> None:
        self.enter(_FROZEN, time_s, None)

    def thaw(self, phase: Phase, time_s: float, request_id: RequestId | None = None) -> None:
        """What the environment does now is its phase again, unless it moved on already."""
        if self._span is _FROZEN and phase in _SPANS:
            self.enter(_SPANS[phase], time_s, request_id)

    def enter(self, span: Span, time_s: float, request_id: RequestId | None) -> None:
        """Close the stretch that lasts and begin the next one."""
        last = self._span
        if last is span and self._request_id == request_id:
            return
        if last is not _IDLE or time_s - self._start_s >= SLIVER_S:
            self._close(time_s)
            self._start_s = time_s
        self._span, self._request_id = span, request_id
        closed = self._closed
        if closed and (len(closed) >= KEPT_SEGMENTS or (closed[0].end_s or time_s) < time_s - KEPT_S):
            self._forget(time_s)

    def _close(self, time_s: float) -> None:
        if self._span is not None:
            start_s = self._start_s
            end_s = time_s if time_s > start_s else start_s
            self._closed.append(
                PhaseSegment(span=self._span, start_s=start_s, end_s=end_s, request_id=self._request_id)
            )

    def _forget(self, now_s: float) -> None:
        closed, horizon_s = self._closed, now_s - KEPT_S
        past = 0
        while past < len(closed) and (closed[past].end_s or now_s) < horizon_s:
            past += 1
        del closed[:past]
        if len(closed) >= KEPT_SEGMENTS:
            half = (len(closed) + 1) // 2
            closed[:half] = _coarse(closed[:half])


def _coarse(segments: list[PhaseSegment]) -> list[PhaseSegment]:
    """Neighbours within a piece of each other as one stretch each. All are closed; ``or`` is for the type checker."""
    first, last = segments[0], segments[-1]
    piece_s = max(COARSE_S, ((last.end_s or last.start_s) - first.start_s) / COARSE_PIECES)
    coarse: list[PhaseSegment] = []
    piece: list[PhaseSegment] = []
    for segment in segments:
        if piece and (segment.end_s or segment.start_s) - piece[0].start_s > piece_s:
            coarse.append(_merged(piece))
            piece = []
        piece.append(segment)
    return [*coarse, _merged(piece)]


def _merged(piece: list[PhaseSegment]) -> PhaseSegment:
    if len(piece) == 1:
        return piece[0]
    shares: dict[Span, float] = {}
    for segment in piece:
        span, start_s = segment.span, segment.start_s
        shares[span] = shares.get(span, 0.0) + (segment.end_s or start_s) - start_s
    span = max(shares, key=lambda each: (_RANK.get(each, 1), shares[each]))
    return PhaseSegment(span=span, start_s=piece[0].start_s, end_s=piece[-1].end_s)
