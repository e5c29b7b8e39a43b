"""Percentiles of a small sample, by nearest rank: always a value that was really measured."""

from collections.abc import Sequence
from math import ceil


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """``ordered`` ascends; None for an empty sample."""
    if not ordered:
        return None
    return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)]
