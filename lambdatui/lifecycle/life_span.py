"""How long an environment lives that nothing else ends, idle or old. Times are seconds of the service clock."""

from dataclasses import dataclass

DEFAULT_IDLE_TIMEOUT_S = 10 * 60.0
"""Lambda documents no time; it has been seen to keep idle environments for 5 to 45 minutes."""
DEFAULT_MAX_LIFETIME_S = 2 * 60 * 60.0
"""Lambda ends environments "every few hours", used or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeSpan:
    """None is for ever."""

    idle_timeout_s: float | None = DEFAULT_IDLE_TIMEOUT_S
    max_lifetime_s: float | None = DEFAULT_MAX_LIFETIME_S

    def is_over(self, ready_since_s: float, now_s: float) -> bool:
        """Whether it is too old for another invoke."""
        return self.max_lifetime_s is not None and now_s - ready_since_s >= self.max_lifetime_s

    def ends_s(self, ready_since_s: float, idle_since_s: float) -> float:
        """When one that stays idle ends; infinity for never."""
        idle = float("inf") if self.idle_timeout_s is None else idle_since_s + self.idle_timeout_s
        old = float("inf") if self.max_lifetime_s is None else ready_since_s + self.max_lifetime_s
        return min(idle, old)

    def why_over(self, ready_since_s: float, now_s: float) -> str:
        """For people: which of the two it was."""
        if self.is_over(ready_since_s, now_s):
            return f"lived for {self.max_lifetime_s:g} s"
        return f"idle for {self.idle_timeout_s:g} s"
