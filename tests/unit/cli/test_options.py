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


@pytest.mark.parametrize(
    ("given", "span_s"),
    [("30s", 30.0), ("10m", 600.0), ("2h", 7200.0), ("1.5h", 5400.0), ("45", 45.0), ("never", None)],
)
def test_a_time_is_a_number_with_a_unit_or_never(given: str, span_s: float | None) -> None:
    @click.command()
    @options.IDLE_TIMEOUT
    def command(idle_timeout: float | None) -> None:
        seen.append(idle_timeout)

    seen: list[float | None] = []
    assert CliRunner().invoke(command, ["--idle-timeout", given]).exit_code == 0
    assert seen == [span_s]


@pytest.mark.parametrize("given", ["0", "soon", "-5", "10x", "nan"])
def test_what_is_no_time_is_refused_with_examples(given: str) -> None:
    command = click.command()(options.MAX_LIFETIME(lambda max_lifetime: None))
    refused = CliRunner().invoke(command, ["--max-lifetime", given])
    assert refused.exit_code == 2
    assert "such as 30s, 10m or 2h, or never" in refused.output
