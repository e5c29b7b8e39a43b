"""Seconds since the epoch to ISO-8601 in UTC and back."""

from datetime import UTC, datetime
from functools import lru_cache


def iso_micros(time_s: float) -> str:
    """``2026-11-21T00:06:35.923000Z``; exact for times in whole microseconds, as the bus stamps them."""
    seconds, micros = divmod(round(time_s * 1e6), 1_000_000)
    return f"{_iso_seconds(seconds)}.{micros:06d}Z"


def iso_millis(time_s: float) -> str:
    """``2026-11-21T00:06:35.923Z``, as AWS writes it; cut, not rounded."""
    seconds, micros = divmod(round(time_s * 1e6), 1_000_000)
    return f"{_iso_seconds(seconds)}.{micros // 1000:03d}Z"


def parse_iso(text: str) -> float:
    """The inverse of ``iso_micros``. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    # not timestamp(): its seconds plus microseconds / 1e6 is off by a last digit
    whole = moment.replace(microsecond=0)
    return (int(whole.timestamp()) * 1_000_000 + moment.microsecond) / 1e6


@lru_cache(maxsize=64)
def _iso_seconds(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
