"""``lambdatui replay``: past events, sent again to the code as it is now, and how the answers differ."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import click

from lambdatui.cli import diagnostics, options, output, projects, replaying
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.history_text import SHORT_ID
from lambdatui.cli.parameter_overrides import PARAMETER_OVERRIDES, ProjectCommand
from lambdatui.cli.replaying import Replayed
from lambdatui.events.answer_diff import Change
from lambdatui.telemetry.payload_redaction import holds_hidden


@click.command(cls=ProjectCommand, short_help="Send past events again.", context_settings=options.CONTEXT)
@click.argument("events", nargs=-1, required=True, metavar="IDS|FILES...")
@options.PROJECT
@click.option("--function", metavar="NAME", help="Send them to this function, whosever they were.")
@click.option("--diff", "with_diff", is_flag=True, help="Show how each answer differs from the one before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per event.")
@options.ENV_VARS
@PARAMETER_OVERRIDES
@options.ISOLATION
def command(
    events: tuple[str, ...],
    path: Path,
    function: str | None,
    with_diff: bool,
    as_json: bool,
    env_vars: Path | None,
    parameter_overrides: dict[str, str],
    isolation: str,
) -> int:
    """Send events of the history (`lambdatui history`), or of files, again: to the code as it is now.

    A file is one JSON event, or JSON Lines with an event on each line, as `lambdatui history export` writes them.

    Exit codes: 0 all answered as before (or without an error, where nothing is known of before), 1 one did not.
    """
    settings = EngineSettings(
        path=path, env_vars=env_vars, parameter_overrides=parameter_overrides, isolation=isolation
    )
    return asyncio.run(_replay(settings, events, function, with_diff=with_diff, as_json=as_json))


async def _replay(
    settings: EngineSettings, named: tuple[str, ...], function: str | None, *, with_diff: bool, as_json: bool
) -> ExitCode:
    root = projects.project_root(settings.path)
    events = await replaying.chosen_events(root, named)
    hidden = sum(holds_hidden(event.payload) for event in events)
    if hidden:
        diagnostics.warning(f"in {hidden} of {len(events)} events secrets were hidden on the way to disk: ********")
    code = ExitCode.OK
    async with replaying.sender(settings, root) as send:
        async for done in replaying.replay(events, function, send):
            if as_json:
                output.compact(_document(done))
            else:
                _show(done, with_diff=with_diff)
            if done.changes or (done.changes is None and done.answer.function_error):
                code = ExitCode.FUNCTION_ERROR
    return code


def _show(done: Replayed, *, with_diff: bool) -> None:
    before = (done.event.request_id or "-")[:SHORT_ID]
    answered = "error" if done.answer.function_error else "ok"
    compared = "new" if done.changes is None else "differs" if done.changes else "same"
    output.line(f"{before:8}  →  {done.answer.request_id[:SHORT_ID]}  {done.function}  {answered}  {compared}")
    if with_diff:
        for line in _diff_lines(done.changes or ()):
            output.line(line)


def _diff_lines(changes: Iterable[Change]) -> Iterable[str]:
    for change in changes:
        yield f"    {change.path or '(the whole answer)'}"
        if change.before is not None:
            yield f"      - {change.before}"
        if change.after is not None:
            yield f"      + {change.after}"


def _document(done: Replayed) -> dict[str, object]:
    changes = done.changes
    return {
        "before": done.event.request_id,
        "requestId": done.answer.request_id,
        "function": done.function,
        "functionError": done.answer.function_error,
        "changes": None
        if changes is None
        else [{"path": each.path, "before": each.before, "after": each.after} for each in changes],
    }
