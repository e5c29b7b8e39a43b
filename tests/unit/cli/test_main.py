"""What becomes of mistakes and accidents: words, hints, exit codes; a traceback only for who asks for it."""

import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from lambdatui import __version__
from lambdatui.cli import main as program
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.cli.main import COMMANDS, main

USAGE = "Usage: lambdatui probe [OPTIONS]"


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> dict[str, BaseException | int | None]:
    """A command of the tests, ``lambdatui probe``, that does what the test puts under ``is``."""
    wanted: dict[str, BaseException | int | None] = {"is": None}

    @click.command()
    def command() -> int | None:
        happened = wanted["is"]
        if isinstance(happened, BaseException):
            raise happened
        return happened

    module = ModuleType("lambdatui.cli.commands.probe")
    setattr(module, "command", command)  # noqa: B010 - a module of the test's own
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "probe", "of the tests")
    return wanted


@pytest.mark.parametrize(
    ("happened", "code", "said"),
    [
        (None, 0, ""),
        (1, 1, ""),
        (CommandFailed("the lamp is off", "switch it on"), 2, "lambdatui: error: the lamp is off\n  switch it on\n"),
        (engine_failed("no engine"), 3, "lambdatui: error: no engine\n"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (click.UsageError("odd"), 2, f"lambdatui: error: odd\n  {USAGE}\n  `lambdatui probe --help` explains it\n"),
    ],
    ids=["nothing", "its-own-code", "usage", "engine", "ctrl-c", "abort", "click"],
)
def test_whatever_happens_has_an_exit_code_and_words(
    outcome: dict[str, BaseException | int | None],
    happened: BaseException | int | None,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcome["is"] = happened
    assert main(["probe"]) == code
    assert capsys.readouterr().err == said


def test_a_bug_says_that_it_is_one_and_hides_its_traceback(
    outcome: dict[str, BaseException | int | None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcome["is"] = ZeroDivisionError("oops")
    assert main(["probe"]) == 3
    said = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in said
    assert "bug in lambdatui" in said
    assert "Traceback" not in said
    monkeypatch.setenv("LAMBDATUI_DEBUG", "1")
    assert main(["probe"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lambdatui {__version__}\n"


def test_every_command_has_a_module() -> None:
    modules = {path.stem for path in (Path(program.__file__).parent / "commands").glob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in COMMANDS} | {"workbench"}


def test_options_before_a_path_belong_to_the_terminal_ui(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-reload", "."]) == 2
    assert "needs a terminal" in capsys.readouterr().err
