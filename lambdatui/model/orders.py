"""What people may order one environment to do, whatever placement has decided."""

from enum import StrEnum


class Order(StrEnum):
    """By its name in the control API and on the command line."""

    KILL = "kill"
    """SIGKILL to the runtime: what a crash looks like. The environment is reset, as Lambda does after one."""
    FREEZE = "freeze"
    """Stop every process, in the middle of whatever it does; timeouts go on."""
    THAW = "thaw"
    RESET = "reset"
    """End every process, keep the place and /tmp; the next invoke runs init again."""
    RETIRE = "retire"
    """An orderly end, as soon as no invoke runs: extensions hear of it."""
    DESTROY = "destroy"
    """SIGKILL to everything, now, and /tmp goes with it."""


EXPLAINED = {
    Order.KILL: "SIGKILL to the runtime: what a crash looks like",
    Order.FREEZE: "stop every process where it is; timeouts go on",
    Order.THAW: "let every process run again",
    Order.RESET: "end every process; the next invoke runs init again",
    Order.RETIRE: "an orderly end, as soon as no invoke runs",
    Order.DESTROY: "end everything at once; /tmp goes with it",
}
"""For people, in half a sentence each."""
