"""The timers an environment may arm. A fired timer counts only with the arm_id it was armed with."""

from enum import StrEnum


class Timer(StrEnum):
    INIT = "init"
    RESTORE = "restore"
    INVOKE = "invoke"
    RUNTIME_END = "runtime end"
    """The runtime had its share of an orderly end."""
    END = "end"
    """The whole budget of an orderly end."""
