"""Arguments that all commands understand the same way."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lambdatui.cli import options


@click.command
@options.PATH
@options.SPEED
def command(path: Path, speed: float) -> None:
    click.echo(f"{path} {speed:g}")


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ([], ". 1"),
        (["here"], "here 1"),
        (["-p", "here"], "here 1"),
        (["--project", "here", "--speed", "60"], "here 60"),
    ],
)
def test_the_project_is_an_argument_or_an_option(words: list[str], understood: str) -> None:
    assert CliRunner().invoke(command, words).output == f"{understood}\n"


def test_two_projects_are_one_too_many() -> None:
    ran = CliRunner().invoke(command, ["here", "-p", "there"])
    assert ran.exit_code == 2
    assert "two projects are named: here and -p there" in ran.output


@pytest.mark.parametrize("speed", ["nan", "inf", "-inf", "0", "-1"])
def test_a_speed_at_which_no_time_passes_is_refused(speed: str) -> None:
    ran = CliRunner().invoke(command, ["--speed", speed])
    assert ran.exit_code == 2
    assert "take a number above 0, such as 60" in ran.output
