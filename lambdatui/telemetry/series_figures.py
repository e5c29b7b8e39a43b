"""What a series has come to so far: outcomes counted, waits summed up. Pure; the clock is whoever tells of a shot."""

from collections import Counter
from collections.abc import Mapping

from lambdatui.model.series import SeriesPlan, Shot
from lambdatui.model.value import value
from lambdatui.telemetry.distribution import Distribution

LATE_S = 0.05
"""An invocation that began so much after its time by the rate was held up."""


@value
class SeriesFigures:
    """``outcomes`` by how often, the good one first; ``refused`` of them never ran. ``late`` began after their time,
    because as many were running as may.
    """

    plan: SeriesPlan
    done: int
    running: int
    elapsed_s: float
    outcomes: Mapping[str, int]
    failed: int
    refused: int
    late: int
    waited: Distribution

    @property
    def per_s(self) -> float | None:
        """How many answers came per second."""
        return self.done / self.elapsed_s if self.elapsed_s > 0 and self.done else None


class SeriesTally:
    """Counts. ``at_s`` is any clock that only goes on."""

    def __init__(self, plan: SeriesPlan, at_s: float) -> None:
        self._plan = plan
        self._began_s = at_s
        self._ended_s: float | None = None
        self._begun = 0
        self._good: Counter[str] = Counter()
        self._bad: Counter[str] = Counter()
        self._refused = 0
        self._late = 0
        self._waits_ms: list[float] = []

    def began(self, at_s: float) -> None:
        if self._plan.rate_per_s is not None:
            due_s = self._began_s + self._begun / self._plan.rate_per_s
            self._late += at_s - due_s > LATE_S
        self._begun += 1

    def came(self, shot: Shot) -> None:
        (self._good if shot.good else self._bad)[shot.outcome] += 1
        if shot.waited_ms is None:
            self._refused += 1
        else:
            self._waits_ms.append(shot.waited_ms)

    def ended(self, at_s: float) -> None:
        self._ended_s = at_s

    def figures(self, at_s: float) -> SeriesFigures:
        done = self._good.total() + self._bad.total()
        return SeriesFigures(
            plan=self._plan,
            done=done,
            running=self._begun - done,
            elapsed_s=(at_s if self._ended_s is None else self._ended_s) - self._began_s,
            outcomes=dict([*self._good.most_common(), *self._bad.most_common()]),
            failed=self._bad.total(),
            refused=self._refused,
            late=self._late,
            waited=Distribution.of(self._waits_ms),
        )
