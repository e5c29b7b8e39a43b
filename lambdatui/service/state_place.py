"""Which directory holds what lambdatui keeps of a project: ``.lambdatui/`` inside it, or where nothing can be written
there or its path is too long, a private one of the user's own. Every process of a user finds the same; nothing is made
here.
"""

import hashlib
import os
import stat
from pathlib import Path

NAME = ".lambdatui"
_MOST_BYTES = 480
"""SQLite opens no file whose path has more than 512 bytes, with the endings of the files that it puts beside."""


def place_of(project_root: Path) -> Path:
    """The directory, which may not exist yet. Something else than a directory of that name is left to whoever opens
    it: its error names it.
    """
    inside = project_root / NAME
    fits = not is_too_long(project_root) and _is_writable(inside)
    return inside if fits else private_place_of(project_root)


def is_too_long(project_root: Path) -> bool:
    """Whether the project's path leaves no room for a database in it."""
    return len(os.fsencode(project_root.absolute() / NAME)) > _MOST_BYTES


def private_place_of(project_root: Path) -> Path:
    """Below XDG_STATE_HOME (``~/.local/state``), under a name made from the project's path."""
    given = os.environ.get("XDG_STATE_HOME", "")
    base = Path(given) if os.path.isabs(given) else Path.home() / ".local" / "state"
    digest = hashlib.sha256(os.fsencode(project_root.resolve())).hexdigest()[:16]
    return base / "lambdatui" / digest


def is_there(place: Path) -> bool:
    """Whether it is a directory already, as far as this user may know."""
    return os.path.isdir(place)


def can_be_made(place: Path) -> bool:
    """Whether this user may make what is missing of ``place``."""
    nearest = next(parent for parent in place.parents if os.path.exists(parent))
    return os.access(nearest, os.W_OK | os.X_OK)


def _is_writable(inside: Path) -> bool:
    try:
        status = inside.stat()
    except FileNotFoundError:
        return os.access(inside.parent, os.W_OK | os.X_OK)
    except PermissionError:
        return False
    except OSError:
        return True
    return not stat.S_ISDIR(status.st_mode) or os.access(inside, os.R_OK | os.W_OK | os.X_OK)
