"""Every dependency is explained, and pinned for those who install from a checkout."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=;\[ ]", requirement)[0] for requirement in requirements}


PINNED = _names(PROJECT["dependencies"]) | _names(PROJECT["optional-dependencies"]["dev"])
DECLARED = PINNED | _names(PROJECT["optional-dependencies"]["docker"])


def test_the_page_explains_exactly_the_declared_dependencies() -> None:
    rows = re.findall(
        r"^\| ([\w, -]+?)(?: \(`[^`]+`\))? \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE
    )
    explained = {name for row in rows for name in row.split(", ")} - {"package"}
    assert explained == DECLARED


def test_every_dependency_is_pinned_and_no_address_is_written_down() -> None:
    text = (ROOT / "constraints.txt").read_text()
    pinned = set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))
    assert {name.lower() for name in PINNED} <= pinned
    assert "://" not in text
