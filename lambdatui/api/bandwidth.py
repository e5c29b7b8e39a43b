"""How fast a streamed response may leave: the first 6 MB as fast as they come, then 2 MB a second. Pure, no clock."""

BURST_BYTES = 6 * 1024 * 1024
BYTES_PER_S = 2 * 1024 * 1024


class TokenBucket:
    """Full at first. What leaves takes from it at once, so that a large piece is paid for by a wait before the next."""

    def __init__(self, at: float, *, burst_bytes: int = BURST_BYTES, bytes_per_s: int = BYTES_PER_S) -> None:
        self._burst_bytes = burst_bytes
        self._bytes_per_s = bytes_per_s
        self._left_bytes = float(burst_bytes)
        self._at = at

    def take(self, size_bytes: int, at: float) -> float:
        """Seconds to wait before these bytes may leave; 0 for now. ``at`` (monotonic seconds) never goes back."""
        self._left_bytes = min(self._burst_bytes, self._left_bytes + (at - self._at) * self._bytes_per_s) - size_bytes
        self._at = at
        return max(0.0, -self._left_bytes / self._bytes_per_s)
