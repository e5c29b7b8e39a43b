"""Which keys are named where: in the lower border of a pane, in the key bar, in how much room. Pure.

All of it is made from the table of actions.
"""

from lambdatui.tui import actions
from lambdatui.tui.actions import SCREENS, Action, Scope, key_name, of


def listed(scope: Scope) -> tuple[Action, ...]:
    """What a pane's own list of keys names: its own first, then those that are at home in it, its rarer ones last."""
    own = (action for action in of(scope) if action.home is not scope)
    at_home = [action for action in actions.ACTIONS if action.home is scope]
    return (*own, *sorted(at_home, key=lambda action: action.scope is scope))


def hint(scope: Scope, room: int) -> str:
    """The keys of one pane, for its lower border: as many as there is room for, and none of them in part."""
    named = [action for action in listed(scope) if action.word and action.keys]
    return _fitting([f"{key_name(action.keys[0])} {_lower(action)}" for action in named], room)


def typing_hint(scope: Scope, room: int) -> str:
    """The same while text is typed there: only keys that are not text."""
    shown = [action for action in footer(scope, typing=True) if action.id == "send" or action.home is scope]
    parts = [f"{key_name(typed_key(action) or '')} {_lower(action)}" for action in shown]
    return _fitting([*parts[:1], "esc done", *parts[1:]], room)


def _fitting(parts: list[str], room: int) -> str:
    while parts and len(" · ".join(parts)) > room:
        parts = parts[:-1]
    return " · ".join(parts)


def _lower(action: Action) -> str:
    return action.word if action.word.isupper() else action.word.lower()


def footer(scope: Scope | None, *, typing: bool = False) -> tuple[Action, ...]:
    """What the key bar shows while a pane of that scope has the focus; ``typing``: only keys that are not text."""
    own = tuple(action for action in of(scope) if action.keys) if scope is not None else ()
    taken = {key for action in own for key in action.keys}
    around = (Scope.APP,) if scope in SCREENS else (Scope.WORKBENCH, Scope.APP)
    shared = [action for action in actions.ACTIONS if action.scope in around and action.keys]
    if scope in SCREENS:
        return tuple(action for action in (*own, *shared) if action.word)
    shown = [action for action in (*shared[:1], *own, *shared[1:]) if action.word]
    if typing:
        return tuple(action for action in shown if typed_key(action) is not None)
    return tuple(action for action in shown if action in own or not taken & set(action.keys[:1]))


AT_THE_END = frozenset({"help", "environment.help", "quit"})
"""Where people look for them in a key bar, whatever else is in it."""
PALETTE = "palette"
_NEVER_GUESSED = (".back", ".help")
_MOST_NEEDED = ("help", "send", "history", "palette", "zoom", "quit", "filter", "samples", "mode", "pause")


def by_need(shown: tuple[Action, ...]) -> list[Action]:
    """In the order in which they claim room in a key bar: with the first few a pane's own keys, then all others.

    The way back from a screen, its help and the palette come before everything: nobody should have to guess them.
    """
    around = (Scope.WORKBENCH, Scope.APP)
    rank = {id_: number for number, id_ in enumerate(_MOST_NEEDED)}
    own = {action.id: number for number, action in enumerate(action for action in shown if action.scope not in around)}

    def claim(action: Action) -> tuple[int, int]:
        if action.id.endswith(_NEVER_GUESSED):
            return (0, 0)
        if action.id in own:
            return (1 if own[action.id] < 2 or action.scope in SCREENS else 3, own[action.id])
        at = rank.get(action.id)
        return (4, 0) if at is None else (0 if at < 2 or action.id == PALETTE else 2, at)

    return sorted(shown, key=claim)


def typed_key(action: Action) -> str | None:
    """The key of an action that works while text is typed."""
    return next((key for key in action.keys if key.startswith(("ctrl+", "f1"))), None)
