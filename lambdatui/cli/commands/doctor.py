"""``lambdatui doctor``: what this machine can do for functions, and what it cannot, with reasons."""

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from lambdatui import __version__
from lambdatui.cli import options, output, projects
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.model.capability import CapabilityReport
from lambdatui.model.function import Project
from lambdatui.service import rendezvous
from lambdatui.service.state_place import is_there


@click.command(cls=ProjectCommand, short_help="Show what this machine can do.", context_settings=options.CONTEXT)
@options.PATH
@PARAMETER_OVERRIDES
@options.ISOLATION
@options.JSON
def command(path: Path, parameter_overrides: dict[str, str], isolation: str, as_json: bool) -> int:
    """Show what is isolated, measured and enforced on this machine, and which interpreters were found.

    Looks at the project at PATH (default: here). Reports; exit code 0 whatever it finds.
    """
    project = projects.read_project(path, parameter_overrides=parameter_overrides)
    if as_json:
        output.document(_document(project, isolation))
        return ExitCode.OK
    python = f"Python {platform.python_version()} ({sys.executable})"
    output.line(f"lambdatui {__version__} · {python} · {platform.platform()}")
    _section("Isolation")
    _capabilities(isolation)
    _section("Interpreters")
    output.table(("RUNTIME", "FOUND", "USED BY"), list(_interpreters(project)))
    _section("Keys")
    for line in _keys():
        output.line(line)
    _section("Project")
    for line in _about(project):
        output.line(line)
    return ExitCode.OK


def _section(title: str) -> None:
    output.line()
    output.line(title)


def _capabilities(isolation: str) -> None:
    reports = _reports(isolation)
    output.table(("WHAT", "HERE", "HOW"), [(report.capability, report.enforcement, report.how) for report in reports])


def _reports(isolation: str) -> tuple[CapabilityReport, ...]:
    from lambdatui.sandbox.process import Isolation, ProcessBackend

    return ProcessBackend(isolation=Isolation(isolation)).capabilities()


def _interpreters(project: Project) -> Iterator[tuple[str, str, str]]:
    """The runtimes that functions ask for, then the other current Pythons."""
    from lambdatui.project.runtimes import CURRENT
    from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime

    wanted = dict.fromkeys(function.runtime for function in project.functions)
    others = [runtime for runtime in CURRENT if runtime.startswith("python") and runtime not in wanted]
    for runtime in (*wanted, *others):
        users = ", ".join(function.name for function in project.functions if function.runtime == runtime)
        try:
            shown = _interpreter(runtime, project.root)
        except InterpreterNotFound as error:
            shown = f"none; install {error.hint}"
        except UnsupportedRuntime as error:
            shown = f"not run here: {error}"
        yield runtime, shown, users or "-"


def _keys() -> Iterator[str]:
    """The keymap file, and what of it cannot be: the terminal UI says so only as it opens, and in its help."""
    from lambdatui.tui.own_keys import own_keys
    from lambdatui.tui.preferences import Preferences

    preferences = Preferences.of_user(os.environ, Path(os.path.expanduser("~")))
    mine = own_keys(preferences)
    if os.path.exists(preferences.keymap_file) or mine.complaints:
        many = "action has" if len(mine.keys) == 1 else "actions have"
        yield f"file    {preferences.keymap_file}: {len(mine.keys)} {many} other keys"
    else:
        yield f"file    none; {preferences.keymap_file} would be read"
    yield from (f"wrong   {complaint}" for complaint in mine.complaints)


def _interpreter(runtime: str, root: Path) -> str:
    """Raises InterpreterNotFound, UnsupportedRuntime."""
    if runtime.startswith("provided"):
        return "the function's own bootstrap"
    if runtime.startswith("nodejs"):
        from lambdatui.runtimes.node_programs import find_node

        return find_node(runtime, root).executable
    from lambdatui.runtimes.interpreters import find_interpreter

    found = find_interpreter(runtime, root)
    return f"{found.executable} ({found.source})"


def _document(project: Project, isolation: str) -> dict[str, object]:
    running = rendezvous.find(project.root)
    return {
        "version": __version__,
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "platform": platform.platform(),
        "isolation": [
            {"what": report.capability, "here": report.enforcement, "how": report.how} for report in _reports(isolation)
        ],
        "interpreters": [
            {"runtime": runtime, "found": found, "usedBy": [] if users == "-" else users.split(", ")}
            for runtime, found, users in _interpreters(project)
        ],
        "keys": list(_keys()),
        "project": {
            "root": str(project.root),
            "functions": len(project.functions),
            "problems": len(project.problems),
            "state": str(rendezvous.directory_of(project.root)),
            "engine": None if running is None else {"pid": running.pid, "url": running.url},
        },
    }


def _about(project: Project) -> Iterator[str]:
    running = rendezvous.find(project.root)
    state = rendezvous.directory_of(project.root)
    errors = sum(problem.function is not None for problem in project.problems)
    yield f"root    {project.root}"
    yield f"found   {len(project.functions)} functions, {len(project.problems)} problems ({errors} of functions)"
    yield f"state   {state}" + ("" if is_there(state) else " (made at the first invoke)")
    yield (f"engine  runs: process {running.pid} at {running.url}" if running else "engine  does not run")
