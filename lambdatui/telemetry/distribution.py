"""A handful of measured durations, and the figures that people ask of them. Every figure was really measured."""

from collections.abc import Iterable

from lambdatui.model.value import value
from lambdatui.telemetry.percentiles import percentile


@value
class Distribution:
    """``values`` ascend, in milliseconds; the figures are None where there are none."""

    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, values: Iterable[float]) -> "Distribution":
        return cls(values=tuple(sorted(values)))

    @property
    def p50(self) -> float | None:
        return percentile(self.values, 50)

    @property
    def p95(self) -> float | None:
        return percentile(self.values, 95)

    @property
    def least(self) -> float | None:
        return self.values[0] if self.values else None

    @property
    def most(self) -> float | None:
        return self.values[-1] if self.values else None
