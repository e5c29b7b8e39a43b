"""The user's own keys: their keymap file, read and held against the table of actions."""

from dataclasses import replace

from lambdatui.tui import actions, keymap
from lambdatui.tui.keymap import Keymap
from lambdatui.tui.preferences import Preferences


def own_keys(preferences: Preferences) -> Keymap:
    """What of the file can be; each complaint names the file."""
    text, unreadable = preferences.keymap_text()
    mine = keymap.read(text, actions.ACTIONS)
    said = (unreadable, *mine.complaints)
    return replace(mine, complaints=tuple(f"{preferences.keymap_file}: {one}" for one in said if one))
