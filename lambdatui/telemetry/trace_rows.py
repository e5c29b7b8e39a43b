"""One bar of a trace's waterfall."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lambdatui.model.error_cause import ErrorCause


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """``depth`` is how far it is indented. Rows of the platform have no ``segment_id``.

    ``status`` is ``fault``, ``error``, ``throttle`` or empty; ``detail`` what was called, such as ``GET https://…``.
    ``end_s`` is None while it lasts, or when its end was never told. Times are seconds since the epoch. ``cause`` is
    why the invocation failed, as its runtime told X-Ray.
    """

    name: str
    depth: int
    start_s: float
    end_s: float | None
    status: str = ""
    detail: str = ""
    segment_id: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    cause: ErrorCause | None = None

    @property
    def duration_ms(self) -> float | None:
        return None if self.end_s is None else (self.end_s - self.start_s) * 1000
