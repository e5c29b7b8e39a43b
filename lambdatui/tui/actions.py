"""Every key of the program, as data: bindings, footer, command palette, ``?`` and docs/keys.md are made from this table.

Frozen. A letter means one thing per scope and the same family everywhere.
"""

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Scope(StrEnum):
    """Where a key works; the value is the heading people read."""

    APP = "Everywhere"
    WORKBENCH = "Workbench"
    FUNCTIONS = "1 Functions"
    ENVIRONMENTS = "2 Environments"
    INVOKE = "3 Invoke"
    LOGS = "4 Logs"
    REPORTS = "5 Reports"
    SCRATCH = "6 /tmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``run`` is the Textual action; ``word`` is what the footer says, empty to leave it out; ``priority`` keys also
    work while an editor has the focus.
    """

    id: str
    keys: tuple[str, ...]
    run: str
    description: str
    tooltip: str
    scope: Scope
    word: str = ""
    priority: bool = False
    palette: bool = True


def _pane(number: int, name: str) -> Action:
    return Action(
        id=f"pane.{number}",
        keys=(str(number),),
        run=f"pane({number})",
        description=f"Go to {name}",
        tooltip=f"Focus pane {number}, {name}",
        scope=Scope.WORKBENCH,
    )


ACTIONS: tuple[Action, ...] = (
    Action(id="send", keys=("ctrl+j",), run="send", description="Send the event", scope=Scope.WORKBENCH, word="Send",
           tooltip="Invoke the selected function with the event in the editor, from anywhere", priority=True),
    _pane(1, "Functions"),
    _pane(2, "Environments"),
    _pane(3, "Invoke"),
    _pane(4, "Logs"),
    _pane(5, "Reports"),
    _pane(6, "/tmp"),
    Action(id="next", keys=("tab",), run="app.focus_next", description="Next pane", scope=Scope.WORKBENCH,
           tooltip="Move the focus on; shift+tab moves it back", palette=False),
    Action(id="filter", keys=("slash",), run="filter", description="Filter", scope=Scope.WORKBENCH, word="Filter",
           tooltip="Filter functions or logs: text, !text, level:error, req:7f3c, env:e1a"),
    Action(id="zoom", keys=("z",), run="zoom", description="Zoom the pane", scope=Scope.WORKBENCH, word="Zoom",
           tooltip="Give the focused pane the whole screen, and back"),
    Action(id="pause", keys=("p",), run="pause", description="Pause the screen", scope=Scope.WORKBENCH, word="Pause",
           tooltip="Freeze the picture; the engine and the header go on"),
    Action(id="invoke", keys=("i",), run="send", description="Invoke", scope=Scope.WORKBENCH, word="Invoke",
           tooltip="Invoke the selected function with its event", palette=False),
    Action(id="edit", keys=("e",), run="edit", description="Edit the event in $EDITOR", scope=Scope.WORKBENCH,
           tooltip="Open the event in $VISUAL or $EDITOR and take it over on exit"),
    Action(id="samples", keys=("b", "ctrl+o"), run="samples", description="Browse sample events", priority=False,
           scope=Scope.WORKBENCH, word="Events", tooltip="Choose a sample event for the selected function"),
    Action(id="all", keys=("a",), run="all_functions", description="All functions or only the selected one",
           scope=Scope.WORKBENCH, word="All", tooltip="Panes 2, 4 and 5 show every function, or only the selected one"),
    Action(id="back", keys=("escape",), run="back", description="One step back", scope=Scope.WORKBENCH, palette=False,
           tooltip="Leave the editor, the filter or the zoom: one step at a time"),
    Action(id="kill", keys=("k",), run="kill", description="Kill the environment", scope=Scope.ENVIRONMENTS,
           word="Kill", tooltip="End the selected environment and everything in it; asks first"),
    Action(id="scratch", keys=("enter",), run="pane(6)", description="Go to its /tmp", scope=Scope.ENVIRONMENTS,
           word="/tmp", tooltip="Look into the /tmp of the selected environment", palette=False),
    Action(id="mode", keys=("m", "ctrl+t"), run="mode", description="Sync, async or dry run", scope=Scope.WORKBENCH,
           word="", tooltip="Switch between a synchronous call, an asynchronous event and a dry run"),
    Action(id="follow", keys=("f",), run="follow", description="Follow the end", scope=Scope.LOGS, word="Follow",
           tooltip="Jump to the newest line and stay there"),
    Action(id="request", keys=("r",), run="request", description="Only this request", scope=Scope.LOGS,
           word="This request", tooltip="Show only the lines of the request at the bottom, and back"),
    Action(id="top", keys=("g", "home"), run="scroll_home", description="First line", scope=Scope.LOGS, palette=False,
           tooltip="Go to the oldest line that is still in memory"),
    Action(id="bottom", keys=("G", "end"), run="follow", description="Last line", scope=Scope.LOGS, palette=False,
           tooltip="Go to the newest line and follow"),
    Action(id="copy.logs", keys=("c",), run="copy", description="Copy the selected or the visible lines",
           scope=Scope.LOGS, word="Copy", tooltip="Copy the selected text, or else the lines on the screen"),
    Action(id="report.logs", keys=("enter",), run="choose", description="Logs of this invoke", scope=Scope.REPORTS,
           word="Logs", tooltip="Show only what the selected invoke logged", palette=False),
    Action(id="copy.report", keys=("c",), run="copy", description="Copy the request id", scope=Scope.REPORTS,
           word="Copy id", tooltip="Copy the request id of the selected invoke", palette=False),
    Action(id="file", keys=("enter",), run="choose", description="View the file", scope=Scope.SCRATCH, word="View",
           tooltip="Read the selected file of /tmp", palette=False),
    Action(id="copy.function", keys=("c",), run="copy", description="Copy the function's name", scope=Scope.FUNCTIONS,
           word="Copy name", tooltip="Copy the name of the selected function", palette=False),
    Action(id="help", keys=("question_mark", "f1"), run="help", description="Keys and glyphs", scope=Scope.WORKBENCH,
           word="Help", tooltip="All keys, and what the glyphs mean"),
    Action(id="palette", keys=("ctrl+p",), run="command_palette", description="Commands", scope=Scope.APP,
           word="Commands", tooltip="Search and run every command", priority=True, palette=False),
    Action(id="quit", keys=("ctrl+q",), run="quit", description="Quit", scope=Scope.APP, word="Quit",
           tooltip="Leave; an engine that this program started ends with it", priority=True),
)  # fmt: skip

_NAMES = {
    "slash": "/", "question_mark": "?", "escape": "esc", "ctrl+j": "^j", "ctrl+p": "^p", "ctrl+q": "^q",
    "ctrl+o": "^o", "ctrl+t": "^t", "enter": "⏎",
}  # fmt: skip


def key_name(key: str) -> str:
    """A key as people see it on the screen."""
    return _NAMES.get(key, key)


def of(scope: Scope) -> tuple[Action, ...]:
    return tuple(action for action in ACTIONS if action.scope is scope)


def bindings(scope: Scope) -> list[BindingType]:
    """The Textual bindings of a scope."""
    return [
        Binding(
            ",".join(action.keys),
            action.run,
            action.description,
            id=action.id,
            tooltip=action.tooltip,
            priority=action.priority,
            show=bool(action.word),
        )
        for action in of(scope)
    ]


def hint(scope: Scope) -> str:
    """The keys of one pane, for its lower border."""
    return " · ".join(f"{key_name(action.keys[0])} {action.word.lower()}" for action in of(scope) if action.word)


def footer(scope: Scope | None) -> tuple[Action, ...]:
    """What the key bar shows while a pane of that scope has the focus."""
    own = of(scope) if scope is not None else ()
    taken = {key for action in own for key in action.keys}
    shared = [action for action in ACTIONS if action.scope in (Scope.WORKBENCH, Scope.APP)]
    shown = [action for action in (*shared[:1], *own, *shared[1:]) if action.word]
    return tuple(action for action in shown if action in own or not taken & set(action.keys[:1]))


def markdown() -> str:
    """docs/keys.md."""
    parts = ["# Keys", "", "Generated from `lambdatui/tui/actions.py`; a test fails when this page is stale.", ""]
    for scope in Scope:
        parts += [f"## {scope.value}", "", "| Key | What it does | |", "|---|---|---|"]
        for action in of(scope):
            keys = ", ".join(f"`{_spelled(key)}`" for key in action.keys)
            parts.append(f"| {keys} | {action.description} | {action.tooltip} |")
        parts.append("")
    return "\n".join(parts)


def _spelled(key: str) -> str:
    return {"slash": "/", "question_mark": "?", "escape": "esc"}.get(key, key)
