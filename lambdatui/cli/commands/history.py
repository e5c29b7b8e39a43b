"""``lambdatui history``: what was invoked, from every door, with what came of it."""

import asyncio
import json
from pathlib import Path

import click

from lambdatui.cli import diagnostics, history_reading, history_text, options, output, projects
from lambdatui.cli.listing_group import ListingGroup
from lambdatui.cli.trace_text import trace_lines
from lambdatui.events.query import EXPLAINED
from lambdatui.telemetry.waterfall import Waterfall, waterfall_json


@click.group(cls=ListingGroup, short_help="List, show and export past invocations.", context_settings=options.CONTEXT)
def command() -> None:
    """Every invocation from every door: its event, response, logs and REPORT. Without a command, the newest.

    Values whose names say that they are secret (passwords, authorization, cookies) are hidden on their way to disk.
    """


@command.command("ls", short_help="List past invocations, newest first.", help=f"QUERY may hold: {EXPLAINED}.")
@click.argument("query", nargs=-1)
@options.PROJECT
@click.option("-n", "limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@options.JSON
def list_invocations(query: tuple[str, ...], path: Path, limit: int, as_json: bool) -> None:
    from lambdatui.service.invocation_document import summary_document

    found = asyncio.run(history_reading.find(projects.project_root(path), " ".join(query), limit))
    if as_json:
        output.document([summary_document(each) for each in found])
    elif found:
        output.table(history_text.HEADER, [history_text.row(each) for each in found])
    else:
        diagnostics.note("nothing in the history is like that" if query else "nothing has been invoked yet")


@command.command("show", short_help="Show one invocation, whole.")
@click.argument("request_id")
@options.PROJECT
@options.JSON
@click.option("--event", "part", flag_value="event", help="Its event alone, byte for byte.")
@click.option("--response", "part", flag_value="response", help="Its response alone, byte for byte.")
@click.option("--trace", "part", flag_value="trace", help="Its trace as a waterfall; with --json, as JSON.")
def show_invocation(request_id: str, path: Path, as_json: bool, part: str | None) -> None:
    """Show event, response, logs and REPORT of the invocation REQUEST_ID; the beginning of the id is enough."""
    from lambdatui.service.invocation_document import detail_document

    root = projects.project_root(path)
    detail = asyncio.run(history_reading.get(root, request_id))
    if part == "trace":
        _show_trace(asyncio.run(history_reading.trace(root, detail.summary.request_id)), as_json=as_json)
    elif part is not None:
        body = detail.invocation.payload if part == "event" else detail.response
        output.write_bytes(body or b"")
    elif as_json:
        output.document(detail_document(detail))
    else:
        response = None if detail.response is None else _shown(detail.response)
        for line in history_text.detail_lines(detail, _shown(detail.invocation.payload), response):
            output.line(line)


@command.command("save", short_help="Save an event as a sample of the project.")
@click.argument("request_id")
@click.argument("name")
@options.PROJECT
@click.option("--force", is_flag=True, help="Also where the project has a sample of that name.")
def save(request_id: str, name: str, path: Path, force: bool) -> None:
    """Save the event of the invocation REQUEST_ID as events/NAME.json of the project, a sample event from then on."""
    from lambdatui.cli.sample_saving import save_event

    root = projects.project_root(path)
    detail = asyncio.run(history_reading.get(root, request_id))
    diagnostics.note(f"saved as {save_event(root, name, detail.invocation.payload, force=force)}")


@command.command("export", short_help="Print invocations as JSON Lines, for `lambdatui replay`.")
@click.argument("request_ids", nargs=-1)
@options.PROJECT
@click.option("-q", "--query", default="", metavar="QUERY", help="Those that `history ls QUERY` lists.")
@click.option("-n", "limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many of those.")
def export(request_ids: tuple[str, ...], path: Path, query: str, limit: int) -> None:
    """Print the invocations REQUEST_IDS, or those of --query (oldest first), one JSON document a line."""
    asyncio.run(_export(projects.project_root(path), request_ids, query, limit))


async def _export(root: Path, request_ids: tuple[str, ...], query: str, limit: int) -> None:
    from lambdatui.events.capture import exported

    chosen = list(request_ids)
    if not chosen:
        chosen = [each.request_id for each in reversed(await history_reading.find(root, query, limit))]
    for request_id in chosen:
        detail = await history_reading.get(root, request_id)
        summary = detail.summary
        output.write_bytes(exported(summary.function, summary.request_id, detail.invocation.payload, detail.response))


def _show_trace(trace: Waterfall, *, as_json: bool) -> None:
    if as_json:
        output.line(waterfall_json(trace))
    else:
        for line in trace_lines(trace):
            output.line(line)


def _shown(body: bytes) -> str:
    """Indented where it is JSON."""
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
