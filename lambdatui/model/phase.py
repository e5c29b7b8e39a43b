"""What an execution environment is doing, as people see it and as the machine decides it."""

from enum import StrEnum

from lambdatui.model import limits


class Phase(StrEnum):
    """The phase of an environment; exactly one at a time."""

    PROVISIONING = "provisioning"
    """The place is being made; no process of the user runs yet."""
    INIT = "init"
    READY = "ready"
    """Initialised and waiting for an invoke; frozen where the backend can freeze."""
    INVOKE = "invoke"
    RESETTING = "resetting"
    """A failed init or invoke: the processes are being killed, /tmp stays."""
    RESET = "reset"
    """No process is left; the next invoke runs init again, inside its own time."""
    SHUTDOWN = "shutdown"
    DEAD = "dead"


class InitPhase(StrEnum):
    """`phase` of the platform.init* records."""

    INIT = "init"
    INVOKE = "invoke"
    SNAP_START = "snap-start"


class Status(StrEnum):
    """`status` of the platform.* records."""

    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    TIMEOUT = "timeout"


class InitializationType(StrEnum):
    """Why an environment was made: for an invoke, ahead of all, or to be restored."""

    ON_DEMAND = "on-demand"
    PROVISIONED_CONCURRENCY = "provisioned-concurrency"
    SNAP_START = "snap-start"

    def init_timeout_s(self, function_timeout_s: float) -> float:
        """How long its init may take; longer where nobody's invoke waits for it."""
        if self is InitializationType.ON_DEMAND:
            return limits.INIT_TIMEOUT_S
        return min(max(limits.MIN_AHEAD_INIT_TIMEOUT_S, function_timeout_s), limits.MAX_AHEAD_INIT_TIMEOUT_S)


class ProvisionedStatus(StrEnum):
    """As GetProvisionedConcurrencyConfig has it."""

    IN_PROGRESS = "IN_PROGRESS"
    READY = "READY"
    FAILED = "FAILED"


class FunctionState(StrEnum):
    """As GetFunction has it. An inactive function can be invoked: its next cold start makes it active again."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
