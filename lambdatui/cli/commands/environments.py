"""``lambdatui environments``: the execution environments of the running engine; looked into and ordered about."""

import asyncio
from pathlib import Path

import click

from lambdatui.cli import diagnostics, environment_calls, environment_output, options, output, projects
from lambdatui.cli.listing_group import ListingGroup
from lambdatui.model.orders import EXPLAINED, Order

_ID = click.argument("environment", metavar="[ID]", required=False)


@click.group(
    cls=ListingGroup, short_help="List, look into and order about environments.", context_settings=options.CONTEXT
)
def command() -> None:
    """The execution environments of the project's running engine. Without a command, a list of them.

    ID may be left out where one environment lives. An order that makes no sense now is refused, with the reason.

    Exit codes: 0 done, 2 refused or mistyped, 3 no engine runs.
    """


@command.command("ls", short_help="List those that live.")
@options.PROJECT
@options.JSON
def list_environments(path: Path, as_json: bool) -> None:
    """List the environments that live, with what each is doing."""
    found = asyncio.run(environment_calls.living(projects.project_root(path)))
    if as_json:
        output.document([environment_output.row_document(each) for each in found])
    elif found:
        output.table(environment_output.HEADER, [environment_output.row(each) for each in found])
    else:
        diagnostics.note("no environment lives: the first invoke makes one (a cold start)")


@command.command("show", short_help="Look into one.")
@_ID
@options.PROJECT
@options.JSON
@click.option("--show-secrets", is_flag=True, help="The values of secret variables, too.")
def show(environment: str | None, path: Path, as_json: bool, show_secrets: bool) -> None:
    """State and timers of its machine, extensions, processes with memory, variables, mounts, its last inputs."""
    root = projects.project_root(path)
    found = asyncio.run(environment_calls.look(root, environment, reveal=show_secrets))
    if as_json:
        output.line(environment_output.document(found))
    else:
        environment_output.show(found)


@command.command("test", short_help="Print its last inputs as a Python test.")
@_ID
@options.PROJECT
def test(environment: str | None, path: Path) -> None:
    """Print what its life-cycle machine was told last as a Python test, which asserts the commands that it gave.

    Payloads are not in it, only their length. Run it with pytest where lambdatui can be imported.
    """
    output.write_bytes(asyncio.run(environment_calls.as_test(projects.project_root(path), environment)).encode())


def _order_command(order: Order) -> click.Command:
    def give(environment: str | None, path: Path, as_json: bool) -> None:
        given = asyncio.run(environment_calls.give(projects.project_root(path), environment, order))
        if as_json:
            output.document({"environment": given, "ordered": order.value})
        else:
            output.line(f"{given}: {order} ordered")

    said = EXPLAINED[order]
    give.__doc__ = f"{said[0].upper()}{said[1:]}."
    return command.command(order.value, short_help=give.__doc__)(_ID(options.PROJECT(options.JSON(give))))


for _order in Order:
    _order_command(_order)
