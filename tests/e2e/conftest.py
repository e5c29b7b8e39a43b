"""Projects to run the program on: a copy of the example, and small ones written for a situation."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "orders"

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""Of the functions in the example: the one interpreter that is certainly there."""

MakeProject = Callable[[str], Path]


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, and so would every program that is started here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """The example project, ours to change."""
    root = tmp_path / "orders"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".lambdatui", "__pycache__"))
    template = root / "template.yaml"
    template.write_text(template.read_text().replace("Default: python3.11\n", f"Default: {RUNTIME}\n"))
    return root


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """Writes a project with one function, ``app``, from the source of its module."""

    def make(source: str) -> Path:
        root = tmp_path / "project"
        root.mkdir()
        (root / "app.py").write_text(source)
        (root / "lambdatui.toml").write_text('[functions.app]\nhandler = "app.handler"\ntimeout = 30\n')
        return root

    return make
