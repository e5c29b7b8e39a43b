"""``lambdatui tune``: the same event over memory sizes."""

import asyncio
from pathlib import Path

import click

from lambdatui.cli import options, output, projects, trial_output, trials
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.event_source import ChosenEvent, read_event
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.model import limits
from lambdatui.model.experiments import power_orders
from lambdatui.telemetry.power_figures import DEFAULT_SIZES_MB, power_figures
from lambdatui.tui import power_text

MOST = 1000


def _sizes(_context: click.Context, parameter: click.Parameter, given: str) -> tuple[int, ...]:
    least, most = limits.MIN_MEMORY_MB, limits.MAX_MEMORY_MB
    words = [word.strip() for word in given.split(",")]
    if not all(word.isascii() and word.isdigit() and least <= int(word) <= most for word in words):
        raise click.BadParameter(f"takes sizes from {least} to {most} MB, such as 128,512,1024", param=parameter)
    return tuple(int(word) for word in words)


@click.command(cls=ProjectCommand, short_help="Run the same event over memory sizes.", context_settings=options.CONTEXT)
@click.argument("function", required=False)
@options.PROJECT
@click.option(
    "--sizes",
    default=",".join(map(str, DEFAULT_SIZES_MB)),
    show_default=True,
    metavar="MB,MB,…",
    callback=_sizes,
    help="Memory sizes to try.",
)
@click.option("-n", "count", default=10, show_default=True, type=click.IntRange(1, MOST), help="Warm invokes of each.")
@options.EVENT
@options.JSON
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.ISOLATION
def command(
    function: str | None,
    path: Path,
    sizes: tuple[int, ...],
    count: int,
    event: str | None,
    as_json: bool,
    env_vars: Path | None,
    parameter_overrides: dict[str, str],
    isolation: str,
) -> int:
    """Invoke FUNCTION with the same event at each memory size: what it takes, and what Lambda would charge.

    Each size has an environment of its own; its cold start is shown but not counted. Uses the project's running engine
    when there is one. No environment is left, also after Ctrl-C.

    Exit codes: 0 all invokes succeeded, 1 one failed, 2 usage or configuration, 3 engine.
    """
    settings = EngineSettings(
        path=path, env_vars=env_vars, parameter_overrides=parameter_overrides, isolation=isolation
    )
    chosen = read_event(event, projects.project_root(path))
    return asyncio.run(_tune(settings, function, chosen, (sizes, count), as_json=as_json))


async def _tune(
    settings: EngineSettings,
    wanted: str | None,
    chosen: ChosenEvent,
    series: tuple[tuple[int, ...], int],
    *,
    as_json: bool,
) -> ExitCode:
    sizes, count = series
    async with trials.bench(settings, wanted) as bench:
        done = await trials.series(bench, power_orders(chosen.payload, sizes, count))
    function = bench.function
    found = power_figures(done, architecture=function.architectures[0], cpu_limited=bench.cpu_limited)
    if as_json:
        output.document(trial_output.power_document(function.name, found))
    else:
        output.line(f"{function.name} · {function.runtime} · {count} warm invokes at each size")
        trial_output.show(power_text.rows(found, trial_output.COLUMNS))
    if not any(each.error for each in found.sizes):
        return ExitCode.OK
    trials.tell_of_event(function, chosen)
    return ExitCode.FUNCTION_ERROR
