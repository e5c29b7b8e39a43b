"""What people order an environment to do: in which phase each order makes sense, and the words where it does not.

The whole answer is REFUSED and the few conditions below it. Whoever takes an order asks ``refusal`` first: one that is
refused and reaches the machine all the same is a bug of ours. No order changes the clock: what is frozen in the middle
of an invoke still times out.
"""

from collections.abc import Mapping

from lambdatui.lifecycle.extension_commands import KillRuntime
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase

_O, _P = Order, Phase
_NOTHING_RUNS = "nothing runs yet: its place is being made"
_BEING_KILLED = "its processes are being ended already"
_NO_PROCESS = "no process runs: the next invoke starts one"
_ENDING = "it is ending already"
_DEAD = "it has ended"

_ENDED = {_P.SHUTDOWN: _ENDING, _P.DEAD: _DEAD}
_NEEDS_PROCESSES = {_P.PROVISIONING: _NOTHING_RUNS, _P.RESETTING: _BEING_KILLED, _P.RESET: _NO_PROCESS, **_ENDED}

REFUSED: Mapping[Order, Mapping[Phase, str]] = {
    _O.KILL: _NEEDS_PROCESSES,
    _O.FREEZE: _NEEDS_PROCESSES,
    _O.THAW: _NEEDS_PROCESSES,
    _O.RESET: {**_NEEDS_PROCESSES, _P.RESET: "it is reset already"},
    _O.RETIRE: _ENDED,
    # An orderly end can be cut short.
    _O.DESTROY: {_P.DEAD: _DEAD},
}
"""Why an order makes no sense in a phase; a phase that is not named takes it."""

BY_YOU: Mapping[Order, str] = {
    _O.RESET: "reset by you",
    _O.RETIRE: "retired by you",
    _O.DESTROY: "destroyed by you",
}
"""The reason that the stream tells where one follows."""


def refusal(order: Order, facts: Facts) -> str | None:
    """Why the order makes no sense now, for people; None where it will be carried out."""
    if (why := REFUSED[order].get(facts.phase)) is not None:
        return why
    if order is Order.KILL and facts.runtime.state is RuntimeState.ABSENT:
        return "no runtime yet: its extensions start first"
    if order is Order.FREEZE and facts.frozen:
        return "it is frozen already"
    if order is Order.THAW and not facts.frozen:
        return "it is not frozen"
    if order is Order.RETIRE and facts.retiring is not None:
        return f"it ends already, as soon as it may: {facts.retiring}"
    return None


def obey(order: Order, facts: Facts, at: float) -> bool:
    """Carry out what concerns processes alone; False for an order that moves the environment itself."""
    if order is Order.KILL:
        facts.thaw(at)
        facts.out.do(KillRuntime())
    elif order is Order.FREEZE:
        facts.freeze(at)
    elif order is Order.THAW:
        facts.thaw(at)
    else:
        return False
    return True
