"""``lambdatui logs``: what functions have logged, newest last."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import click

from lambdatui.cli import diagnostics, log_reading, options, output, projects
from lambdatui.cli.client_errors import failed
from lambdatui.cli.log_reading import Line
from lambdatui.client import ClientError
from lambdatui.service import rendezvous
from lambdatui.telemetry.log_query import EVERY_LINE, KEYS, LogQuery
from lambdatui.telemetry.timestamps import iso_millis


@click.command(short_help="Print what functions have logged.", context_settings=options.CONTEXT)
@click.argument("function", required=False)
@options.PROJECT
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come; waits for an engine where none runs.")
@click.option(
    "-n", "--lines", "limit", default=100, show_default=True, type=click.IntRange(0, 10_000), help="How many old lines."
)
@click.option("--filter", "wanted", default="", metavar="WORDS", help="Only lines for which all words hold, see above.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def command(function: str | None, path: Path, follow: bool, limit: int, wanted: str, as_json: bool) -> None:
    """Print the newest log lines of FUNCTION, or of all: function output, START, END and REPORT.

    They come from the project's history, also when no engine runs. Each line begins with its time (UTC), function and
    environment; --json prints one JSON object per line instead.

    --filter takes the words of the terminal UI's filter, all of which must hold: text, !text, level:error, req:ID,
    env:ID, fn:NAME. Case does not matter.
    """
    root = projects.project_root(path)
    query = LogQuery.parse(wanted)
    show = _show_json if as_json else _show
    if follow:
        if function is not None and not asyncio.run(_newest(root, function, 1)):
            projects.check_known(path, function)
        asyncio.run(_follow(root, function, limit, query, show))
        return
    lines = asyncio.run(_newest(root, function, limit, query)) if limit else []
    show(lines)
    if not lines and limit:
        if function is not None:
            projects.check_known(path, function)
        if wanted and asyncio.run(_newest(root, function, 1)):
            diagnostics.note(f"no line that was logged matches '{wanted}'")
            for key in query.unknown_keys:
                keys = " ".join(f"{each}:" for each in sorted(KEYS))
                diagnostics.note(f"'{key}' was taken as text; the keys are {keys}")
            return
        diagnostics.note("nothing has been logged yet" if function is None else f"'{function}' has logged nothing yet")


async def _newest(root: Path, function: str | None, limit: int, query: LogQuery = EVERY_LINE) -> list[Line]:
    running = rendezvous.find(root)
    if running is None:
        return await log_reading.newest(root, function, limit, query)
    try:
        return await log_reading.newest_of(running, function, limit, query)
    except ClientError as error:
        raise failed(error) from error


async def _follow(
    root: Path, function: str | None, limit: int, query: LogQuery, show: Callable[[Iterable[Line]], None]
) -> None:
    def waiting() -> None:
        diagnostics.note("no engine runs for this project; waiting for one (`lambdatui` or `lambdatui serve`)")

    try:
        async for lines in log_reading.follow(root, function, limit, query, waiting=waiting):
            show(lines)
    except ClientError as error:
        raise failed(error) from error


def _show(lines: Iterable[Line]) -> None:
    for each in lines:
        output.line(f"{iso_millis(each.time_s)} {each.function or '-'} {each.environment or '-'} {each.line}")


def _show_json(lines: Iterable[Line]) -> None:
    for each in lines:
        output.compact(asdict(each))
