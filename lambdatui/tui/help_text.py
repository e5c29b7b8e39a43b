"""What ``?`` shows, as rows: all keys, made from the table of actions, the glyphs, and the pages of concepts. Pure."""

from collections.abc import Callable, Iterator

from lambdatui.concepts.pages import Page
from lambdatui.concepts.wrapping import wrapped
from lambdatui.tui import actions, timeline
from lambdatui.tui.actions import Action, Scope
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, flow, left

_KEYS = 14
_DESCRIPTION = 28
_BESIDE_FROM = 84
"""Cells from which on the explanation of a key stands beside its name; below they share a column."""
_TIME_LINE = """\
One row per environment, now at the right. A failure always wins its cell; work wins over waiting; the height of an \
invoke bar is the share of the cell it was busy.
─ frozen: nothing in the environment runs until the next invoke thaws it, as on Lambda.
← → pick a moment: logs show what the environment said then, reports the invoke of it, pane 3 its event and answer; \
h opens the history of that environment until then. [ ] jump from event to event, + - zoom, < > pan, esc is back to \
now. A click picks a moment, too; the wheel zooms, and pans with shift.
"""


def key_rows(room: int, first: Scope | None = None, spelled: Callable[[str], str] = actions.key_name) -> list[Line]:
    """What cannot be of the user's own keys; all keys by scope, those of ``first`` before all others; the glyphs."""
    scopes = sorted(Scope, key=lambda scope: scope is not first)
    rows: list[Line] = []
    for complaint in actions.COMPLAINTS:
        rows += flow([(("⚠ ", "warn bold"), (clean(complaint), "warn"))], room)
    rows += [EMPTY] if rows else []
    for scope in scopes:
        own = [action for action in actions.of(scope) if not action.id.startswith("pane.")]
        if not own:
            continue
        rows.append(((scope.value, "accent bold"),))
        for action in own:
            rows += _key(action, spelled, room)
        if scope is Scope.WORKBENCH:
            rows += _told("1-6", "Go to a pane", "Functions, Environments, Invoke, Logs, Reports, /tmp", room)
        rows.append(EMPTY)
    rows.append((("The time line", "accent bold"),))
    rows += [(("  ", "plain"), *line) for line in timeline.legend(room - 2)]
    for text in _TIME_LINE.splitlines():
        rows += flow([((text, "dim"),)], room)
    return rows


def _key(action: Action, spelled: Callable[[str], str], room: int) -> list[Line]:
    keys = " ".join(spelled(key) for key in action.keys)
    return _told(keys, action.description, action.tooltip, room)


def _told(keys: str, description: str, tooltip: str, room: int) -> list[Line]:
    key = (f"{keys:>{_KEYS - 2}}  ", "accent")
    beside = room >= _BESIDE_FROM
    margin = " " * (_KEYS + (_DESCRIPTION if beside else 0))
    told = list(flow([((tooltip, "dim"),)], max(8, room - len(margin))))
    if not beside:
        return [(key, (description, "plain")), *(((margin, "plain"), *row) for row in told)]
    head = (key, (left(description, _DESCRIPTION - 1) + " ", "plain"))
    return [(*head, *told[0]), *(((margin, "plain"), *row) for row in told[1:])]


def concept_rows(page: Page, room: int) -> list[Line]:
    return [_marked_up(line) for line in wrapped(page.text, max(8, room - 1))]


def _marked_up(line: str) -> Line:
    if line.startswith("## "):
        return ((line.removeprefix("## "), "accent bold"),)
    return tuple(_words(line))


def _words(line: str) -> Iterator[tuple[str, str]]:
    """What stands in backticks stands out; a line may end inside of them."""
    for number, part in enumerate(line.split("`")):
        if part:
            yield part, "info" if number % 2 else "plain"
