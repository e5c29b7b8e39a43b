"""docs/configuration.md is made from the schema of lambdatui.toml, and its example is read as it stands."""

import re
from pathlib import Path

from lambdatui.project import project_file
from lambdatui.project.describe_configuration import markdown
from lambdatui.project.load import load_project
from lambdatui.project.schema import FUNCTION_KEYS, LOGGING_KEYS

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_configuration_page_says_what_the_schema_says() -> None:
    assert PAGE.read_text() == markdown(), "docs/configuration.md is stale: run `make docs`"


def test_every_key_has_one_row_of_five_cells() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]

    assert {len(row.split(" | ")) for row in rows} == {5}
    assert len(rows) == len(FUNCTION_KEYS) + len(LOGGING_KEYS) + 1


def test_every_simple_key_of_a_function_decides_a_setting() -> None:
    by_hand = {"code_uri", "environment", "layers", "logging_config"}

    assert set(project_file.FIELDS) | by_hand == set(FUNCTION_KEYS)


def test_the_pages_example_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", markdown(), re.DOTALL)
    (tmp_path / "lambdatui.toml").write_text(
        example.replace("[functions.Orders]", '[functions.Orders]\nhandler = "app.h"', 1)
    )
    (tmp_path / "app.py").write_text("def h(event, context): ...\n")
    (tmp_path / "layers" / "common").mkdir(parents=True)
    (tmp_path / "build" / "tools.zip").mkdir(parents=True)

    project = load_project(tmp_path)

    assert project.problems == ()
    assert project.name == "shop"
    assert len(project.functions[0].layers) == 2
