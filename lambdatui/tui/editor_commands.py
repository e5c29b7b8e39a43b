"""How each editor is told to open a file at a line. Pure.

What is not in the table gets the file alone: a line that is misread as a file name would be worse than none.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PLUS = ("+{line}", "{file}")
_COLON = ("{file}:{line}",)
_GOTO = ("--goto", "{file}:{line}")
_LINE = ("--line", "{line}", "{file}")

_TERMINAL: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "mg", "jed", "joe", "jmacs",
                     "ne", "kak", "micro", "mcedit", "ed"), _PLUS),
    **dict.fromkeys(("hx", "helix"), _COLON),
}  # fmt: skip
_WINDOW: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "positron"), _GOTO),
    **dict.fromkeys(("subl", "sublime_text", "zed", "zeditor", "atom", "lapce"), _COLON),
    **dict.fromkeys(("idea", "pycharm", "webstorm", "goland", "rubymine", "clion", "phpstorm", "charm", "kate",
                     "kwrite", "mate", "xed"), _LINE),
    **dict.fromkeys(("gvim", "mvim", "neovide", "gedit", "gnome-text-editor", "bbedit", "pluma"), _PLUS),
}  # fmt: skip
NAMES: Final = frozenset({*_TERMINAL, *_WINDOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorCommand:
    """``in_terminal``: it needs the terminal for itself, until it ends."""

    arguments: tuple[str, ...]
    in_terminal: bool


def editor_command(editor: str, file: Path, line: int) -> EditorCommand:
    """``editor`` is the value of VISUAL or EDITOR, with whatever arguments it has."""
    words = shlex.split(editor)
    name = Path(words[0]).name.removesuffix(".exe")
    window = _WINDOW.get(name)
    shape = window or _TERMINAL.get(name, ("{file}",))
    spelled = tuple(part.format(file=file, line=line) for part in shape)
    return EditorCommand(arguments=(*words, *spelled), in_terminal=window is None)
