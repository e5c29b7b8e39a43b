"""``lambdatui tour``: what the terminal UI would show, as text, for where there is no terminal."""

import asyncio
from pathlib import Path

import click

from lambdatui.cli import diagnostics, engine_setup, options, projects
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand


@click.command(cls=ProjectCommand, short_help="Invoke every function, cold and warm.", context_settings=options.CONTEXT)
@options.PATH
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.ISOLATION
def command(path: Path, env_vars: Path | None, parameter_overrides: dict[str, str], isolation: str) -> int:
    """Invoke every function of the project at PATH (default: here), cold and warm, with the sample event that suits it.

    Prints log lines, responses and REPORT lines, and says what they mean. Always in an engine of its own, so that the
    first start is a cold one. Exit code 0 also where functions fail: seeing that is part of the tour; 2 where one
    cannot be run on this machine or there is none.
    """
    from lambdatui.cli.touring import tour

    settings = EngineSettings(
        path=path, env_vars=env_vars, parameter_overrides=parameter_overrides, isolation=isolation
    )
    project = engine_setup.read(settings)
    if not project.functions:
        raise projects.none_to_run(project.problems)
    projects.tell_problems(project.problems)
    diagnostics.configure_logging()
    return asyncio.run(tour(project, settings))
