"""Numbers and their comparison. Absolute times vary with the machine; only ratios of one run are results."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row. ``ours`` and ``theirs`` in the same ``unit``; ``limit`` is the greatest ratio that meets the target.

    With ``at_least`` the ratio must be no smaller than the limit. ``theirs`` None: ``ours`` itself is compared.
    """

    row: str
    what: str
    against: str
    unit: str
    ours: float
    theirs: float | None
    limit: float
    goal: float
    at_least: bool = False

    @property
    def value(self) -> float:
        return self.ours if self.theirs is None else self.ours / self.theirs

    @property
    def meets(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        theirs = "" if self.theirs is None else f" against {self.theirs:.3f}"
        sign = "≥" if self.at_least else "≤"
        times = "" if self.theirs is None else " ×"
        verdict = "ok  " if self.meets else "MISS"
        return (
            f"{verdict} {self.row:>3}  {self.what}: {self.value:.2f}{times} "
            f"(target {sign} {self.limit:g}, goal {sign} {self.goal:g}; "
            f"{self.ours:.3f}{theirs} {self.unit}, {self.against})"
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed_ms(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def interleaved(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[list[float], list[float]]:
    """Both in turn, so that what else the machine does falls on both."""
    mine: list[float] = []
    other: list[float] = []
    for _ in range(rounds):
        mine.append(ours())
        other.append(theirs())
    return mine, other


median = statistics.median
