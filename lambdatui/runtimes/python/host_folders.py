"""The host's folders, as a zygote sees them while it makes places: which ones an interpreter lives of."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import List

# The host's own root while places are made; taken away before user code runs.
HOST = "/.host"
# Its programs need libraries from all over the place.
_HOMEBREW = "/home/linuxbrew/.linuxbrew"
_MOST_LINKS = 40


def own_folders() -> List[str]:
    """Those of this interpreter. Some may not exist."""
    named = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, os.path.dirname(sys.executable)]
    return as_named_and_real([*named, *sys.path, *_editable_folders()])


def as_named_and_real(paths: Sequence[str]) -> List[str]:
    """The absolute ones among them, in order, and where their links lead."""
    absolute = filter(os.path.isabs, paths)
    return sorted({path for entry in absolute for path in (os.path.abspath(entry), _real(entry))})


def below(hidden: str, folders: Sequence[str]) -> List[str]:
    """What an environment's own directory at `hidden` would cover of these sorted folders; outermost only."""
    found: List[str] = []
    for path in folders:
        lies_below = path.startswith(hidden + "/") and os.path.isdir(on_host(path))
        if lies_below and not any(path.startswith(outer + "/") for outer in found):
            found.append(path)
    return found


def on_host(path: str) -> str:
    """Where the host has it. The links on the way are the host's, and its absolute ones must not lead out of it."""
    return HOST + _within_host(path)


def _real(path: str) -> str:
    """Where links lead on the host; whole, for what is known to be of no use in parts."""
    real = _within_host(path) if os.path.isdir(HOST) else os.path.realpath(path)
    return _HOMEBREW if real.startswith(_HOMEBREW + "/") else real


def _within_host(path: str) -> str:
    resolved = ""
    pending = path.split("/")[::-1]
    links = 0
    while pending:
        name = pending.pop()
        if name in ("", "."):
            continue
        if name == "..":
            resolved = resolved.rpartition("/")[0]
            continue
        link = HOST + resolved + "/" + name
        if os.path.islink(link) and links < _MOST_LINKS:
            links += 1
            target = os.readlink(link)
            resolved = "" if target.startswith("/") else resolved
            pending += target.split("/")[::-1]
            continue
        resolved += "/" + name
    return resolved


def _editable_folders() -> List[str]:
    """Where packages are that were installed to be edited in place, if they are found by other means than a path."""
    found: List[str] = []
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            found += [str(path) for path in getattr(module, "MAPPING", {}).values()]
    return found
