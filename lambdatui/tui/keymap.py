"""Reads what people write into keymap.toml, and says in words what of it cannot be. Pure; nothing is bound here.

``action = "key"`` per line, several keys separated by spaces or as a list; the names of actions are in docs/keys.md.
"""

import difflib
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from lambdatui.tui.actions import SCREENS, Action, Scope

EDITOR_KEYS = frozenset(f"ctrl+{letter}" for letter in "acdekuvwxyz")
"""What the event editor needs itself; an action that works while text is typed would take them away."""
_MODIFIERS = ("ctrl", "shift", "alt", "super", "meta", "hyper")
_NAMED = frozenset(key.value for key in Keys) | {"space"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keymap:
    """``keys`` by the ids of actions, only those that can be; ``complaints`` are sentences."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def read(text: str, table: Sequence[Action]) -> Keymap:
    """Of a file's content. What is wrong costs that line only, and its action keeps the key it had."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Keymap(complaints=(f"it is not TOML: {error}",))
    wanted: dict[str, tuple[str, ...]] = {}
    complaints: list[str] = []
    known = {action.id: action for action in table}
    for name, value in _flat(document):
        keys = _keys(value)
        if name not in known:
            complaints.append(_unknown(name, known))
        elif keys is None:
            complaints.append(f"{name} takes a key, or a list of keys")
        elif wrong := _unfit(known[name], keys):
            complaints.append(f"{name} = {wrong}")
        else:
            wanted[name] = tuple(_normal(key) for key in keys)
    while clash := next(_clashes(remapped(table, wanted), wanted), None):
        name, sentence = clash
        del wanted[name]
        complaints.append(sentence)
    return Keymap(keys=wanted, complaints=tuple(complaints))


def remapped(table: Sequence[Action], keys: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    return tuple(replace(action, keys=keys[action.id]) if action.id in keys else action for action in table)


def _flat(document: Mapping[str, object], start: str = "") -> Iterator[tuple[str, object]]:
    """TOML takes ``copy.logs`` apart; actions are called so."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{start}{name}.")
        else:
            yield f"{start}{name}", value


def _keys(value: object) -> tuple[str, ...] | None:
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        return None
    return tuple(words)


def _unfit(action: Action, keys: Sequence[str]) -> str | None:
    for key in keys:
        if not _is_key(key):
            return f'"{key}" is no key; write one character, or a name such as ctrl+k, f5, enter, space, left'
        if action.priority and key in EDITOR_KEYS:
            return f'"{key}" is needed by the event editor, and this action works in there, too'
    return None


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+") if key != "+" else [key]
    fits = len(base) == 1 or base in _NAMED or base in KEY_NAME_REPLACEMENTS.values() or "_" in base
    return fits and all(modifier in _MODIFIERS for modifier in modifiers)


def _normal(key: str) -> str:
    """As Textual calls it: ``?`` is ``question_mark``."""
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _unknown(name: str, known: Mapping[str, Action]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else "; docs/keys.md has their names"
    return f"there is no action called {name}{hint}"


def _clashes(table: Sequence[Action], wanted: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """A wish that cannot be, and why: its key means something else where it works."""
    for action in table:
        if action.id not in wanted:
            continue
        for other in table:
            both = set(action.keys) & set(other.keys)
            if other is action or not both or not _meet(action.scope, other.scope):
                continue
            key = sorted(both)[0]
            where = "" if other.scope is action.scope else f" ({other.scope})"
            yield action.id, f'{action.id} = "{key}" is taken by "{other.description}"{where}, which is {other.id}'


def _meet(one: Scope, other: Scope) -> bool:
    """Whether keys of both scopes work at the same time somewhere."""
    if one is other or Scope.APP in (one, other):
        return True
    if SCREENS & {one, other}:
        return False
    return bool({Scope.WORKBENCH, Scope.DEMO} & {one, other})
