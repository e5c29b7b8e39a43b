from collections.abc import Callable
from pathlib import Path

import pytest

MakeProject = Callable[[dict[str, str]], Path]

HANDLER = "def lambda_handler(event, context):\n    return event\n"


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Writes files by relative path and returns the project's directory; ``src/app.py`` is there unless given."""
    root = tmp_path / "shop"

    def make(files: dict[str, str]) -> Path:
        for name, text in {"src/app.py": HANDLER, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return make
