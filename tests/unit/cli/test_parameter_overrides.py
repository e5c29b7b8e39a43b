"""``--parameter-overrides`` as people type it, and as it is handed on."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lambdatui.cli import options
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand, arguments, parse


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        ((), {}),
        (("Stage=prod",), {"Stage": "prod"}),
        (("Stage=prod", "Size=3", "Stage=test"), {"Stage": "test", "Size": "3"}),
        (("Stage=prod Size=3",), {"Stage": "prod", "Size": "3"}),
        (('Title="two words" Size=3',), {"Title": "two words", "Size": "3"}),
        (('Title="B=2 \\"x\\" "',), {"Title": 'B=2 "x" '}),
        (("Title=two words",), {"Title": "two words"}),
        (("Url=http://a/?b=c", "Empty="), {"Url": "http://a/?b=c", "Empty": ""}),
        (('Json={"a": "b"}',), {"Json": '{"a": "b"}'}),
        (("ParameterKey=Stage,ParameterValue=prod",), {"Stage": "prod"}),
        (
            ("ParameterKey=Stage,ParameterValue=prod ParameterKey=Size,ParameterValue=3",),
            {"Stage": "prod", "Size": "3"},
        ),
    ],
)
def test_every_spelling_becomes_names_and_values(given: tuple[str, ...], pairs: dict[str, str]) -> None:
    assert parse(given) == pairs


@pytest.mark.parametrize("text", ["", "prod", "=prod", "my-stage=prod", '"Stage=prod"'])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^" + text + "$"):
        parse([text])


@pytest.mark.parametrize("value", ["prod", "", "two words", 'a "quoted" B=2', "back\\slash\\", '"', "two\nlines"])
def test_what_is_handed_on_is_what_was_given(value: str) -> None:
    words = arguments({"First": value, "Second": value})

    assert words[::2] == ["--parameter-overrides"] * 2
    assert parse(words[1::2]) == {"First": value, "Second": value}


@click.command(cls=ProjectCommand)
@options.PATH
@options.JSON
@PARAMETER_OVERRIDES
def command(path: Path, as_json: bool, parameter_overrides: dict[str, str]) -> None:
    click.echo((str(path), as_json, parameter_overrides))


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ([], (".", False, {})),
        (["--parameter-overrides", "A=1"], (".", False, {"A": "1"})),
        (["--parameter-overrides", "A=1", "B=2", "here", "--json"], ("here", True, {"A": "1", "B": "2"})),
        (["here", "--parameter-overrides=A=1", "B=2"], ("here", False, {"A": "1", "B": "2"})),
        (["--parameter-overrides", "A=1", "--json", "x=y"], ("x=y", True, {"A": "1"})),
        (["--parameter-overrides", "A=1", "--", "x=y"], ("x=y", False, {"A": "1"})),
        (["--parameter-overrides", "A=1", "--parameter-overrides", "B=2"], (".", False, {"A": "1", "B": "2"})),
    ],
)
def test_it_takes_every_pair_that_follows_and_leaves_the_rest(words: list[str], understood: object) -> None:
    assert CliRunner().invoke(command, words).output == f"{understood}\n"


def test_a_word_that_is_no_pair_is_named() -> None:
    ran = CliRunner().invoke(command, ["--parameter-overrides", "prod"])

    assert ran.exit_code == 2
    assert "takes KEY=VALUE, not 'prod'" in ran.output
