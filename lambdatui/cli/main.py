"""The entry of the program: finds the command, runs it, and turns whatever goes wrong into words and an exit code.

A command's module is imported only when it is the one to run: ``lambdatui --version`` costs little more than Python.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from lambdatui import __version__
from lambdatui.cli import standard_streams
from lambdatui.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    import click

COMMANDS = {
    "serve": "Run the engine alone: Lambda's Invoke API on a port, for boto3, curl and CI.",
    "web": "Show the terminal UI in a browser, on this machine, behind a token.",
    "invoke": "Invoke a function: response on stdout, log lines and REPORT on stderr.",
    "ls": "List the project's functions, and where each of their values comes from.",
    "set": "Change settings of a function, or of the running engine, for this session; undo or write them.",
    "environments": "List, look into and order about execution environments; `env` for short.",
    "logs": "Print what functions have logged; -f follows.",
    "history": "List, show and export past invocations.",
    "replay": "Send past events again, to the code as it is now.",
    "starts": "Compare cold with warm starts of a function, and show what its init imports.",
    "tune": "Run the same event over memory sizes: time and cost, the cheapest and the fastest.",
    "events": "List and show the sample events.",
    "help": "Explain a concept: environments, init, freeze, /tmp, retries, billing, and more.",
    "bug-report": "Collect what a bug report needs into one text file, secrets hidden.",
    "doctor": "Show what this machine can isolate, measure and run.",
    "demo": "A guided tour in the terminal UI, on a copy of the examples; or a recording of it.",
    "tour": "Invoke every function cold and warm and explain what happens, without a terminal UI.",
}
"""Name and one line of help of every command but the one without a name, which opens the terminal UI."""

ALIASES = {"env": "environments", "explain": "help"}

_GARBAGE_THRESHOLD = 100_000
"""While most of what happens is imports: looking for garbage in them costs a twentieth of the whole."""

DEBUG_VARIABLE = "LAMBDATUI_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. ``argv`` is without the program's name, None the process's own."""
    standard_streams.open_missing()
    _have_a_home()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None and arguments[:1] in (["invoke"], ["serve"]):
        gc.set_threshold(_GARBAGE_THRESHOLD)  # an engine that serves has thresholds of its own later
    if argv is not None or arguments[:1] != ["invoke"]:
        return _outcome(arguments)
    code = _outcome(arguments)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # The engine has stopped and all is written. To take everything apart that was imported costs a tenth of the whole.
    os._exit(code)


def _have_a_home() -> None:
    """A user whom the machine does not know (of a container, of a service) has none: then it is `/`, as containers have
    it. Everything below, and every program that this one starts, can ask for it.
    """
    if not os.environ.get("HOME"):
        import pwd

        try:
            pwd.getpwuid(os.getuid())
        except KeyError:
            os.environ["HOME"] = "/"


def _outcome(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        return print_version()
    arguments[:1] = [ALIASES.get(word, word) for word in arguments[:1]]
    name = arguments[0] if arguments and arguments[0] in COMMANDS else None
    try:
        return _run(name, arguments if name is None else arguments[1:])
    except KeyboardInterrupt:
        from lambdatui.cli import diagnostics

        diagnostics.end_line_of_ctrl_c()
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        standard_streams.abandon()
        return ExitCode.OK  # whoever reads has seen enough, which is no failure of ours
    except Exception as error:  # noqa: BLE001 - the last place where a mistake can still become words
        code = _explain(error)
        standard_streams.drop_unwritable()
        return code


def print_version() -> int:
    """To stdout; returns the exit code."""
    from lambdatui.cli import output

    output.line(f"lambdatui {__version__}")
    return ExitCode.OK


def _run(name: str | None, arguments: list[str]) -> int:
    if name is None and arguments:
        _refuse_mistyped(arguments[0])
    program = "lambdatui" if name is None else f"lambdatui {name}"
    command: click.Command = import_module(f"lambdatui.cli.commands.{(name or 'workbench').replace('-', '_')}").command
    # Not through command.main(): that ends the process with 1 where a reader of stdout has gone away.
    from click.exceptions import Exit

    try:
        with command.make_context(program, arguments) as context:
            result = command.invoke(context)
    except Exit as left:
        return left.exit_code
    return ExitCode.OK if result is None else int(result)


def _refuse_mistyped(word: str) -> None:
    """A mistyped command looks like the path of a project that does not exist."""
    if word.startswith("-") or os.sep in word or os.path.exists(word):
        return
    from lambdatui.cli.failures import CommandFailed
    from lambdatui.project.close_match import did_you_mean

    if guess := did_you_mean(word, COMMANDS):
        raise CommandFailed(f"there is neither a command nor a file called '{word}'", guess)


def _explain(error: Exception) -> int:
    from click import Abort, ClickException

    from lambdatui.cli import diagnostics
    from lambdatui.cli.disk_failures import explained
    from lambdatui.cli.failures import CommandFailed

    if os.environ.get(DEBUG_VARIABLE):
        diagnostics.traceback()
    error = explained(error) or error
    if isinstance(error, CommandFailed):
        diagnostics.failure(error.message, error.hint)
        return error.code
    if isinstance(error, ClickException):
        context = getattr(error, "ctx", None)
        hint = f"{context.get_usage()}\n  `{context.command_path} --help` explains it" if context else ""
        diagnostics.failure(error.format_message(), hint)
        return ExitCode.USAGE
    if isinstance(error, Abort):
        return ExitCode.INTERRUPTED
    diagnostics.failure(
        f"{type(error).__name__}: {error}",
        f"this is a bug in lambdatui; please report it with what you typed. {DEBUG_VARIABLE}=1 shows where it happened",
    )
    return ExitCode.ENGINE
