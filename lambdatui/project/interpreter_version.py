"""Which ``python3.x`` a project without a configured runtime is meant for."""

import re
import sys
from pathlib import Path

from lambdatui.model.function import Origin, Source

_VERSION = re.compile(r"version(?:_info)?\s*=\s*(3\.\d+)")


def project_runtime(root: Path) -> tuple[str, Origin]:
    """The minor version of the nearest ``.venv`` at or above ``root`` in its repository, else the running one's."""
    for directory in (root, *root.parents):
        config = directory / ".venv" / "pyvenv.cfg"
        try:
            lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        for number, line in enumerate(lines, start=1):
            if found := _VERSION.match(line.strip()):
                file = config.relative_to(root).as_posix() if directory == root else str(config)
                return f"python{found[1]}", Origin(source=Source.DISCOVERED, file=file, line=number)
        if (directory / ".git").exists():
            break
    major, minor = sys.version_info[:2]
    return f"python{major}.{minor}", Origin(source=Source.DEFAULT)
