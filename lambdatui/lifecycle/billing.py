"""The arithmetic behind a REPORT line."""

import math


def elapsed_ms(start_at: float, end_at: float) -> float:
    """Milliseconds between two monotonic readings, to the microsecond; never negative."""
    return max(0.0, round((end_at - start_at) * 1000, 3))


def billed_duration_ms(duration_ms: float, init_duration_ms: float | None) -> int:
    """Whole milliseconds Lambda charges: duration plus, on a cold start, init (all packagings since 2025-08-01).

    A restore is billed in whole milliseconds of its own: those take the place of the init.
    """
    return max(1, math.ceil(round(duration_ms + (init_duration_ms or 0.0), 3)))
