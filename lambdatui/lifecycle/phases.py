"""Which phase may follow which, and what the engine may tell an environment in each.

Rule 1: a move that is not in PHASES does not exist. Rule 2: an input that is not in HEARD is our bug in that phase;
one in LATE can still arrive there, because it was on its way, and is dropped.
"""

from collections.abc import Mapping
from itertools import chain

from lambdatui.lifecycle.inputs import (
    Input,
    InvokeAssigned,
    OrderGiven,
    ProcessesGone,
    RetireRequested,
    SandboxClosed,
    SandboxLost,
    SandboxReady,
    StopRequested,
    TimerFired,
)
from lambdatui.model.phase import Phase

_P = Phase

PHASES: Mapping[Phase, frozenset[Phase]] = {
    _P.PROVISIONING: frozenset({_P.INIT, _P.READY, _P.SHUTDOWN}),
    _P.INIT: frozenset({_P.READY, _P.RESETTING, _P.SHUTDOWN}),
    _P.READY: frozenset({_P.INVOKE, _P.RESETTING, _P.SHUTDOWN}),
    _P.INVOKE: frozenset({_P.READY, _P.RESETTING, _P.SHUTDOWN}),
    _P.RESETTING: frozenset({_P.RESET, _P.SHUTDOWN}),
    _P.RESET: frozenset({_P.INVOKE, _P.SHUTDOWN}),
    _P.SHUTDOWN: frozenset({_P.DEAD}),
    _P.DEAD: frozenset(),
}

_ALWAYS = frozenset({RetireRequested, StopRequested, SandboxLost, OrderGiven})

HEARD: Mapping[Phase, frozenset[type[Input]]] = {
    _P.PROVISIONING: _ALWAYS | {SandboxReady},
    _P.INIT: _ALWAYS | {TimerFired},
    _P.READY: _ALWAYS | {InvokeAssigned},
    _P.INVOKE: _ALWAYS | {TimerFired},
    _P.RESETTING: _ALWAYS | {ProcessesGone, TimerFired},
    _P.RESET: _ALWAYS | {InvokeAssigned},
    _P.SHUTDOWN: frozenset({SandboxClosed, SandboxLost, StopRequested, TimerFired, OrderGiven}),
    _P.DEAD: frozenset(),
}

_LATE_ANYWHERE = frozenset({TimerFired, ProcessesGone})
_LATE_AT_THE_END = (_ALWAYS - {OrderGiven}) | _LATE_ANYWHERE | {SandboxReady}


def may_be_late(phase: Phase) -> frozenset[type[Input]]:
    """Inputs that were on their way when this phase began."""
    return _LATE_AT_THE_END if phase in (_P.SHUTDOWN, _P.DEAD) else _LATE_ANYWHERE


INPUTS: frozenset[type[Input]] = frozenset(chain.from_iterable(HEARD.values()))
"""Every input that does not come from a runtime."""
