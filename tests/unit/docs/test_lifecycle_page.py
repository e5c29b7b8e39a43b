"""docs/lifecycle.md is made from the machine's tables."""

from pathlib import Path

from lambdatui.lifecycle.describe_tables import markdown

PAGE = Path(__file__).parents[3] / "docs" / "lifecycle.md"


def test_lifecycle_page_says_what_the_tables_say() -> None:
    assert PAGE.read_text() == markdown(), "docs/lifecycle.md is stale: run `make docs`"
