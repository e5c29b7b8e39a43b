"""Settings written into lambdatui.toml: what people wrote around them stays."""

import tomllib
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName
from lambdatui.project.write_settings import NotWritable, project_file_of, with_settings, write_settings

FILE = """\
# the shop
[project]
name = "shop"   # as on the sign

[functions.orders]  # takes orders
handler    = "app.handler"
memory_size = 128  # enough for now
# not more than the API gateway waits
timeout = 29

# told nobody
[functions.mails]
environment = { STAGE = 'test' } # inline
"""


def function(name: str, logical_id: str = "") -> Function:
    return Function(
        name=FunctionName(name), logical_id=logical_id, runtime="python3.12", handler="app.h", code_path=Path("/x")
    )


def test_value_that_is_there_is_replaced_and_nothing_else() -> None:
    text = with_settings(FILE, function("orders"), {"memory_mb": "512"})
    assert text == FILE.replace("memory_size = 128", "memory_size = 512")


def test_new_keys_join_the_last_ones_before_what_belongs_to_the_next_table() -> None:
    text = with_settings(FILE, function("orders"), {"reserved_concurrency": "2", "environment.STAGE": "test"})
    added = 'timeout = 29\nreserved_concurrent_executions = 2\nenvironment = {STAGE = "test"}\n\n# told nobody\n'
    assert text == FILE.replace("timeout = 29\n\n# told nobody\n", added)


def test_inline_variables_are_added_to_and_taken_away() -> None:
    text = with_settings(FILE, function("mails"), {"environment.STAGE": None, "environment.LEVEL": "2"})
    assert tomllib.loads(text)["functions"]["mails"]["environment"] == {"LEVEL": "2"}
    assert text.startswith(FILE[: FILE.index("environment")])
    assert text.endswith("} # inline\n")


def test_table_of_variables_is_added_to() -> None:
    text = with_settings("[functions.orders.environment]\nA = '1' # a\n", function("orders"), {"environment.B": "2"})
    assert text.startswith("[functions.orders.environment]\nA = '1' # a\nB = \"2\"\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[project]\nname = "x" # x\n',
        "functions.orders.timeout = 1 # short\n",
        '[functions.orders]\ntimeout = 1\n\n[project]\nname = "x"\n\n[functions.other]\ntimeout = 2\n',
    ],
)
def test_every_shape_of_a_file_takes_them(text: str) -> None:
    written = tomllib.loads(with_settings(text, function("orders"), {"timeout_s": "9", "environment.A": "1"}))
    expected = tomllib.loads(text)
    expected.setdefault("functions", {}).setdefault("orders", {}).update(timeout=9, environment={"A": "1"})
    assert written == expected


def test_function_of_a_template_is_named_as_the_file_names_it_already_else_by_its_logical_id() -> None:
    named = with_settings("[functions.shop-orders]\n", function("shop-orders", "Orders"), {"timeout_s": "9"})
    new = with_settings("", function("shop-orders", "Orders"), {"timeout_s": "9"})
    assert (list(tomllib.loads(named)["functions"]), list(tomllib.loads(new)["functions"])) == (
        ["shop-orders"],
        ["Orders"],
    )


def test_taking_away_what_is_not_there_adds_nothing() -> None:
    assert with_settings(FILE, function("orders"), {"environment.A": None, "reserved_concurrency": None}) == FILE


def test_file_is_made_where_there_is_none_and_keeps_its_permissions_where_there_is(tmp_path: Path) -> None:
    file = project_file_of(tmp_path, (tmp_path / "template.yaml",))
    write_settings(file, function("orders"), {"timeout_s": "9"})
    file.chmod(0o600)
    write_settings(file, function("orders"), {"timeout_s": "10"})
    assert file.read_text() == "[functions.orders]\ntimeout = 10\n"
    assert (file.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o600, ["lambdatui.toml"])


def test_file_that_is_not_toml_is_left_alone_and_the_reason_told(tmp_path: Path) -> None:
    file = tmp_path / "lambdatui.toml"
    file.write_text("[functions\n")
    with pytest.raises(NotWritable, match="not usable TOML"):
        write_settings(file, function("orders"), {"timeout_s": "9"})
    assert file.read_text() == "[functions\n"


def test_line_ends_of_the_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "lambdatui.toml"
    file.write_bytes(FILE.replace("\n", "\r\n").encode())
    write_settings(file, function("orders"), {"memory_mb": "512"})
    assert file.read_bytes() == FILE.replace("= 128", "= 512").replace("\n", "\r\n").encode()


def test_link_stays_a_link_to_the_file_that_was_written(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    real = tmp_path / "shared" / "real.toml"
    real.write_text(FILE)
    link = tmp_path / "lambdatui.toml"
    link.symlink_to(real)
    write_settings(link, function("orders"), {"memory_mb": "512"})
    assert link.is_symlink()
    assert "memory_size = 512" in real.read_text()
    assert [path.name for path in real.parent.iterdir()] == ["real.toml"]
