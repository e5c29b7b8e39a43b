"""The timers an environment may arm. A fired timer counts only with the arm_id it was armed with."""

from enum import StrEnum


class Timer(StrEnum):
    INIT = "init"
    INVOKE = "invoke"
