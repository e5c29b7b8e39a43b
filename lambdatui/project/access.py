"""Whether files of the project may be read at all: what may not is told of, and hides nothing else."""

import os
from pathlib import Path


def denied(path: Path) -> Path | None:
    """``path``, or the directory on the way to it, that is there and may not be read; None where nothing is in the way,
    also where nothing is there.
    """
    for part in (*reversed(path.parents), path):
        if not os.path.exists(part):
            return None
        enter = os.X_OK if os.path.isdir(part) else 0
        if not os.access(part, enter | os.R_OK if part == path else enter):
            return part
    return None


def denial(part: Path) -> tuple[str, str]:
    """Message and hint for what ``denied`` found."""
    return f"{part} may not be read: permission denied", f"look whose it is, and change its rights: ls -ld {part}"
