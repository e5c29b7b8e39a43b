"""The time line of one environment: stretches of phases, with frozen as what people must see although it is no phase.

An environment that is cut off while it works ends in ``killed`` instead of ``shutdown``. The line stays short however
busy the environment is: what is long past is told in pieces of a second. In a piece a failure wins, then work, then
waiting, among equals what took longest; so neither a failure nor a short invoke is lost in it. Where a second would
still be too fine for so busy a past, the pieces are longer.
"""

from collections.abc import Mapping
from itertools import pairwise

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


def enter_phase(
    segments: list[PhaseSegment], before: Phase | None, phase: Phase, time_s: float, request_id: RequestId | None
) -> None:
    """The environment moved from ``before`` (None: it is new) to ``phase``."""
    if phase is Phase.DEAD:
        if before is not Phase.SHUTDOWN and before is not None:
            enter_span(segments, Span.KILLED, time_s, request_id)
        _close_last(segments, time_s)
    elif phase is Phase.SHUTDOWN and before in _WORKING:
        enter_span(segments, Span.KILLED, time_s, request_id)
    else:
        enter_span(segments, _SPANS[phase], time_s, request_id)


def freeze(segments: list[PhaseSegment], time_s: float) -> None:
    enter_span(segments, Span.FROZEN, time_s, None)


def thaw(segments: list[PhaseSegment], phase: Phase, time_s: float, request_id: RequestId | None = None) -> None:
    """What the environment does now is its phase again, unless it moved on already."""
    if segments and segments[-1].span is Span.FROZEN and segments[-1].end_s is None and phase in _SPANS:
        enter_span(segments, _SPANS[phase], time_s, request_id)


def enter_span(segments: list[PhaseSegment], span: Span, time_s: float, request_id: RequestId | None) -> None:
    """Close the stretch that lasts and open the next one."""
    start_s = time_s
    last = segments[-1] if segments else None
    if last is not None and last.end_s is None:
        if last.span is span and last.request_id == request_id:
            return
        if last.span is Span.IDLE and time_s - last.start_s < SLIVER_S:
            start_s = last.start_s
            segments.pop()
        else:
            segments[-1] = _closed(last, time_s)
    segments.append(PhaseSegment(span=span, start_s=start_s, request_id=request_id))
    if len(segments) > KEPT_SEGMENTS or (segments[0].end_s or time_s) < time_s - KEPT_S:
        _forget(segments, time_s)


def _close_last(segments: list[PhaseSegment], time_s: float) -> None:
    last = segments[-1] if segments else None
    if last is not None and last.end_s is None:
        segments[-1] = _closed(last, time_s)


def _closed(last: PhaseSegment, time_s: float) -> PhaseSegment:
    start_s = last.start_s
    end_s = time_s if time_s > start_s else start_s
    return PhaseSegment(span=last.span, start_s=start_s, end_s=end_s, request_id=last.request_id)


def _forget(segments: list[PhaseSegment], now_s: float) -> None:
    horizon_s = now_s - KEPT_S
    past = 0
    while (end_s := segments[past].end_s) is not None and end_s < horizon_s:
        past += 1
    del segments[:past]
    if len(segments) > KEPT_SEGMENTS:
        half = len(segments) // 2
        segments[:half] = _coarse(segments[:half])


def _coarse(segments: list[PhaseSegment]) -> list[PhaseSegment]:
    """Neighbours within a piece of each other as one stretch each."""
    piece_s = max(COARSE_S, (_end(segments[-1]) - segments[0].start_s) / COARSE_PIECES)
    cuts = [0]
    for index, segment in enumerate(segments):
        if _end(segment) - segments[cuts[-1]].start_s > piece_s and index > cuts[-1]:
            cuts.append(index)
    return [_merged(segments[start:end]) for start, end in pairwise([*cuts, len(segments)])]


def _merged(group: list[PhaseSegment]) -> PhaseSegment:
    if len(group) == 1:
        return group[0]
    shares: dict[Span, float] = {}
    for segment in group:
        shares[segment.span] = shares.get(segment.span, 0.0) + _end(segment) - segment.start_s
    span = max(shares, key=lambda each: (_RANK.get(each, 1), shares[each]))
    return PhaseSegment(span=span, start_s=group[0].start_s, end_s=group[-1].end_s)


def _end(segment: PhaseSegment) -> float:
    return segment.start_s if segment.end_s is None else segment.end_s
