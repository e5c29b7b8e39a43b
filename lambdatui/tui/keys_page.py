"""docs/keys.md, made from the table of actions. Pure."""

from lambdatui.tui import actions, key_hints
from lambdatui.tui.actions import Scope

_OWN_KEYS = """\
Other keys: `~/.config/lambdatui/keymap.toml` (`$XDG_CONFIG_HOME` is honoured), a line per action, by the names below:

```toml
kill = "ctrl+k"
"copy.logs" = "y"
history = ["h", "f2"]
```

A key replaces all that the action had. Key bar, borders and help show the new ones; hints inside of panes name the
usual ones. What cannot be (two actions on one key where both work, a name that does not exist) is told when the screen
opens, in its help and by `lambdatui doctor`, and the action keeps the key it had. Whatever the keys, `ctrl+p` finds
every action by its name.

In the editor of the event `f7` selects everything (what is typed or pasted then takes its place), `ctrl+z` undoes and
`ctrl+y` does again; `ctrl+a` and `ctrl+e` are the ends of the line.
"""


def markdown() -> str:
    """docs/keys.md."""
    parts = [
        "# Keys",
        "",
        "Generated from `lambdatui/tui/actions.py`; a test fails when this page is stale.",
        "",
        _OWN_KEYS,
    ]
    for scope in Scope:
        parts += [f"## {scope.value}", "", "| Key | What it does | | Name |", "|---|---|---|---|"]
        for action in key_hints.listed(scope):
            keys = ", ".join(f"`{_spelled(key)}`" for key in action.keys)
            parts.append(f"| {keys} | {action.description} | {action.tooltip} | `{action.id}` |")
        parts.append("")
    return "\n".join(parts)


def _spelled(key: str) -> str:
    return "enter" if key == "enter" else actions.NAMES.get(key, key)
