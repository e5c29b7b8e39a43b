"""Every key of the program, as data: bindings, footer, palette, ``?`` and docs/keys.md are made from this table.

Frozen. A letter means one thing per scope and the same family everywhere.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypedDict, Unpack

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
    HISTORY = "History"
    EXPERIMENT = "Experiments"
    ENVIRONMENT = "One environment"
    SETTINGS = "Settings"
    DEMO = "Demo"


PANES = (Scope.FUNCTIONS, Scope.ENVIRONMENTS, Scope.INVOKE, Scope.LOGS, Scope.REPORTS, Scope.SCRATCH)
"""The workbench's, by their numbers."""
SCREENS = frozenset({Scope.HISTORY, Scope.EXPERIMENT, Scope.ENVIRONMENT, Scope.SETTINGS})
"""Scopes that are a screen of their own: the workbench's keys do not reach there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``run`` is the Textual action; ``word`` is what the footer says, empty to leave it out; ``priority``: its control
    keys also work while an editor has the focus. Without ``keys`` only the palette offers it.
    """

    id: str
    keys: tuple[str, ...]
    run: str
    description: str
    tooltip: str
    scope: Scope
    word: str = ""
    priority: bool = False
    home: Scope | None = None
    """The pane it is also listed under, and whose lower border names it, though it works everywhere. An action of that
    pane itself stands behind those.
    """


class _Options(TypedDict, total=False):
    priority: bool
    home: Scope


def _action(
    scope: Scope, id_: str, keys: str, run: str, texts: tuple[str, str, str], **options: Unpack[_Options]
) -> Action:
    word, description, tooltip = texts
    return Action(scope=scope, id=id_, keys=tuple(keys.split()), run=run, word=word, description=description,
                  tooltip=tooltip, **options)  # fmt: skip


_bench = partial(_action, Scope.WORKBENCH)
_PANE_NAMES = ("Functions", "Environments", "Invoke", "Logs", "Reports", "/tmp")
_KILL = ("Kill", "Kill the runtime", "SIGKILL: what a crash looks like; the environment stays; asks first")
_DESTROY = ("Destroy", "Destroy the environment", "End everything in it at once, /tmp too; asks first")
_FREEZE = ("Freeze", "Freeze, or thaw", "Stop every process of the environment where it is, or let all go on")
_RESET = ("Reset", "Reset the environment", "End every process, keep /tmp; the next invoke runs init; asks first")
_RETIRE = ("Retire", "Retire the environment", "An orderly end, as soon as no invoke runs in it; asks first")
_AS_TEST = ("As test", "Copy as a test", "The last inputs of the environment, as a Python test of its machine")
"""Orders to an environment, in pane 2 and on its own screen."""
_SECTIONS = ("Machine", "Inputs", "Processes", "Variables", "Extensions", "Place", "/tmp")

ACTIONS: tuple[Action, ...] = (
    _bench("send", "ctrl+j", "screen.send",
           ("Send", "Send the event", "Invoke the selected function, from anywhere, even the editor"), priority=True),
*(_bench(f"pane.{number}", str(number), f"screen.pane({number})",
             ("", f"Go to {name}", f"Focus pane {number}, {name}")) for number, name in enumerate(_PANE_NAMES, 1)),
    _bench("next", "tab", "app.focus_next",
           ("", "Next pane", "Move the focus on; shift+tab moves it back")),
    _bench("filter", "slash", "screen.filter",
           ("Filter", "Filter", "Functions or logs: text, !text, level:error, req:7f3c, env:e1a"), home=Scope.LOGS),
    _bench("zoom", "z", "screen.zoom", ("Zoom", "Zoom the pane", "Give the pane the whole screen, and back")),
    _bench("pause", "p", "screen.pause",
           ("Pause", "Pause the screen", "Freeze the picture; the engine and the header go on")),
    _bench("invoke", "i", "screen.send",
           ("Invoke", "Invoke", "Invoke the selected function with its event")),
    _bench("samples", "b ctrl+o", "screen.samples",
           ("Events", "Browse sample events", "Choose an event for the selected function"),
           home=Scope.INVOKE, priority=True),
    _bench("mode", "m ctrl+t", "screen.mode",
           ("Mode", "Sync, async or dry run", "Switch how the event is sent"), home=Scope.INVOKE, priority=True),
    _bench("edit", "e", "screen.edit",
           ("$EDITOR", "Edit in $EDITOR", "Open the event in $VISUAL or $EDITOR, and take it over"), home=Scope.INVOKE),
    _bench("all", "a", "screen.all_functions",
           ("All", "All functions", "Panes 2, 4 and 5 show every function, or only the selected one")),
    _bench("back", "escape", "screen.back",
           ("", "One step back", "Leave the editor, the filter, the request or the zoom"),
           home=Scope.INVOKE),
    _action(Scope.ENVIRONMENTS, "environment", "enter d", "screen.environment",
            ("Look into", "Look into the environment", "Machine, timers, inputs, processes, variables; orders to it")),
    _action(Scope.ENVIRONMENTS, "kill", "k", "screen.order('kill')", _KILL),
    _action(Scope.ENVIRONMENTS, "freeze", "f", "screen.freeze", _FREEZE),
    _action(Scope.ENVIRONMENTS, "destroy", "x", "screen.order('destroy')", _DESTROY),
    _action(Scope.ENVIRONMENTS, "reset", "r", "screen.order('reset')", ("", *_RESET[1:])),
    _action(Scope.ENVIRONMENTS, "retire", "", "screen.order('retire')", _RETIRE),
    _action(Scope.ENVIRONMENTS, "as.test", "", "screen.copy_test", _AS_TEST),
    _action(Scope.ENVIRONMENTS, "time.left", "left", "screen.travel('left')",
            ("Moment", "A moment earlier", "Pick a moment: panes 3, 4 and 5 show it; esc is back to now")),
    _action(Scope.ENVIRONMENTS, "time.right", "right", "screen.travel('right')",
            ("", "A moment later", "One cell towards now; beyond now the time line is live again")),
    _action(Scope.ENVIRONMENTS, "time.previous", "left_square_bracket", "screen.travel('previous')",
            ("", "Event before", "Pick the init, invoke or failure before, in the selected environment")),
    _action(Scope.ENVIRONMENTS, "time.next", "right_square_bracket", "screen.travel('next')",
            ("", "Event after", "Pick the init, invoke or failure after, in the selected environment")),
    _action(Scope.ENVIRONMENTS, "time.in", "plus", "screen.travel('in')",
            ("Zoom time", "Less time", "Down to 20 ms in a row; the mouse wheel does the same around the pointer")),
    _action(Scope.ENVIRONMENTS, "time.out", "minus", "screen.travel('out')",
            ("", "More time", "Up to 15 minutes in a row")),
    _action(Scope.ENVIRONMENTS, "time.back", "less_than_sign shift+left", "screen.travel('back')",
            ("", "Back in time", "Half a row back; shift and the mouse wheel pan, too")),
    _action(Scope.ENVIRONMENTS, "time.on", "greater_than_sign shift+right", "screen.travel('on')",
            ("", "On in time", "Half a row towards now")),
    _action(Scope.ENVIRONMENTS, "time.usual", "0", "screen.travel('usual')",
            ("", "The last minute", "Live, and a minute in a row, as at the start")),
    _action(Scope.INVOKE, "type", "enter", "screen.type",
            ("Edit", "Edit the event", "Type into the event here; esc leaves the editor")),
    _action(Scope.INVOKE, "repeat", "r", "screen.repeat",
            ("Repeat", "Repeat", "Send the event many times: at a rate, in parallel; esc stops"), home=Scope.INVOKE),
    _action(Scope.INVOKE, "save", "s", "screen.save",
            ("Save", "Save the event", "As a sample event of the project: events/NAME.json"), home=Scope.INVOKE),
    _action(Scope.INVOKE, "source", "o", "screen.source",
            ("Open code", "Open the code", "At the line that the error blames, in your $EDITOR"), home=Scope.INVOKE),
    _action(Scope.INVOKE, "qualifier", "v", "screen.qualify",
            ("", "Version or alias", "Send the event to a version or an alias of the function"), home=Scope.INVOKE),
    _action(Scope.LOGS, "follow", "f", "screen.follow",
            ("Follow", "Follow the log", "Jump to the newest line and stay there")),
    _action(Scope.LOGS, "request", "r", "screen.request",
            ("This request", "Only this request", "Only lines of the request at the bottom, and back")),
    _action(Scope.LOGS, "older", "o", "screen.older",
            ("Older", "Older lines", "Get from the history what was logged before, and matches the filter")),
    _action(Scope.LOGS, "top", "g home", "screen.top",
            ("", "First line", "Go to the oldest line that is still in memory")),
    _action(Scope.LOGS, "bottom", "G end", "screen.follow",
            ("", "Last line", "Go to the newest line and follow")),
    _action(Scope.LOGS, "copy.logs", "c", "screen.copy",
            ("Copy", "Copy lines", "Copy the selected text, or else the lines on the screen")),
    _action(Scope.REPORTS, "report.logs", "enter", "choose",
            ("Logs", "Logs of this invoke", "Show only what the selected invoke logged")),
    _action(Scope.REPORTS, "copy.report", "c", "screen.copy",
            ("Copy id", "Copy the request id", "Copy the request id of the selected invoke")),
    _action(Scope.REPORTS, "report.experiments", "x", "screen.experiments",
            ("", "With experiments", "Percentiles with the invokes of trials and series, or without")),
    _action(Scope.SCRATCH, "file", "enter", "choose",
            ("View", "View the file", "Read the selected file of /tmp")),
    _action(Scope.SCRATCH, "copy.path", "c", "screen.copy",
            ("Copy path", "Copy the path", "Copy the path of the file as the handler knows it")),
    _action(Scope.FUNCTIONS, "handler", "o", "screen.source",
            ("", "Open the code", "At the line that the last error blames, else the handler; in $EDITOR")),
    _action(Scope.FUNCTIONS, "copy.function", "c", "screen.copy",
            ("Copy name", "Copy the name", "Copy the name of the selected function")),
    _bench("history", "h", "screen.history",
           ("History", "Past invocations", "Search, compare, send again; at a picked moment, those until then")),
    _action(Scope.HISTORY, "history.search", "slash", "screen.search",
            ("Search", "Search", "fn:NAME status:error dur:>100 cold sample:NAME text")),
    _action(Scope.HISTORY, "history.mark", "space", "screen.mark",
            ("Mark", "Mark", "Mark the invocation, for a comparison or to send several again")),
    _action(Scope.HISTORY, "history.compare", "d", "screen.compare",
            ("Compare", "Compare two", "Event, response, logs and timings of the two marked ones")),
    _action(Scope.HISTORY, "history.replay", "r", "screen.replay",
            ("Send again", "Send again", "The same event to the code as it is now, and how the answer differs")),
    _action(Scope.HISTORY, "history.use", "u", "screen.use",
            ("Use", "Use the event", "Take the event over into the workbench's editor")),
    _action(Scope.HISTORY, "history.save", "s", "screen.save",
            ("Save", "Save the event", "As a sample event of the project: events/NAME.json")),
    _action(Scope.HISTORY, "history.source", "o", "screen.source",
            ("", "Open the code", "At the line that the answer blames, in your $EDITOR")),
    _action(Scope.HISTORY, "history.trace", "t", "screen.trace",
            ("Trace", "Trace as a waterfall", "Init, invocation, overhead, and the segments that the handler sent")),
    _action(Scope.HISTORY, "history.call", "c", "screen.copy_as",
            ("Copy as", "Copy as a call", "curl, AWS CLI and boto3; the curl command is copied")),
    _action(Scope.HISTORY, "history.back", "escape h", "screen.back",
            ("Back", "Back to the workbench", "Leave the search, a comparison, or the history")),
    _bench("starts", "w", "screen.starts",
           ("Cold/warm", "Cold against warm", "Start the function cold and warm, many times, and compare")),
    _bench("tune", "t", "screen.tune",
           ("Tune", "Power tuning", "The same event over memory sizes: time and cost, cheapest and fastest")),
    _action(Scope.EXPERIMENT, "experiment.again", "r", "screen.again",
            ("Again", "Run again", "The whole series once more")),
    _action(Scope.EXPERIMENT, "experiment.more", "plus", "screen.more",
            ("More", "Twice as many", "Run again with twice as many invokes")),
    _action(Scope.EXPERIMENT, "experiment.fewer", "minus", "screen.fewer",
            ("Fewer", "Half as many", "Run again with half as many invokes")),
    _action(Scope.EXPERIMENT, "experiment.sizes", "s", "screen.sizes",
            ("", "Other sizes", "Choose the memory sizes of power tuning")),
    _action(Scope.EXPERIMENT, "experiment.back", "escape", "screen.back",
            ("Stop, back", "Stop, then back", "Stop the series and end its environment; once more leaves")),
    *(_action(Scope.ENVIRONMENT, f"environment.{id_}", keys, run, texts) for id_, keys, run, texts in (
        ("freeze", "f", "screen.freeze", _FREEZE),
        ("kill", "k", "screen.order('kill')", _KILL),
        ("reset", "r", "screen.order('reset')", _RESET),
        ("retire", "e", "screen.order('retire')", _RETIRE),
        ("destroy", "x", "screen.order('destroy')", _DESTROY),
        ("test", "y", "screen.copy_test", _AS_TEST),
        ("back", "escape d", "screen.back", ("Back", "Back to the workbench", "Leave the zoom, or the environment")),
        ("reveal", "v", "screen.reveal", ("Secrets", "Show secrets", "Values of secret variables, or hide them")),
        ("invoke", "i", "screen.invoke", ("Invoke", "Invoke", "The workbench's function, with its event")),
        ("copy", "c", "screen.copy", ("Copy", "Copy the section", "All rows of the section with the focus")),
        ("next", "right_square_bracket", "screen.other(1)", ("", "Next environment", "Of those that live")),
        ("previous", "left_square_bracket", "screen.other(-1)", ("", "Environment before", "Of those that live")),
        ("zoom", "z", "screen.zoom", ("Zoom", "Zoom the section", "Give it the whole screen, and back")),
        ("help", "question_mark f1", "screen.help", ("Help", "Help", "These keys first, and what the words mean")),
    )),
    *(_action(Scope.ENVIRONMENT, f"environment.{number}", str(number), f"screen.section({number})",
              ("", f"Go to {name}", f"Focus section {number}, {name}"))
      for number, name in enumerate(_SECTIONS, 1)),
    _bench("settings", "comma", "screen.settings",
           ("Settings", "Settings of this session", "Memory, timeout, variables, concurrency, clock; undo, write"),
           home=Scope.FUNCTIONS),
    _action(Scope.SETTINGS, "settings.change", "enter", "choose",
            ("Change", "Change", "Type another value; the next invoke has it")),
    _action(Scope.SETTINGS, "settings.add", "n", "screen.add",
            ("New variable", "New variable", "Add an environment variable")),
    _action(Scope.SETTINGS, "settings.unset", "x delete", "screen.unset",
            ("Take away", "Take away", "Take the variable, or the reserved concurrency, away")),
    _action(Scope.SETTINGS, "settings.undo", "u", "screen.undo",
            ("Undo", "Undo", "Back to what the project's files say")),
    _action(Scope.SETTINGS, "settings.undo.all", "U", "screen.undo_all",
            ("Undo all", "Undo all", "Everything back to what the project's files say")),
    _action(Scope.SETTINGS, "settings.write", "w", "screen.write",
            ("Write", "Write", "Into lambdatui.toml; its comments stay")),
    _action(Scope.SETTINGS, "settings.back", "escape comma", "screen.back",
            ("Back", "Back to the workbench", "Changes stay for as long as the engine runs")),
    _bench("problems", "exclamation_mark", "screen.problems",
           ("", "All problems", "What is wrong with the project and this machine, errors first")),
    _bench("tour", "", "screen.tour",
           ("", "Tour of the screen", "Five short stops: functions, events, environments, logs, and where to go on")),
    _bench("help", "question_mark f1", "screen.help",
           ("Help", "Keys, glyphs and concepts", "All keys, what the glyphs mean, and a page for every concept")),
    _action(Scope.DEMO, "demo.next", "ctrl+n", "screen.next_step",
            ("Next", "Next step of the demo", "In `lambdatui demo`: go on, once the step is done"),
            priority=True),
    _action(Scope.APP, "palette", "ctrl+p", "app.command_palette",
            ("Commands", "Commands", "Search and run every command"), priority=True),
    _action(Scope.APP, "quit", "ctrl+q", "app.quit",
            ("Quit", "Quit", "Leave; an engine that this program started ends with it"), priority=True),
)  # fmt: skip

NAMES = {
    "slash": "/", "question_mark": "?", "exclamation_mark": "!", "escape": "esc", "enter": "⏎",
    "plus": "+", "minus": "-", "left": "←", "right": "→", "left_square_bracket": "[", "right_square_bracket": "]",
    "less_than_sign": "<", "greater_than_sign": ">", "shift+left": "shift ←", "shift+right": "shift →", "comma": ",",
}  # fmt: skip


COMPLAINTS: tuple[str, ...] = ()
"""What of a user's keys cannot be."""


def adopt(table: tuple[Action, ...], complaints: tuple[str, ...] = ()) -> None:
    """Take a user's keys. Only before the screen is imported: its bindings are made from the table then."""
    global ACTIONS, COMPLAINTS
    ACTIONS, COMPLAINTS = table, complaints


def key_name(key: str) -> str:
    """A key as people see it on the screen."""
    if key.startswith("ctrl+") and len(key) == len("ctrl+j"):
        return f"^{key[-1]}"
    return NAMES.get(key, key)


def of(scope: Scope) -> tuple[Action, ...]:
    return tuple(action for action in ACTIONS if action.scope is scope)


def bindings(scope: Scope) -> list[BindingType]:
    """The Textual bindings of a scope; of a priority action only the keys that are not text have priority."""
    made: list[BindingType] = []
    for action in of(scope):
        typed = [key for key in action.keys if action.priority and key.startswith("ctrl+")]
        plain = [key for key in action.keys if key not in typed]
        made += [_binding(action, typed, action.id, priority=True)] if typed else []
        made += [_binding(action, plain, f"{action.id}.letter" if typed else action.id)] if plain else []
    return made


def _binding(action: Action, keys: list[str], id_: str, *, priority: bool = False) -> Binding:
    return Binding(
        ",".join(keys),
        action.run,
        action.description,
        id=id_,
        tooltip=action.tooltip,
        priority=priority,
        show=bool(action.word),
    )
