"""docs/cli.md names every option that a command has, and none that no command has."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from lambdatui.cli.main import COMMANDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cli.md"
SHARED = "Options of several commands"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def sections() -> dict[str, str]:
    """By the command that a heading names; what is not about a command by its heading."""
    found: dict[str, str] = {}
    for part in PAGE.read_text().split("\n## ")[1:]:
        heading, text = part.split("\n", 1)
        words = heading.split()
        name = words[1].strip(",") if words[0] == "lambdatui" and words[1:2] != ["[PATH]"] else words[0]
        found[SHARED if heading == SHARED else name] = text
    return found


def options_of(command: click.Command) -> Iterator[str]:
    """The longest spelling of each, and those of the commands inside of it."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield max(parameter.opts, key=len)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from options_of(each)


def command_named(name: str) -> click.Command:
    module = "workbench" if name == "lambdatui" else name.replace("-", "_")
    command: click.Command = import_module(f"lambdatui.cli.commands.{module}").command
    return command


def shared_options() -> dict[str, set[str]]:
    """Names of the commands that the table of shared options gives each option to."""
    rows = [row.split(" | ") for row in sections()[SHARED].splitlines() if row.startswith("| `-")]
    given: dict[str, set[str]] = {}
    names: set[str] = set()
    for option, commands, *_ in rows:
        listed = set(re.findall(r"`([a-z-]+)`", commands))
        if commands.startswith("all but"):
            names = {"lambdatui", *COMMANDS} - listed
        elif commands.startswith("those, and"):
            names = names | listed
        else:
            names = listed
        given.setdefault(OPTION.findall(option)[0], set()).update(names)
    return given


@pytest.mark.parametrize("name", ["lambdatui", *COMMANDS])
def test_every_option_of_a_command_is_in_its_section_or_among_the_shared_ones(name: str) -> None:
    shared = {option for option, names in shared_options().items() if name in names}
    own = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", sections()[name]))
    assert set(options_of(command_named(name))) - shared - own == set()


def test_page_names_no_option_that_does_not_exist() -> None:
    there = {option for name in ("lambdatui", *COMMANDS) for option in options_of(command_named(name))} | {"--help"}
    assert set(OPTION.findall(PAGE.read_text())) - there == set()


def test_shared_options_are_those_of_the_commands_they_are_given_to() -> None:
    wrong = {
        (option, name)
        for option, names in shared_options().items()
        for name in names
        if option not in options_of(command_named(name))
    }
    assert wrong == set()
