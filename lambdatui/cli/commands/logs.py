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
from lambdatui.telemetry.timestamps import iso_millis


@click.command(short_help="Print what functions have logged.", context_settings=options.CONTEXT)
@click.argument("function", required=False)
@options.PROJECT
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come; waits for an engine where none runs.")
@click.option(
    "-n", "--lines", "limit", default=100, show_default=True, type=click.IntRange(0, 10_000), help="How many old lines."
)
@options.JSON
def command(function: str | None, path: Path, follow: bool, limit: int, as_json: bool) -> None:
    """Print the newest log lines of FUNCTION, or of all: function output, START, END and REPORT.

    They come from the project's history, also when no engine runs. Each line begins with its time (UTC), function and
    environment; --json prints one JSON object per line instead.
    """
    root = projects.project_root(path)
    show = _show_json if as_json else _show
    if follow:
        if function is not None and not asyncio.run(_newest(root, function, 1)):
            projects.check_known(path, function)
        asyncio.run(_follow(root, function, limit, show))
        return
    lines = asyncio.run(_newest(root, function, limit)) if limit else []
    show(lines)
    if not lines and limit:
        if function is not None:
            projects.check_known(path, function)
        diagnostics.note("nothing has been logged yet" if function is None else f"'{function}' has logged nothing yet")


async def _newest(root: Path, function: str | None, limit: int) -> list[Line]:
    running = rendezvous.find(root)
    if running is None:
        return await log_reading.newest(root, function, limit)
    try:
        return await log_reading.newest_of(running, function, limit)
    except ClientError as error:
        raise failed(error) from error


async def _follow(root: Path, function: str | None, limit: int, show: Callable[[Iterable[Line]], None]) -> None:
    def waiting() -> None:
        diagnostics.note("no engine runs for this project; waiting for one (`lambdatui` or `lambdatui serve`)")

    try:
        async for lines in log_reading.follow(root, function, limit, waiting=waiting):
            show(lines)
    except ClientError as error:
        raise failed(error) from error


def _show(lines: Iterable[Line]) -> None:
    for each in lines:
        output.line(f"{iso_millis(each.time_s)} {each.function or '-'} {each.environment or '-'} {each.line}")


def _show_json(lines: Iterable[Line]) -> None:
    for each in lines:
        output.compact(asdict(each))
