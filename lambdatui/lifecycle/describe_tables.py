"""The tables of the machine as a page for people; docs/lifecycle.md is this text, and a test keeps it so."""

from collections.abc import Iterable, Iterator

from lambdatui.lifecycle.phases import HEARD, PHASES
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.model.phase import Phase

_HEAD = """\
# The life of an execution environment

Made from the tables in `lambdatui/lifecycle/`; do not edit. `make docs` writes it anew.

## Phases

| phase | may be followed by | hears from the engine |
|---|---|---|
"""

_RUNTIME = """
A place that is lost, a request to retire and a request to stop are heard in every phase but the last two.
What was on its way when a phase ended is counted and dropped; anything else is a bug in lambdatui and raises.

## The runtime

What a runtime may do, and the state it is in afterwards. An empty field is refused with 403 `InvalidStateTransition`;
a wrong request id is refused with 400 `InvalidRequestID` before the state is looked at.

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
    yield _row(["state", *(f"`{kind.__name__}`" for kind in MOVES)])
    yield _row(["---"] * (len(MOVES) + 1))
    for state in (state for state in RuntimeState if RUNTIME.get(state)):
        yield _row([f"**{state}**", *(str(RUNTIME[state].get(kind, "")) for kind in MOVES)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - the page is this program's output
