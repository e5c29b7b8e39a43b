"""``lambdatui ls``: what was found in the project's files, read afresh, and what a running engine's session changed."""

from collections.abc import Iterator
from pathlib import Path

import click

from lambdatui.cli import options, output, projects, session_overlay
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.model.function import Function, Project, Severity, Source

_HEADER = ("NAME", "RUNTIME", "HANDLER", "MEMORY", "TIMEOUT", "EVENTS", "PROVISIONED", "PROBLEMS")
_SOMETIMES = _HEADER.index("PROVISIONED")
"""This column is left out where it would be empty."""


@click.command(cls=ProjectCommand, short_help="List the project's functions.", context_settings=options.CONTEXT)
@options.PATH
@options.JSON
@click.option("--show-secrets", is_flag=True, help="Let --json print the values of secrets, too.")
@options.ENV_VARS
@PARAMETER_OVERRIDES
def command(
    path: Path, as_json: bool, show_secrets: bool, env_vars: Path | None, parameter_overrides: dict[str, str]
) -> int:
    """List the functions of the project at PATH (default: here).

    --json also tells where each value comes from: default, globals, template, --parameter-overrides, lambdatui.toml,
    .env, --env-vars, session (`lambdatui set`), with file and line. Problems go to stderr; exit code 2 where one of
    them is an error.

    Values of environment variables whose names say that they are secret are hidden, and so are passwords in URLs.
    """
    project = session_overlay.over(projects.read_project(path, env_vars, parameter_overrides))
    if as_json:
        from lambdatui.service.project_document import project_document

        output.document(project_document(project, show_secrets=show_secrets))
    else:
        output.table(*_table(project))
        projects.tell_problems(project.problems)
    return ExitCode.USAGE if projects.has_errors(project) else ExitCode.OK


def _table(project: Project) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows."""
    rows = list(_rows(project))
    if any(function.provisioned_concurrency is not None for function in project.functions):
        return _HEADER, rows
    return _without(_HEADER), [_without(row) for row in rows]


def _without(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:_SOMETIMES], *row[_SOMETIMES + 1 :])


def _rows(project: Project) -> Iterator[tuple[str, ...]]:
    for function in project.functions:
        yield _row(function, project)
    known = {function.name for function in project.functions}
    broken = dict.fromkeys(problem.function for problem in project.problems if problem.function)
    for name in broken:
        if name not in known:
            yield (name, *("-" for _ in _HEADER[2:]), _problems(name, project))


def _row(function: Function, project: Project) -> tuple[str, ...]:
    return (
        function.name,
        function.runtime,
        function.handler,
        f"{function.memory_mb} MB{_mark(function, 'memory_mb')}",
        f"{function.timeout_s} s{_mark(function, 'timeout_s')}",
        ",".join(dict.fromkeys(function.events)) or "-",
        str(function.provisioned_concurrency or "-"),
        _problems(function.name, project),
    )


def _mark(function: Function, key: str) -> str:
    """What a session changed stands out."""
    origin = function.origins.get(key)
    return " *" if origin is not None and origin.source is Source.SESSION else ""


def _problems(name: str, project: Project) -> str:
    own = [problem for problem in project.problems if problem.function == name]
    errors = sum(problem.severity is Severity.ERROR for problem in own)
    counted = [(errors, "error"), (len(own) - errors, "warning")]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counted if count) or "-"
