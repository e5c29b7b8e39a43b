"""Which directory holds what lambdatui keeps of a project: ``.lambdatui/`` inside it, or where nothing can be written
there, a private one of the user's own. Every process of a user finds the same; nothing is made here.
"""

import hashlib
import os
import stat
from pathlib import Path

NAME = ".lambdatui"


def place_of(project_root: Path) -> Path:
    """The directory, which may not exist yet. Something else than a directory of that name is left to whoever opens
    it: its error names it.
    """
    inside = project_root / NAME
    return inside if _is_writable(inside) else private_place_of(project_root)


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
