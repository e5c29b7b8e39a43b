"""The tables of the machine as a page for people; docs/lifecycle.md is this text, and a test keeps it so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from lambdatui.lifecycle.extension_states import EXTENSION, EXTENSION_MOVES
from lambdatui.lifecycle.inputs import Input
from lambdatui.lifecycle.orders import REFUSED
from lambdatui.lifecycle.phases import HEARD, PHASES
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase

_HEAD = """\
# The life of an execution environment

Made from the tables in `lambdatui/lifecycle/`; do not edit. `make docs` writes it anew.

## Phases

| phase | may be followed by | hears from the engine |
|---|---|---|
"""

_RUNTIME = """
A place that is lost, a request to retire and a request to stop are heard in every phase before shutdown; a shutdown in
its orderly form can still be cut short.
What was on its way when a phase ended is counted and dropped; anything else is a bug in lambdatui and raises.

## The runtime

What a runtime may do, and the state it is in afterwards. An empty field is refused with 403 `InvalidStateTransition`;
a wrong request id is refused with 400 `InvalidRequestID` before the state is looked at. `Restoring` and `Running` begin
by our doing: a snapshot is restored, an event is handed out.

"""

_EXTENSION = """
## An extension

What an extension may do, and the state it is in afterwards. An empty field is refused with 403
`Extension.InvalidExtensionState`. `Running` begins by our doing: it gets an event.

"""

_ORDERS = """
## What people may order

`lambdatui environments` and the environment screen order an environment about, past placement. An empty field is
carried out; in the others the order is refused, in these words. Refused is also, because it depends on more than the
phase: to kill a runtime that does not run yet while extensions start, to freeze what is frozen, to thaw what is not,
to retire what retires already.

- `kill` is SIGKILL to the runtime: what follows is what follows a crash, `Runtime.ExitError` and a reset.
- `freeze` stops every process where it is, in the middle of init or of an invoke too. Timeouts go on, and end it.
- `thaw` lets them run, also between invokes, where Lambda never does; the end of the next invoke freezes again.
- `reset` ends every process and keeps /tmp; a running invoke fails, as if its runtime had been killed.
- `retire` is an orderly end as soon as no invoke runs: the runtime gets SIGTERM, extensions hear SHUTDOWN.
- `destroy` ends everything at once, and /tmp goes with it; it also cuts an orderly end short.

"""


def markdown() -> str:
    """The whole page."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for phase in Phase:
        heard = sorted(kind.__name__ for kind in HEARD[phase])
        yield _row([f"**{phase}**", ", ".join(sorted(PHASES[phase])), ", ".join(f"`{name}`" for name in heard)])
    yield _RUNTIME
    yield from _table(tuple(MOVES), {state: RUNTIME.get(state, {}) for state in RuntimeState if RUNTIME.get(state)})
    yield _EXTENSION
    yield from _table(tuple(EXTENSION_MOVES), EXTENSION)
    yield _ORDERS
    yield _row(["phase", *(f"`{order}`" for order in Order)])
    yield _row(["---"] * (len(Order) + 1))
    for phase in Phase:
        yield _row([f"**{phase}**", *(REFUSED[order].get(phase, "") for order in Order)])


def _table(calls: Sequence[type[Input]], states: Mapping[Any, Mapping[Any, StrEnum]]) -> Iterator[str]:
    yield _row(["state", *(f"`{kind.__name__}`" for kind in calls)])
    yield _row(["---"] * (len(calls) + 1))
    for state, moves in states.items():
        yield _row([f"**{state}**", *(str(moves.get(kind, "")) for kind in calls)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - the page is this program's output
