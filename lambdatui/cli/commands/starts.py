"""``lambdatui starts``: cold against warm, measured."""

import asyncio
from pathlib import Path

import click

from lambdatui.cli import options, output, projects, trial_output, trials
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.event_source import ChosenEvent, read_event
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.model.experiments import start_orders
from lambdatui.telemetry.start_figures import start_figures
from lambdatui.tui import starts_text

MOST = 1000


@click.command(cls=ProjectCommand, short_help="Compare cold with warm starts.", context_settings=options.CONTEXT)
@click.argument("function", required=False)
@options.PROJECT
@click.option("-n", "count", default=20, show_default=True, type=click.IntRange(1, MOST), help="How many of each.")
@options.EVENT
@options.JSON
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.ISOLATION
def command(
    function: str | None,
    path: Path,
    count: int,
    event: str | None,
    as_json: bool,
    env_vars: Path | None,
    parameter_overrides: dict[str, str],
    isolation: str,
) -> int:
    """Start FUNCTION cold n times, each in an environment of its own, invoke each once more warm, and compare.

    One more environment tells what its imports take (Python only). Uses the project's running engine when there is one.
    No environment is left, also after Ctrl-C.

    Exit codes: 0 all invokes succeeded, 1 one failed, 2 usage or configuration, 3 engine.
    """
    settings = EngineSettings(
        path=path, env_vars=env_vars, parameter_overrides=parameter_overrides, isolation=isolation
    )
    chosen = read_event(event, projects.project_root(path))
    return asyncio.run(_compare(settings, function, chosen, count, as_json=as_json))


async def _compare(
    settings: EngineSettings, wanted: str | None, chosen: ChosenEvent, count: int, *, as_json: bool
) -> ExitCode:
    async with trials.bench(settings, wanted) as bench:
        done = await trials.series(bench, start_orders(chosen.payload, count))
    found = start_figures(done)
    if as_json:
        output.document(trial_output.starts_document(bench.function.name, found, done))
    else:
        output.line(f"{bench.function.name} · {bench.function.runtime} · {count} cold and {count} warm")
        trial_output.show(starts_text.rows(found, trial_output.COLUMNS))
    if not found.errors:
        return ExitCode.OK
    trials.tell_of_event(bench.function, chosen)
    return ExitCode.FUNCTION_ERROR
