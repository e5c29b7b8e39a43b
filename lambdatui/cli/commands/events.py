"""``lambdatui events``: the sample events that can be fired, ours and the project's own."""

from pathlib import Path

import click

from lambdatui.cli import options, output
from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.listing_group import ListingGroup
from lambdatui.cli.projects import project_root


@click.group(cls=ListingGroup, short_help="List and show the sample events.", context_settings=options.CONTEXT)
def command() -> None:
    """The sample events: what AWS services send to a function, and the project's own events/*.json.

    Without a command, the list.
    """


@command.command("ls", short_help="List the sample events.")
@options.PATH
@options.JSON
def list_samples(path: Path, as_json: bool) -> None:
    """List every sample event: name, service, and what it is."""
    from lambdatui.events.catalogue import catalogue

    found = catalogue(project_root(path))
    if as_json:
        output.document([{"name": one.name, "service": one.service, "title": one.title} for one in found])
    else:
        output.table(("NAME", "SERVICE", "WHAT IT IS"), [(one.name, one.service, one.title) for one in found])


@command.command("show", short_help="Print a sample event.")
@click.argument("name")
@options.PROJECT
def show_sample(name: str, path: Path) -> None:
    """Print the sample event NAME, byte for byte."""
    from lambdatui.events.catalogue import SampleNotFound, find

    try:
        output.write_bytes(find(name, project_root(path)).body)
    except SampleNotFound as error:
        guess = f"did you mean {' or '.join(error.close)}? " if error.close else ""
        raise CommandFailed(f"there is no sample event '{name}'", f"{guess}`lambdatui events ls` lists them") from error
    except OSError as error:
        raise CommandFailed(f"the sample event '{name}' cannot be read: {error}", "look at its file") from error
